-- name: append
-- One row for each of these chunks.
insert into outbox (intake, first_offset, next_offset, kind)
select * from unnest(cast(:intakes as int[]), cast(:firsts as bigint[]), cast(:nexts as bigint[]), cast(:kinds as text[]))

-- name: claim
-- Chunks to tell, by turns of their partitions, but none of these partitions; one whose oldest chunk another relay holds
-- is passed over, and one whose oldest chunk is lighter or heavier than wanted.
with head as (
    select distinct on (intake) intake, id from outbox where not intake = any(:without) order by intake, id
), free as (
    select outbox.intake from outbox join head on head.id = outbox.id
    left join ledger on ledger.intake = outbox.intake and ledger.first_offset = outbox.first_offset
    where coalesce(ledger.accepted + ledger.corrected + :letter * ledger.quarantined, 0) between :lightest and :heaviest
    order by outbox.id limit :limit
    for update of outbox skip locked
)
select next.id, next.intake, next.first_offset, next.next_offset, next.kind, next.created_at
from free cross join lateral (
    select outbox.*, row_number() over (order by id) as turn from outbox
    where outbox.intake = free.intake order by id limit :deep
) next
order by next.turn, next.id limit :limit
-- name: entries
-- The ledger entries of some rows, with the names of their partitions and the hashes that they are chained to.
select ledger.*, outbox.id, intake.topic, intake.partition,
    coalesce((select hash from ledger former
              where former.intake = ledger.intake and former.first_offset < ledger.first_offset
              order by former.first_offset desc limit 1), ''::bytea) as previous_hash
from outbox
join ledger on ledger.intake = outbox.intake and ledger.first_offset = outbox.first_offset
join intake on intake.id = outbox.intake
where outbox.id = any(:ids)
order by array_position(cast(:ids as bigint[]), outbox.id)
