-- name: entries
-- Ledger entries that hold some of a range of offsets of one partition.
select ledger.first_offset, ledger.next_offset, ledger.outcomes
from ledger join intake on intake.id = ledger.intake
where intake.topic = :topic and intake.partition = :partition
    and ledger.first_offset < :next and ledger.next_offset > :first
order by ledger.first_offset

-- name: findings
-- Findings of a range of offsets of one partition, errors first.
select finding."offset", code, severity, field, value, expected, difference, suggestion
from finding join intake on intake.id = finding.intake
where intake.topic = :topic and intake.partition = :partition
    and finding."offset" >= :first and finding."offset" < :next
order by finding."offset", severity <> 'error', seq
