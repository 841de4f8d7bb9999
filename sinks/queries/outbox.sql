-- name: claim
-- The oldest chunks to tell, but none of these partitions; one whose oldest chunk another relay holds is passed over.
with head as (
    select distinct on (intake) intake, id from outbox where not intake = any(:without) order by intake, id
), free as (
    select outbox.intake from outbox join head on head.id = outbox.id for update of outbox skip locked
)
select outbox.* from outbox join free using (intake)
order by outbox.id limit :limit
