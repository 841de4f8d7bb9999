-- name: groups
-- Findings by publisher, kind, rule, field and pattern of the value: the largest groups first, with the totals of all.
with each as (
    select f.intake, f.code, f.severity, f.field, coalesce(f.pattern, value_pattern(f.value)) as pattern,
        count(*) as findings, min(f."offset") as first, max(f."offset") as last, few(f."offset") as some,
        min(f.suggestion) as least, max(f.suggestion) as greatest,
        count(f.suggestion) = count(*) as always
    from finding f
    where (cast(:severity as text) is null or f.severity = :severity)
        and (cast(:code as text) is null or f.code = :code)
        and f.intake in (
            select id from intake where (cast(:kind as text) is null or kind = :kind)
                and (cast(:low as int) is null or division between :low and :high))
        and (cast(:statuses as text[]) is null or exists (
            select from quarantine q
            where q.intake = f.intake and q."offset" = f."offset" and q.status = any(:statuses)))
    group by 1, 2, 3, 4, 5
), groups as (
    select intake.division, intake.kind, each.code, each.severity, each.field, each.pattern,
        sum(each.findings)::bigint as findings,
        min(begun.recorded_at) as first_seen, max(ended.recorded_at) as last_seen,
        case when bool_and(each.always) and min(each.least) = max(each.greatest) then min(each.least) end as suggestion,
        jsonb_agg(jsonb_build_object('intake', each.intake, 'some', each.some) order by each.intake) as examples
    from each
    join intake on intake.id = each.intake
    join lateral (
        select recorded_at from ledger where ledger.intake = each.intake and first_offset <= each.first
        order by first_offset desc limit 1
    ) begun on true
    join lateral (
        select recorded_at from ledger where ledger.intake = each.intake and first_offset <= each.last
        order by first_offset desc limit 1
    ) ended on true
    group by 1, 2, 3, 4, 5, 6
)
select groups.*, lpad(division::text, 6, '0') as publisher,
    count(*) over () as groups, (sum(findings) over ())::bigint as total
from groups
order by findings desc, division, kind, code, field, pattern nulls first
limit :limit

-- name: examples
-- Some findings of a rule and field at these coordinates, with the publisher's own reference.
select distinct on (f.intake, f."offset") intake.topic, intake.partition, f."offset", f.value, f.expected, f.difference,
    f.suggestion, f.source_ref
from unnest(cast(:intakes as int[]), cast(:offsets as bigint[])) as wanted (intake, "offset")
join finding f on f.intake = wanted.intake and f."offset" = wanted."offset"
join intake on intake.id = f.intake
where f.code = :code and f.field = :field
    and coalesce(f.pattern, value_pattern(f.value)) is not distinct from :pattern
order by f.intake, f."offset", f.seq limit 3
