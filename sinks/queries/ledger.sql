-- name: entry
-- One ledger entry with the names of its partition and the hash that it is chained to.
select ledger.*, intake.topic, intake.partition,
    coalesce((select hash from ledger former
              where former.intake = ledger.intake and former.first_offset < ledger.first_offset
              order by former.first_offset desc limit 1), ''::bytea) as previous_hash
from ledger join intake on intake.id = ledger.intake
where ledger.intake = :intake and ledger.first_offset = :first
