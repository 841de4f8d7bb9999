-- name: findings
-- Findings of a range of offsets of one partition, errors first.
select finding."offset", code, severity, field, value, expected, difference, suggestion
from finding join intake on intake.id = finding.intake
where intake.topic = :topic and intake.partition = :partition
    and finding."offset" >= :first and finding."offset" < :next
order by finding."offset", severity <> 'error', seq
