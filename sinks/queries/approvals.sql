-- name: project
-- Projects as reported for a month: the newest version of each that names the month, also when later months followed.
with version as (
    select project_code, division, programme, stage, planned_investment, cumulative_investment, content, revision,
        known_from
    from project where month = %(period)s and known_from <= %(moment)s
    union all
    select project_code, division, programme, stage, planned_investment, cumulative_investment, content, revision,
        known_from
    from project_history where month = %(period)s and known_from <= %(moment)s and cause <> 'rejudged'
), reported as (
    select distinct on (project_code) * from version order by project_code, revision desc, known_from desc
)
select division, 'programme=' || programme || ' stage=' || stage as "group",
    encode(sha256(string_agg(convert_to(project_code || ' ' || content || chr(10), 'UTF8'), ''::bytea
        order by project_code collate "C")), 'hex') as hash,
    count(*) as facts,
    jsonb_build_object('projects', count(*), 'planned', sum(planned_investment),
        'cumulative', sum(cumulative_investment)) as figures
from reported
where division between %(low)s and %(high)s
group by division, programme, stage

-- name: award
-- Awards of a fiscal year.
select division,
    'policy=' || policy || ' clause=' || clause || ' mode=' || mode || ' status=' || status as "group",
    encode(sha256(string_agg(convert_to(award_number || ' ' || content || chr(10), 'UTF8'), ''::bytea
        order by award_number collate "C")), 'hex') as hash,
    count(*) as facts,
    jsonb_build_object('awards', count(*), 'payees', sum(payee_count), 'amount', sum(amount),
        'paid', coalesce(sum(paid_amount), 0)) as figures
from award_as_known(%(moment)s)
where fiscal_year = %(period)s::integer and division between %(low)s and %(high)s
group by division, policy, clause, mode, status

-- name: indicator
-- Indicators of a period.
select division, 'indicator=' || indicator as "group",
    encode(sha256(string_agg(convert_to(indicator || ' ' || content || chr(10), 'UTF8'), ''::bytea
        order by indicator collate "C")), 'hex') as hash,
    count(*) as facts,
    jsonb_build_object('value', max(value)) as figures
from indicator_as_known(%(moment)s)
where period = %(period)s and division between %(low)s and %(high)s
group by division, indicator

-- name: reading
-- Readings of a month by factor, period kind and Shanghai day.
select reading.division,
    'pollutant=' || pollutant.code || ' period=' || (array['REALTIME', 'MINUTE', 'HOUR', 'DAY'])[reading.period + 1]
        || ' day=' || shanghai_day(reading.start) as "group",
    encode(sha256(string_agg(convert_to(outlet.mn || ' ' || extract(epoch from reading.start)::bigint || ' '
        || reading.content || chr(10), 'UTF8'), ''::bytea order by outlet.mn collate "C", reading.start)), 'hex') as hash,
    count(*) as facts,
    jsonb_build_object('readings', count(*), 'valid', count(*) filter (where valid),
        'mass_micro', coalesce(sum(micro(cumulative)) filter (where valid), 0),
        'exceedances', count(*) filter (where exceeded)) as figures
from reading_as_known(%(moment)s) reading
join outlet on outlet.id = reading.outlet
join pollutant on pollutant.id = reading.pollutant
where reading.start >= %(first)s and reading.start < %(end)s and reading.division between %(low)s and %(high)s
group by reading.division, pollutant.code, reading.period, shanghai_day(reading.start)

-- name: changed_project
-- When something of the scope was last loaded, the latest first.
select distinct known_from from (
    select known_from, division from project where month = %(period)s
    union all
    select known_from, division from project_history where month = %(period)s
) version where division between %(low)s and %(high)s order by known_from desc limit 50

-- name: changed_award
-- When something of the scope was last loaded, the latest first.
select distinct known_from from award
where fiscal_year = %(period)s::integer and division between %(low)s and %(high)s order by known_from desc limit 50

-- name: changed_indicator
-- When something of the scope was last loaded, the latest first.
select distinct known_from from indicator
where period = %(period)s and division between %(low)s and %(high)s order by known_from desc limit 50

-- name: changed_reading
-- When something of the scope was last loaded, the latest first.
select distinct known_from from reading
where start >= %(first)s and start < %(end)s and division between %(low)s and %(high)s
order by known_from desc limit 50
