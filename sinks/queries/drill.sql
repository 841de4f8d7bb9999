-- name: outlets
-- The outlets that are in a division or were: readings stay where they were made.
select id as outlet from outlet where division between %(low)s and %(high)s
union
select outlet.id from registration_history former join outlet using (mn)
where former.division between %(low)s and %(high)s
order by outlet

-- name: by_division
-- One factor and period kind of a division's outlets by county, added up as the rollup adds up.
select reading.division,
    count(*)::numeric as readings,
    (count(*) filter (where valid))::numeric as valid,
    (count(average) filter (where valid))::numeric as averaged,
    coalesce(sum(micro(average)) filter (where valid), 0) as average_micro,
    coalesce(sum(micro(cumulative)) filter (where valid), 0) as mass_micro,
    (count(*) filter (where exceeded))::numeric as exceedances,
    max(coalesce(maximum, average)) filter (where valid) as maximum
from reading
where reading.outlet = any(%(outlets)s)
    and reading.pollutant = %(pollutant)s and reading.period = %(period)s
    and reading.start >= %(since)s and reading.start < %(until)s
    and reading.division between %(low)s and %(high)s
group by reading.division
order by reading.division

-- name: by_outlet
-- The same by outlet.
select figure.division, outlet.mn, figure.outlet, outlet.enterprise, readings, valid, averaged, average_micro,
    mass_micro, exceedances, maximum
from (
    select reading.division, reading.outlet,
        count(*)::numeric as readings,
        (count(*) filter (where valid))::numeric as valid,
        (count(average) filter (where valid))::numeric as averaged,
        coalesce(sum(micro(average)) filter (where valid), 0) as average_micro,
        coalesce(sum(micro(cumulative)) filter (where valid), 0) as mass_micro,
        (count(*) filter (where exceeded))::numeric as exceedances,
        max(coalesce(maximum, average)) filter (where valid) as maximum
    from reading
    where reading.outlet = any(%(outlets)s)
        and reading.pollutant = %(pollutant)s and reading.period = %(period)s
        and reading.start >= %(since)s and reading.start < %(until)s
        and reading.division between %(low)s and %(high)s
    group by reading.division, reading.outlet
) figure join outlet on outlet.id = figure.outlet
order by figure.division, figure.outlet

-- name: outlet_readings
-- An outlet's readings of one factor and period kind.
select {columns}, intake.topic, intake.partition
from (
    select * from {source}
    where outlet = (select id from outlet where mn = %(mn)s)
        and pollutant = %(pollutant)s and period = %(period)s
        and start >= %(since)s and start < %(until)s
        and (%(after)s::timestamptz is null or start > %(after)s)
    order by start limit %(limit)s
) reading left join intake on intake.id = reading.intake
order by reading.start

-- name: exceedances
-- Readings over their limit, newest first: their keys by the index that has no others, then the readings.
select {columns}, outlet.mn, intake.topic, intake.partition
from (
    select outlet, pollutant, period, start from reading
    where exceeded and division between %(low)s and %(high)s and start >= %(since)s and start < %(until)s{conditions}
    order by start desc, outlet desc, pollutant desc, period desc limit %(limit)s
) chosen
join reading using (outlet, pollutant, period, start)
left join outlet on outlet.id = reading.outlet
left join intake on intake.id = reading.intake
order by reading.start desc, reading.outlet desc, reading.pollutant desc, reading.period desc

-- name: exceedance_counts
-- How many there are by county and factor.
select division, pollutant, count(*) as exceedances, count(distinct outlet) as outlets
from reading
where exceeded and division between %(low)s and %(high)s and start >= %(since)s and start < %(until)s
group by division, pollutant
order by exceedances desc, division, pollutant

-- name: revisions
-- The current row of a natural key and those that gave way.
select fact.*, intake.topic, intake.partition
from (
    select {columns}, null::timestamptz as known_to, null::text as cause from {kind} where {same}
    union all
    select {columns}, known_to, cause from {kind}_history where {same}
) fact left join intake on intake.id = fact.intake
order by fact.known_to desc nulls first, fact.revision desc
