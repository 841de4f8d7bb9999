-- name: freshness
-- How far the figures of a kind reach, and from how many of its publishers; by the totals of each partition.
select
    (select max(loaded_at) from intake where kind = :kind) as loaded_at,
    (select coalesce(sum(accepted + corrected), 0) from intake where kind = :kind) as records,
    (select count(*) from publisher where :kind = any(kinds) and not suspended) as publishers,
    (select count(*) from publisher where :kind = any(kinds) and not suspended and exists (
        select from intake
        where intake.division = publisher.division and intake.kind = :kind and accepted + corrected > 0)) as reporting,
    (select coalesce(sum(quarantined), 0) from intake where kind = :kind)
        - (select count(*) from quarantine where kind = :kind and status in ('requeued', 'corrected')) as waiting
