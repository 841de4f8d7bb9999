-- name: append
-- One row for each of these chunks.
insert into outbox (intake, first_offset, next_offset, kind)
select * from unnest(cast(:intakes as int[]), cast(:firsts as bigint[]), cast(:nexts as bigint[]), cast(:kinds as text[]))

-- name: claim
-- The oldest chunks to tell, but none of these partitions; one whose oldest chunk another relay holds is passed over.
with head as (
    select distinct on (intake) intake, id from outbox where not intake = any(:without) order by intake, id
), free as (
    select outbox.intake from outbox join head on head.id = outbox.id for update of outbox skip locked
)
select outbox.* from outbox join free using (intake)
order by outbox.id limit :limit
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
order by outbox.id
