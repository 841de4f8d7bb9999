-- name: reading
-- Hours of a range of outlets with a limit, as known at a moment: what is held against the limit, and whether it counts.
select outlet, pollutant, start, received_at, coalesce(corrected, average) as value, limit_value, valid,
    (flag = 'C' or mark is not distinct from 'CALIBRATION') as calibrating, revision
from reading_as_known(%(moment)s)
where period = 2 and start >= %(since)s and start <= %(moment)s and limit_value is not null
    and outlet between %(first)s and %(last)s

-- name: arrival
-- The hours (their end) in which something of a publisher was loaded, by kind, whatever became of it.
select distinct intake.division as publisher, intake.kind,
    date_trunc('hour', ledger.recorded_at) + interval '1 hour' as at
from ledger join intake on intake.id = ledger.intake
where intake.division is not null and intake.kind is not null
    and ledger.recorded_at >= %(since)s and ledger.recorded_at <= %(moment)s
order by 1, 2, 3
