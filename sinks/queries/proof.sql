-- name: breaks
-- Places where a partition's chain is not what it should be: it starts at 0, has no hole, ends at the head.
select intake.topic, intake.partition, entry.first_offset, entry.former_next as expected
from (
    select intake, first_offset, coalesce(lag(next_offset) over (partition by intake order by first_offset), 0)
        as former_next
    from ledger
) entry join intake on intake.id = entry.intake
where entry.first_offset <> entry.former_next
union all
select intake.topic, intake.partition, intake.next_offset, coalesce(last.next_offset, 0)
from intake left join lateral (
    select next_offset from ledger where ledger.intake = intake.id order by first_offset desc limit 1
) last on true
where intake.next_offset <> coalesce(last.next_offset, 0)
order by 1, 2, 3

-- name: totals
-- Partitions whose totals are not those of their ledger entries.
select intake.topic, intake.partition
from intake left join (
    select intake, sum(accepted) as accepted, sum(corrected) as corrected, sum(duplicate) as duplicate,
        sum(stale) as stale, sum(quarantined) as quarantined, max(recorded_at) as loaded_at
    from ledger group by intake
) told on told.intake = intake.id
where (intake.accepted, intake.corrected, intake.duplicate, intake.stale, intake.quarantined)
    <> (coalesce(told.accepted, 0), coalesce(told.corrected, 0), coalesce(told.duplicate, 0), coalesce(told.stale, 0),
        coalesce(told.quarantined, 0))
    or intake.loaded_at is distinct from told.loaded_at
order by 1, 2

-- name: entries
-- The ledger in the order in which it was chained, with the hash that each partition ends with.
select ledger.*, intake.topic, intake.partition, intake.hash as head_hash,
    lead(ledger.first_offset) over (partition by ledger.intake order by ledger.first_offset) is null as last
from ledger join intake on intake.id = ledger.intake
order by ledger.intake, ledger.first_offset

-- name: quarantined
-- Quarantined coordinates, 64 offsets to a row: one bit for each offset, and how many there are.
select intake, "offset" >> 6 as bucket, bit_or(1::bigint << ("offset" & 63)::int) as bits, count(*) as found
from quarantine group by 1, 2

-- name: without_reason
-- Quarantined records without a finding that rejects them.
select count(*) as records from quarantine
where not exists (
    select from finding
    where finding.intake = quarantine.intake and finding."offset" = quarantine."offset" and severity = 'error')

-- name: misjudged
-- Readings whose stored judgement is not what their values, marks and limit say.
select count(*) as readings from reading
where exceeded <> (valid and coalesce(coalesce(corrected, average) > limit_value, false))

-- name: misnumbered
-- Facts whose division is not within their publisher's.
select count(*) as facts from (
    select intake, division from reading union all select intake, division from project
    union all select intake, division from award union all select intake, division from indicator
    union all select intake, division from registration union all select intake, division from nil
    union all select intake, division from response
) fact join intake on intake.id = fact.intake
where intake.division is not null and not within(fact.division, intake.division)

-- name: closed_by_nothing
-- Records said to be corrected by one that is not loaded: beyond the ledger, or rejected itself.
select count(*) from quarantine closed
join intake on intake.id = closed.closed_intake
where closed.status = 'corrected' and (intake.next_offset <= closed.closed_offset or exists (
    select from quarantine other
    where other.intake = closed.closed_intake and other."offset" = closed.closed_offset))

-- name: forgotten
-- Readings that wait for a registration which is there, and that nobody is about to send again.
select count(*) from quarantine waiting
join outlet on outlet.mn = waiting.awaits
where waiting.status = 'waiting' and not exists (select from release where release.mn = waiting.awaits)
