-- name: records
-- Rejected records of a range of offsets.
select * from quarantine
where intake = :intake and "offset" >= :first and "offset" < :next
order by "offset"

-- name: findings
-- Findings of a range of offsets, errors first.
select * from finding
where intake = :intake and "offset" >= :first and "offset" < :next
order by "offset", severity <> 'error', seq

-- name: intake
-- The number of a (topic, partition).
select id from intake where topic = :topic and partition = :partition

-- name: entries
-- Rejected records with the codes that rejected them, page by page in the order of coordinates.
select intake.topic, intake.partition, q."offset", q.kind, q.layer, q.status, q.recorded_at, q.received_at,
    lpad(q.publisher::text, 6, '0') as publisher, q.intake, q.rule_set,
    (select array_agg(code order by seq) from finding f
     where f.intake = q.intake and f."offset" = q."offset" and f.severity = 'error') as codes
from quarantine q join intake on intake.id = q.intake
where (q.intake, q."offset") > (:intake, :offset)
    and (cast(:publisher as int) is null or q.publisher = :publisher)
    and (cast(:kind as text) is null or q.kind = :kind)
    and (cast(:status as text) is null or q.status = :status)
    and (cast(:code as text) is null or exists (
        select from finding f where f.intake = q.intake and f."offset" = q."offset" and f.code = :code))
order by q.intake, q."offset"
limit :limit

-- name: mark
-- A rejected record gets a new status, once.
update quarantine set status = :status, status_at = now()
from intake
where intake.id = quarantine.intake and intake.topic = :topic and intake.partition = :partition
    and quarantine."offset" = :offset and quarantine.status = 'open'
