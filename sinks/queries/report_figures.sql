-- name: moment
-- A moment not before anything that the transaction sees: its start would be, of a batch that committed meanwhile.
select clock_timestamp() as moment

-- name: readings
-- Readings of whole days by city, factor and period kind, from the rollup.
select city, pollutant, period, sum(readings)::bigint as readings, sum(valid)::bigint as valid,
    sum(exceedances)::bigint as exceedances, max(day) as newest
from rollup_reading
where day >= %(first)s and day <= %(last)s and period = any(%(periods)s)
group by city, pollutant, period having sum(readings) <> 0
order by city, pollutant, period

-- name: readings_as_known
-- The same from the facts, as the warehouse held them at a moment.
select city, pollutant, period, count(*) as readings, count(*) filter (where valid) as valid,
    count(*) filter (where exceeded) as exceedances, max(shanghai_day(start)) as newest
from reading_as_known(%(moment)s)
where start >= %(start)s and start < %(after)s and period = any(%(periods)s)
group by city, pollutant, period
order by city, pollutant, period

-- name: projects
-- What was last told of each project for a month up to a bound, of all that was known at a moment.
select distinct on (project_code) project_code, division, city, name, enterprise, programme, tier, stage, month,
    planned_investment, cumulative_investment, progress, planned_start, planned_completion, actual_start,
    actual_completion, responsible_unit, revision
from (
    select project_code, division, city, name, enterprise, programme, tier, stage, month, planned_investment,
        cumulative_investment, progress, planned_start, planned_completion, actual_start, actual_completion,
        responsible_unit, revision, known_from
    from project
    union all
    select project_code, division, city, name, enterprise, programme, tier, stage, month, planned_investment,
        cumulative_investment, progress, planned_start, planned_completion, actual_start, actual_completion,
        responsible_unit, revision, known_from
    from project_history
) told
where known_from <= %(moment)s and month <= %(last_month)s
order by project_code, month desc, revision desc, known_from desc

-- name: projects_control
-- By city how many projects those are, and their amounts, added up by the database.
select city, count(*) as projects, sum(planned_investment)::bigint as planned,
    sum(cumulative_investment)::bigint as cumulative
from (
    select distinct on (project_code) city, planned_investment, cumulative_investment
    from (
        select project_code, city, month, revision, known_from, planned_investment, cumulative_investment from project
        union all
        select project_code, city, month, revision, known_from, planned_investment, cumulative_investment
        from project_history
    ) told
    where known_from <= %(moment)s and month <= %(last_month)s
    order by project_code, month desc, revision desc, known_from desc
) newest
group by city
order by city

-- name: awards
-- Awards of some fiscal years, as known at a moment.
select award_number, division, city, policy, clause, fiscal_year, payee_count, amount, paid_amount, level, mode,
    status, approved_on, paid_on, revision
from award_as_known(%(moment)s)
where fiscal_year = any(%(fiscal_years)s)
order by award_number

-- name: awards_control
-- By city how many awards of a fiscal year and their amounts, from the rollup.
select city, sum(awards)::bigint as awards, sum(payees)::bigint as payees, sum(amount)::bigint as amount,
    sum(paid)::bigint as paid
from rollup_award where fiscal_year = %(fiscal_year)s
group by city having sum(awards) <> 0
order by city

-- name: awards_control_as_known
-- The same from the facts, as known at a moment.
select city, count(*) as awards, sum(payee_count)::bigint as payees, sum(amount)::bigint as amount,
    coalesce(sum(paid_amount), 0)::bigint as paid
from award_as_known(%(moment)s) where fiscal_year = %(fiscal_year)s
group by city
order by city

-- name: indicators
-- Indicators of some periods, as known at a moment.
select division, indicator, period, value, unit, revision
from indicator_as_known(%(moment)s)
where period = any(%(periods)s)
order by division, indicator, period

-- name: records
-- What became of the records that were loaded within a span, by publisher's division and kind.
select intake.division, intake.kind, sum(ledger.records)::bigint as received, sum(ledger.accepted)::bigint as accepted,
    sum(ledger.corrected)::bigint as corrected, sum(ledger.duplicate)::bigint as duplicate,
    sum(ledger.stale)::bigint as stale, sum(ledger.quarantined)::bigint as quarantined
from ledger join intake on intake.id = ledger.intake
where ledger.recorded_at >= %(start)s and ledger.recorded_at < %(after)s and ledger.recorded_at <= %(moment)s
group by intake.division, intake.kind
order by intake.division, intake.kind

-- name: processed
-- Until when records of each kind had been loaded at a moment.
select intake.kind, max(ledger.recorded_at) as processed_to, sum(ledger.records)::bigint as records
from ledger join intake on intake.id = ledger.intake
where ledger.recorded_at <= %(moment)s and intake.kind is not null
group by intake.kind
order by intake.kind

-- name: positions
-- How far each partition was loaded at a moment, with the hash of its newest ledger entry.
select distinct on (intake.topic, intake.partition) intake.topic, intake.partition, ledger.next_offset,
    encode(ledger.hash, 'hex') as hash
from ledger join intake on intake.id = ledger.intake
where ledger.recorded_at <= %(moment)s
order by intake.topic, intake.partition, ledger.first_offset desc

