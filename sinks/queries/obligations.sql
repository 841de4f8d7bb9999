-- name: publishers
-- Who publishes what, and since when reports are owed.
select division, array_to_string(kinds, ' ') as kinds, owes_from from publisher order by division

-- name: publishers_of_reader
-- The same of the publishers within a reader's division and above it.
select division, array_to_string(kinds, ' ') as kinds, owes_from from owing_publishers() order by division

-- name: scope
-- The first and the last division that a reader may see, and whether it is a reader who asks.
select coalesce(scope_first(), 0) as first, coalesce(scope_last(), 0) as last,
    not has_table_privilege('publisher', 'select') as reader

-- name: project
-- Of each division and month the first report of a project received by a moment.
select case when %(sent)s then intake.division else told.division end as division, told.month as period,
    min(told.received_at) as received
from (
    select division, month, received_at, intake from project
    where month = any(%(periods)s) and received_at <= %(moment)s
    union all
    select division, month, received_at, intake from project_history
    where month = any(%(periods)s) and received_at <= %(moment)s
) told
left join intake on intake.id = told.intake
group by 1, 2

-- name: award
-- Of each division and month the first report of an award that says of a step of that month; without one, of its own.
select case when %(sent)s then intake.division else told.division end as division, step.month as period,
    min(told.received_at) as received
from (
    select division, publicised_on, approved_on, paid_on, reported_at, received_at, intake from award
    where received_at <= %(moment)s
    union all
    select division, publicised_on, approved_on, paid_on, reported_at, received_at, intake from award_history
    where received_at <= %(moment)s
) told
cross join lateral (
    select to_char(taken_on, 'YYYY-MM') as month from unnest(array[publicised_on, approved_on, paid_on]) taken_on
    where taken_on is not null
    union
    select to_char(reported_at at time zone interval '8 hours', 'YYYY-MM')
    where coalesce(publicised_on, approved_on, paid_on) is null
) step
left join intake on intake.id = told.intake
where step.month = any(%(periods)s)
group by 1, 2

-- name: indicator
-- Every value of an indicator by division and period as received by a moment; targets are no report.
select case when %(sent)s then intake.division else told.division end as division, told.period,
    told.received_at as received
from (
    select division, indicator, period, received_at, intake from indicator
    where period = any(%(periods)s) and received_at <= %(moment)s
    union all
    select division, indicator, period, received_at, intake from indicator_history
    where period = any(%(periods)s) and received_at <= %(moment)s
) told
left join intake on intake.id = told.intake
where told.indicator not like '%%.target'
group by 1, 2, 3

-- name: reading
-- Of each outlet and Shanghai day the hours that came by a moment, and when there were enough of them.
select outlet.mn as subject, to_char(hours.day, 'YYYY-MM-DD') as period,
    (array_agg(hours.received order by hours.received))[%(least)s] as received, count(*)::int as hours
from (
    select outlet, start, (start at time zone interval '8 hours')::date as day, min(received_at) as received
    from (
        select outlet, start, received_at from reading
        where period = 2 and start >= %(first)s and start < %(after)s and received_at <= %(moment)s
        union all
        select outlet, start, received_at from reading_history
        where period = 2 and start >= %(first)s and start < %(after)s and received_at <= %(moment)s
    ) told
    group by outlet, start
) hours
join outlet on outlet.id = hours.outlet
group by 1, 2

-- name: nils
-- Every statement that there is nothing to report, received by a moment.
select obligation, division, period, received_at as received, reason from nil
where period = any(%(periods)s) and received_at <= %(moment)s
union all
select obligation, division, period, received_at as received, reason from nil_history
where period = any(%(periods)s) and received_at <= %(moment)s

-- name: exemptions
-- Exemptions, with the time at which one was withdrawn.
select granted.id as number, granted.obligation, granted.division, granted.subject, granted.reason,
    granted.said_by as granted_by, granted.recorded_at, granted.first_day as first, granted.last_day as last,
    withdrawn.recorded_at as withdrawn_at
from obligation_event granted
left join obligation_event withdrawn on withdrawn.withdraws = granted.id
where granted.event = 'EXEMPT'
order by granted.id

-- name: extensions
-- Extensions of deadlines.
select id as number, obligation, division, subject, reason, said_by as granted_by, recorded_at, period, until
from obligation_event
where event = 'EXTEND'
order by id

-- name: events
-- Everything that was granted or refused on obligations of a division, or of all, newest first.
select id as number, event, obligation, division, subject, first_day, last_day, period, until, withdraws,
    asked::text as asked, refusal, reason, said_by, recorded_at
from obligation_event
where %(division)s::int is null or division = %(division)s::int
order by id desc
