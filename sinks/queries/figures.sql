-- name: freshness
-- How far the figures of a kind reach, and from how many of its publishers.
select
    (select max(ledger.recorded_at) from ledger join intake on intake.id = ledger.intake where intake.kind = :kind)
        as loaded_at,
    (select coalesce(sum(accepted + corrected), 0) from ledger join intake on intake.id = ledger.intake
     where intake.kind = :kind) as records,
    (select count(*) from publisher where :kind = any(kinds) and not suspended) as publishers,
    (select count(*) from publisher where :kind = any(kinds) and not suspended and exists (
        select from ledger join intake on intake.id = ledger.intake
        where intake.division = publisher.division and intake.kind = :kind and accepted + corrected > 0)) as reporting,
    (select count(*) from quarantine where kind = :kind and status = 'open') as waiting
