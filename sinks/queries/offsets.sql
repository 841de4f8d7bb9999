-- name: entries
-- A partition's ledger, newest first.
select ledger.intake, first_offset, ledger.next_offset, records, gaps, ledger.accepted, ledger.corrected,
    ledger.duplicate, ledger.stale, ledger.quarantined, raw_sha256, rule_set, not_evaluated, ledger.hash, recorded_at
from ledger join intake on intake.id = ledger.intake
where intake.topic = :topic and intake.partition = :partition and first_offset < :before
order by first_offset desc limit :limit

-- name: covering
-- The entries that have something of a range of offsets.
select ledger.intake, first_offset, ledger.next_offset, outcomes, recorded_at
from ledger join intake on intake.id = ledger.intake
where intake.topic = :topic and intake.partition = :partition and first_offset < :next
    and first_offset >= coalesce((
        select max(former.first_offset) from ledger former
        where former.intake = intake.id and former.first_offset <= :first), 0)
    and ledger.next_offset > :first
order by first_offset

-- name: facts
-- The rows of a range of offsets: current as their batches wrote them, or superseded since.
select {columns}, false as superseded from {kind}
where intake = %(intake)s and "offset" >= %(first)s and "offset" < %(next)s and known_from = any(%(times)s)
union all
select {columns}, true from {kind}_history
where intake = %(intake)s and "offset" >= %(first)s and "offset" < %(next)s and cause <> 'rejudged'

-- name: reasons
-- Why records of a range were rejected: the first of their errors.
select distinct on ("offset") "offset", code from finding
where intake = %(intake)s and "offset" >= %(first)s and "offset" < %(next)s and severity = 'error'
order by "offset", seq
