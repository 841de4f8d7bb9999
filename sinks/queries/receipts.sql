-- name: page
-- A division's receipts from given offsets on, as far as they were told: of each partition in order, by time of writing.
select entry.*, intake.topic, intake.partition, signature.key as signature_key, signature.value as signature_value,
    signer.public_key as signature_public, signer.word as signature_word,
    coalesce((select former.hash from ledger former
              where former.intake = entry.intake and former.first_offset < entry.first_offset
              order by former.first_offset desc limit 1), ''::bytea) as previous_hash
from intake
    left join unnest(cast(:intakes as int[]), cast(:offsets as bigint[])) as seen (intake, next_offset)
        on seen.intake = intake.id
    cross join lateral (
        select ledger.*, max(recorded_at) over (order by first_offset) as turn from ledger
        where ledger.intake = intake.id and ledger.first_offset >= coalesce(seen.next_offset, 0)
            and ledger.first_offset < coalesce(
                (select min(waiting.first_offset) from outbox waiting where waiting.intake = intake.id), 9223372036854775807)
        order by first_offset limit :limit
    ) entry
    left join receipt_signature signature
        on signature.intake = entry.intake and signature.first_offset = entry.first_offset
    left join receipt_key signer on signer.id = signature.key
where intake.division = :division and (cast(:kind as text) is null or intake.kind = :kind)
order by entry.turn, entry.intake, entry.first_offset
limit :limit

-- name: signature
-- The signature under one receipt, and whether the receipt was told.
select signature.key as signature_key, signature.value as signature_value, signer.public_key as signature_public,
    signer.word as signature_word,
    not exists (select from outbox waiting
                where waiting.intake = :intake and waiting.first_offset <= :first_offset) as told
from (values (0)) one
    left join receipt_signature signature on signature.intake = :intake and signature.first_offset = :first_offset
    left join receipt_key signer on signer.id = signature.key

-- name: newest
-- A division's newest ledger entries: the newest of each partition, then of all.
select entry.*, intake.topic, intake.partition
from intake cross join lateral (
    select * from ledger where ledger.intake = intake.id order by first_offset desc limit :limit
) entry
where intake.division = :division
order by entry.recorded_at desc, entry.intake, entry.first_offset desc
limit :limit

-- name: keep_signatures
-- The signatures of receipts that were told; one that is kept already stays.
insert into receipt_signature (intake, first_offset, key, value)
select * from unnest(
    cast(:intakes as int[]), cast(:firsts as bigint[]), cast(:keys as text[]), cast(:values as bytea[])
) on conflict do nothing
