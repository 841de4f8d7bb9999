-- name: lock
-- The heads of these partitions, locked in the order of (topic, partition).
select id, topic, partition, next_offset, hash from intake
where (topic, partition) in (select * from unnest(cast(:topics as text[]), cast(:partitions as int[])))
order by topic collate "C", partition
for update

-- name: advance
-- Partitions moved on: next offset, hash of the newest entry, totals by outcome.
update intake set next_offset = told.next, hash = told.digest, loaded_at = greatest(loaded_at, now()),
    accepted = intake.accepted + told.accepted, corrected = intake.corrected + told.corrected,
    duplicate = intake.duplicate + told.duplicate, stale = intake.stale + told.stale,
    quarantined = intake.quarantined + told.quarantined
from unnest(
    cast(:numbers as int[]), cast(:nexts as bigint[]), cast(:digests as bytea[]), cast(:accepted as bigint[]),
    cast(:corrected as bigint[]), cast(:duplicate as bigint[]), cast(:stale as bigint[]), cast(:quarantined as bigint[])
) told (number, next, digest, accepted, corrected, duplicate, stale, quarantined)
where intake.id = told.number

-- name: at
-- The entry that holds an offset, with the names of its partition and the hash that it is chained to.
select entry.*, intake.topic, intake.partition,
    coalesce((select former.hash from ledger former
              where former.intake = entry.intake and former.first_offset < entry.first_offset
              order by former.first_offset desc limit 1), ''::bytea) as previous_hash
from intake cross join lateral (
    select * from ledger where ledger.intake = intake.id and ledger.first_offset <= :offset
    order by ledger.first_offset desc limit 1
) entry
where intake.topic = :topic and intake.partition = :partition and entry.next_offset > :offset

-- name: over
-- The entries that hold offsets of a range, in order: from the one that holds its first, which bounds the index too.
with place as (select id from intake where topic = :topic and partition = :partition)
select ledger.first_offset, ledger.next_offset, ledger.outcomes from ledger, place
where ledger.intake = place.id and ledger.first_offset <= :last and ledger.next_offset > :first
    and ledger.first_offset >= coalesce(
        (select max(first_offset) from ledger former where former.intake = place.id and former.first_offset <= :first),
        0)
order by ledger.first_offset
