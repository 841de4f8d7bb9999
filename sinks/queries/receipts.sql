-- name: page
-- A division's ledger entries from given offsets on: of each partition in order, together by the time they were written.
select entry.*, intake.topic, intake.partition,
    coalesce((select former.hash from ledger former
              where former.intake = entry.intake and former.first_offset < entry.first_offset
              order by former.first_offset desc limit 1), ''::bytea) as previous_hash
from intake
    left join unnest(cast(:intakes as int[]), cast(:offsets as bigint[])) as seen (intake, next_offset)
        on seen.intake = intake.id
    cross join lateral (
        select ledger.*, max(recorded_at) over (order by first_offset) as turn from ledger
        where ledger.intake = intake.id and ledger.first_offset >= coalesce(seen.next_offset, 0)
        order by first_offset limit :limit
    ) entry
where intake.division = :division and (cast(:kind as text) is null or intake.kind = :kind)
order by entry.turn, entry.intake, entry.first_offset
limit :limit

-- name: newest
-- A division's newest ledger entries: the newest of each partition, then of all.
select entry.*, intake.topic, intake.partition
from intake cross join lateral (
    select * from ledger where ledger.intake = intake.id order by first_offset desc limit :limit
) entry
where intake.division = :division
order by entry.recorded_at desc, entry.intake, entry.first_offset desc
limit :limit
