-- name: outcomes
-- Counts by publisher and kind, by the totals that each partition keeps.
select lpad(division::text, 6, '0') as division, kind,
    sum(accepted + corrected + duplicate + stale + quarantined)::bigint as received, sum(accepted)::bigint as accepted,
    sum(duplicate)::bigint as duplicate, sum(stale)::bigint as stale, sum(corrected)::bigint as corrected,
    sum(quarantined)::bigint as quarantined
from intake
where loaded_at is not null
group by division, kind
order by division, kind

-- name: reasons
-- Quarantined records by the code that was found first.
select code, count(*) as records
from (
    select distinct on (finding.intake, finding."offset") finding.code
    from quarantine join finding using (intake, "offset")
    where finding.severity = 'error'
    order by finding.intake, finding."offset", finding.seq
) first
group by code order by code

-- name: reading
-- The rollup of readings over all shards.
select lpad(city::text, 6, '0') as city, pollutant.code as pollutant, period, day::text as day,
    sum(readings) as readings, sum(valid) as valid, sum(averaged) as averaged, sum(average_micro) as average_micro,
    sum(mass_micro) as mass_micro, sum(exceedances) as exceedances, max(maximum) as maximum
from rollup_reading join pollutant on pollutant.id = rollup_reading.pollutant
group by city, pollutant.code, period, day
having sum(readings) <> 0

-- name: project
-- The rollup of projects over all shards.
select lpad(city::text, 6, '0') as city, programme, stage, month,
    sum(projects) as projects, sum(planned) as planned, sum(cumulative) as cumulative
from rollup_project group by city, programme, stage, month
having sum(projects) <> 0

-- name: award
-- The rollup of awards over all shards.
select lpad(city::text, 6, '0') as city, policy, clause, fiscal_year, mode, status,
    sum(awards) as awards, sum(payees) as payees, sum(amount) as amount, sum(paid) as paid
from rollup_award group by city, policy, clause, fiscal_year, mode, status
having sum(awards) <> 0

-- name: indicator
-- The rollup of indicators over all shards.
select lpad(division::text, 6, '0') as division, indicator, period, sum(reports) as reports, max(value) as value
from rollup_indicator group by division, indicator, period
having sum(reports) <> 0
