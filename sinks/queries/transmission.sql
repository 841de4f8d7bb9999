-- name: outlets
-- Registrations as received by a moment: the newest version of each, and when the outlet was first registered.
select outlet.id as outlet, newest.mn, newest.division, newest.outlet_name, newest.enterprise, newest.enterprise_name,
    newest.limits, newest.registered_at
from (
    select distinct on (mn) mn, division, outlet_name, enterprise, enterprise_name, limits,
        min(least(reported_at, received_at)) over (partition by mn) as registered_at
    from (
        select mn, division, outlet_name, enterprise, enterprise_name, limits, revision, reported_at, received_at
        from registration
        union all
        select mn, division, outlet_name, enterprise, enterprise_name, limits, revision, reported_at, received_at
        from registration_history
    ) told
    where received_at <= %(as_of)s
    order by mn, revision desc
) newest
join outlet on outlet.mn = newest.mn
order by outlet.id

-- name: plain
-- By outlet, factor and day the set of hours (bit 0 from midnight, Shanghai) whose current reading needs no second look.
select outlet, pollutant, (start at time zone interval '8 hours')::date as day,
    bit_or(1 << date_part('hour', start at time zone interval '8 hours')::int) as plain
from reading
where period = 2 and start >= %(first)s and start < %(after)s
    and pollutant = any(%(pollutants)s) and (%(outlets)s::int[] is null or outlet = any(%(outlets)s::int[]))
    and flag = any(%(flags)s) and mark is null and (average is not null or corrected is not null)
    and received_at at time zone interval '8 hours'
        <= date_trunc('day', start at time zone interval '8 hours') + %(grace)s
group by 1, 2, 3

-- name: versions
-- All versions of the hours whose current reading needs a second look: late, marked, flagged or without a value.
-- A reading that waited for its registration was received when it came first, not when it was sent again.
with second as materialized (
    select outlet, pollutant, start, revision,
        case when received_at at time zone interval '8 hours'
                <= date_trunc('day', start at time zone interval '8 hours') + %(grace)s then received_at
            else least(received_at, (
                select to_timestamp(min(greatest(least(waited.received_at, 253402300799999), 0)) / 1000.0)
                from quarantine waited
                where waited.closed_intake = reading.intake and waited.closed_offset = reading."offset"
                    and waited.awaits is not null)) end as received_at,
        flag, mark,
        (average is not null or corrected is not null) as measured
    from reading
    where period = 2 and start >= %(first)s and start < %(after)s
        and pollutant = any(%(pollutants)s) and (%(outlets)s::int[] is null or outlet = any(%(outlets)s::int[]))
        and not (flag = any(%(flags)s) and mark is null and (average is not null or corrected is not null)
            and received_at at time zone interval '8 hours'
                <= date_trunc('day', start at time zone interval '8 hours') + %(grace)s)
)
select outlet, pollutant, (start at time zone interval '8 hours')::date as day,
    date_part('hour', start at time zone interval '8 hours')::smallint as hour, revision, received_at, flag, mark,
    measured
from (
    select * from second
    union all
    select former.outlet, former.pollutant, former.start, former.revision, former.received_at, former.flag, former.mark,
        (former.average is not null or former.corrected is not null)
    from second cross join lateral (
        select * from reading_history
        where reading_history.outlet = second.outlet and reading_history.pollutant = second.pollutant
            and reading_history.period = 2 and reading_history.start = second.start
        offset 0
    ) former
    where second.revision > 1
) told

-- name: declarations
-- What is declared for any part of a span, with the times at which each step was recorded.
select declaration.id as declaration, declaration.outlet, declaration.pollutant, declaration.mark, declaration.starts,
    declaration.ends, declaration.recorded_at, document.recorded_at as documented_at,
    withdrawal.recorded_at as withdrawn_at
from declaration
left join declaration_step document on document.declaration = declaration.id and document.step = 'DOCUMENT'
left join declaration_step withdrawal on withdrawal.declaration = declaration.id and withdrawal.step = 'WITHDRAWN'
where declaration.starts < %(after)s and declaration.ends > %(first)s
    and (%(outlets)s::int[] is null or declaration.outlet = any(%(outlets)s::int[]))
order by declaration.id