-- name: rule_sets
-- The rule sets that judged what had been loaded at a moment, with how many records each.
select rule_set, sum(records)::bigint as records
from ledger where recorded_at <= %(moment)s
group by rule_set
order by rule_set

-- name: changed_project
-- Versions of projects that came after a snapshot: not loaded by its positions, or judged anew since; the first of each city.
select lpad(told.city::text, 6, '0') as city, told.project_code || ' ' || told.month as subject, told.revision,
    told.intake, told."offset", told.known_from
from (
    select city, project_code, month, revision, intake, "offset", known_from from project
    union all
    select city, project_code, month, revision, intake, "offset", known_from from project_history
) told
where told.month <= to_char(%(last)s::date, 'YYYY-MM') {since}

-- name: changed_award
-- Versions of awards that came after a snapshot; the first of each city.
select lpad(told.city::text, 6, '0') as city, told.award_number || ' ' || told.fiscal_year as subject,
    told.revision, told.intake, told."offset", told.known_from
from (
    select city, award_number, fiscal_year, revision, intake, "offset", known_from from award
    union all
    select city, award_number, fiscal_year, revision, intake, "offset", known_from from award_history
) told
where told.fiscal_year between extract(year from %(last)s::date) - 1 and extract(year from %(last)s::date) {since}

-- name: changed_indicator
-- Versions of indicators that came after a snapshot; the first of each division.
select lpad(told.division::text, 6, '0') as city, told.indicator || ' ' || told.period as subject, told.revision,
    told.intake, told."offset", told.known_from
from (
    select division, indicator, period, revision, intake, "offset", known_from from indicator
    union all
    select division, indicator, period, revision, intake, "offset", known_from from indicator_history
) told
where true {since}

-- name: changed_registration
-- Versions of registrations that came after a snapshot; the first of each division.
select lpad(told.division::text, 6, '0') as city, told.mn as subject, told.revision, told.intake, told."offset",
    told.known_from
from (
    select division, mn, revision, intake, "offset", known_from from registration
    union all
    select division, mn, revision, intake, "offset", known_from from registration_history
) told
where true {since}

-- name: changed_reading
-- Versions of readings that came after a snapshot, or were judged anew since; the first of each city.
select lpad(told.city::text, 6, '0') as city,
    outlet.mn || ' ' || pollutant.code || ' ' || to_char(told.start at time zone 'Asia/Shanghai', 'YYYY-MM-DD HH24:MI')
        as subject,
    told.revision, told.intake, told."offset", told.known_from
from (
    select city, outlet, pollutant, period, start, revision, intake, "offset", known_from from reading
    where period in (2, 3) and start >= %(start)s and start < %(after)s
        and known_from > %(was)s::timestamptz - interval '1 hour'
    union all
    select city, outlet, pollutant, period, start, revision, intake, "offset", known_from from reading_history
    where period in (2, 3) and start >= %(start)s and start < %(after)s
        and known_from > %(was)s::timestamptz - interval '1 hour'
) told
join outlet on outlet.id = told.outlet join pollutant on pollutant.id = told.pollutant
where true {since}

-- name: changed_declaration
-- Declarations on outlets, and steps of them, that were recorded after a snapshot.
select lpad(outlet_city.city::text, 6, '0') as city, outlet.mn || ' ' || told.step as subject,
    told.number::int as revision, 'declaration' as topic, 0 as partition, told.number as "offset",
    told.recorded_at as known_from, count(*) over (partition by outlet_city.city) as events
from (
    select id as number, outlet, 'DECLARED' as step, recorded_at, starts, ends from declaration
    union all
    select id, outlet, step.step, step.recorded_at, starts, ends
    from declaration join declaration_step step on step.declaration = declaration.id
) told
join outlet on outlet.id = told.outlet
join lateral (select city from outlet_city where outlet_city.outlet = told.outlet order by city limit 1) outlet_city on true
where told.recorded_at > %(was)s and told.recorded_at <= %(moment)s and told.starts < %(after)s and told.ends > %(start)s
order by city, known_from, number

-- name: changed_listed
-- Around a statement of versions that came after a snapshot: counts of each city, and the first of them.
with position as (
    select intake.id, told.next_offset
    from unnest(%(topics)s::text[], %(partitions)s::int[], %(offsets)s::bigint[]) told (topic, partition, next_offset)
    join intake on intake.topic = told.topic and intake.partition = told.partition
), changed as ({changed}), numbered as (
    select changed.*, count(*) over (partition by city) as events,
        row_number() over (partition by city order by known_from, intake, "offset", subject) as place
    from changed
)
select numbered.city, numbered.subject, numbered.revision, intake.topic, intake.partition, numbered."offset",
    numbered.known_from, numbered.events
from numbered join intake on intake.id = numbered.intake
where numbered.place <= %(most)s
order by numbered.city, numbered.known_from, intake.topic, intake.partition, numbered."offset", numbered.subject

-- name: changed_since
-- The condition that a version came after a snapshot: beyond its position in the partition, or recorded later.
and told.known_from <= %(moment)s and (told."offset" >= coalesce(
        (select position.next_offset from position where position.id = told.intake), 0) or told.known_from > %(was)s)

-- name: case_events
-- Events of all cases up to a moment, by case and in order.
select number, sequence, kind, actor, at, reason, data from case_event where at < :moment order by number, sequence
