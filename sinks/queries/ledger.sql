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

-- name: entry
-- One ledger entry with the names of its partition and the hash that it is chained to.
select ledger.*, intake.topic, intake.partition,
    coalesce((select hash from ledger former
              where former.intake = ledger.intake and former.first_offset < ledger.first_offset
              order by former.first_offset desc limit 1), ''::bytea) as previous_hash
from ledger join intake on intake.id = ledger.intake
where ledger.intake = :intake and ledger.first_offset = :first
