-- name: find
-- Readings whose limit in force is another than the one they were judged by.
insert into rejudged (outlet, pollutant, period, start, city, limit_value, exceeded, was_exceeded)
select reading.outlet, reading.pollutant, reading.period, reading.start, reading.city, in_force.value,
    reading.valid and coalesce(coalesce(reading.corrected, reading.average) > in_force.value, false),
    reading.exceeded
from relimit_pair
join reading using (outlet, pollutant)
left join lateral (
    select value from outlet_limit
    where outlet_limit.outlet = reading.outlet and outlet_limit.pollutant = reading.pollutant
        and valid_from <= shanghai_day(reading.start)
        and (valid_to is null or valid_to >= shanghai_day(reading.start))
    order by valid_from desc, value limit 1
) in_force on true
where reading.limit_value is distinct from in_force.value

-- name: keep_former
-- The former judgement goes to history, unless nobody has seen it (loaded in this very batch).
insert into reading_history (
    start, average, minimum, maximum, cumulative, corrected, limit_value, content, reported_at, received_at, known_from,
    "offset", intake, outlet, division, city, revision, pollutant, period, valid, exceeded, flagged, flag, mark,
    source_ref, known_to, cause)
select
    start, average, minimum, maximum, cumulative, corrected, reading.limit_value, content, reported_at, received_at,
    known_from, "offset", intake, outlet, division, reading.city, revision, pollutant, period, valid, reading.exceeded,
    flagged, flag, mark, source_ref, greatest(now(), known_from), 'rejudged'
from rejudged join reading using (outlet, pollutant, period, start)
where known_from < now()

-- name: update
-- The new judgement, known from now on.
update reading
set limit_value = rejudged.limit_value, exceeded = rejudged.exceeded, known_from = greatest(now(), known_from)
from rejudged
where reading.outlet = rejudged.outlet and reading.pollutant = rejudged.pollutant
    and reading.period = rejudged.period and reading.start = rejudged.start

-- name: roll_up
-- Only the count of exceedances changes: new minus former, by group.
insert into rollup_reading as rollup (city, pollutant, period, day, shard, readings, valid, averaged, average_micro,
    mass_micro, exceedances)
select city, pollutant, period, shanghai_day(start), 0, 0, 0, 0, 0, 0, sum(exceeded::int - was_exceeded::int)
from rejudged
group by city, pollutant, period, shanghai_day(start)
having sum(exceeded::int - was_exceeded::int) <> 0
order by city, pollutant, period, shanghai_day(start)
on conflict (city, pollutant, period, day, shard) do update
set exceedances = rollup.exceedances + excluded.exceedances
