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

-- name: intakes
-- The partitions of the publishers that lie in a division.
select id from intake where cast(:low as int) is null or division between :low and :high order by id

-- name: entries
-- Rejected records of some partitions with the codes that rejected them, page by page in the order of coordinates.
select intake.topic, intake.partition, q."offset", q.kind, q.layer, q.status, q.recorded_at, q.received_at,
    lpad(q.publisher::text, 6, '0') as publisher, q.intake, q.rule_set, q.awaits,
    (select array_agg(code order by seq) from finding f
     where f.intake = q.intake and f."offset" = q."offset" and f.severity = 'error') as codes
from (
    select * from quarantine
    where intake = any(:intakes) and (intake, "offset") > (:intake, :offset)
        and (cast(:publisher as int) is null or publisher = :publisher)
        and (cast(:kind as text) is null or kind = :kind)
        and (cast(:statuses as text[]) is null or status = any(:statuses))
    order by intake, "offset" limit :limit
) q join intake on intake.id = q.intake
order by q.intake, q."offset"

-- name: entries_by_code
-- The same of those with a reason: the reason's own index leads to them.
select intake.topic, intake.partition, q."offset", q.kind, q.layer, q.status, q.recorded_at, q.received_at,
    lpad(q.publisher::text, 6, '0') as publisher, q.intake, q.rule_set, q.awaits,
    (select array_agg(code order by seq) from finding f
     where f.intake = q.intake and f."offset" = q."offset" and f.severity = 'error') as codes
from (
    select quarantine.* from (
        select distinct intake, "offset" from finding
        where code = :code and intake = any(:intakes) and (intake, "offset") > (:intake, :offset)
            and severity = 'error'
        order by intake, "offset"
    ) found join quarantine using (intake, "offset")
    where (cast(:publisher as int) is null or publisher = :publisher)
        and (cast(:kind as text) is null or kind = :kind)
        and (cast(:statuses as text[]) is null or status = any(:statuses))
    order by intake, "offset" limit :limit
) q join intake on intake.id = q.intake
order by q.intake, q."offset"

-- name: by_code
-- Findings that reject, by code: counted in the index that leads from codes to records.
select code, count(*) as findings from finding
where severity = 'error' and (cast(:low as int) is null
    or intake in (select id from intake where division between :low and :high))
group by code
order by findings desc, code

-- name: mark
-- A rejected record gets a new status, once.
update quarantine set status = :status, status_at = now()
from intake
where intake.id = quarantine.intake and intake.topic = :topic and intake.partition = :partition
    and quarantine."offset" = :offset and quarantine.status = 'open'
