-- name: reading_recomputed
-- Readings by city, factor, period kind and Shanghai day, from the facts.
select city, pollutant, period, shanghai_day(start) as day,
    count(*)::numeric as readings,
    (count(*) filter (where valid))::numeric as valid,
    (count(average) filter (where valid))::numeric as averaged,
    coalesce(sum(micro(average)) filter (where valid), 0) as average_micro,
    coalesce(sum(micro(cumulative)) filter (where valid), 0) as mass_micro,
    (count(*) filter (where exceeded))::numeric as exceedances,
    max(coalesce(maximum, average)) filter (where valid) as maximum
from reading
group by city, pollutant, period, shanghai_day(start)

-- name: reading_largest
-- The largest valid value of one group, through the outlets ever registered in its city: an index lookup for each.
select max(coalesce(reading.maximum, reading.average))
from outlet_city join reading
    on reading.outlet = outlet_city.outlet and reading.pollutant = rolling.pollutant
    and reading.period = rolling.period
    and reading.start >= rolling.day::timestamp at time zone 'Asia/Shanghai'
    and reading.start < (rolling.day + 1)::timestamp at time zone 'Asia/Shanghai'
where outlet_city.city = rolling.city and reading.city = rolling.city and reading.valid

-- name: project_recomputed
-- Projects by city, programme, stage and month reported, from the facts.
select city, programme, stage, month,
    count(*)::numeric as projects, sum(planned_investment) as planned, sum(cumulative_investment) as cumulative
from project
group by city, programme, stage, month

-- name: award_recomputed
-- Awards by city, policy, clause, year, mode and status, from the facts.
select city, policy, clause, fiscal_year, mode, status,
    count(*)::numeric as awards, sum(payee_count)::numeric as payees, sum(amount) as amount,
    coalesce(sum(paid_amount), 0) as paid
from award
group by city, policy, clause, fiscal_year, mode, status

-- name: indicator_recomputed
-- Indicators by division and period, from the facts.
select division, indicator, period, count(*)::numeric as reports, max(value) as value
from indicator
group by division, indicator, period

-- name: indicator_largest
-- The value of one group; its key is the indicator's own.
select max(indicator.value) from indicator
where indicator.division = rolling.division and indicator.indicator = rolling.indicator
    and indicator.period = rolling.period
