-- name: current
-- The events of every cause's open case, else of its last one where closed since a moment, or by an official.
select event.number, event.sequence, event.kind, event.actor, event.at, event.reason, event.data
from case_event event
join (
    select distinct on (cause) number, state, closed_at, basis from oversight_case
    order by cause, state = 'CLOSED', last_at desc, number desc
) newest on newest.number = event.number
where newest.state <> 'CLOSED' or newest.closed_at >= :since or newest.basis = 'OFFICIAL'
order by event.number, event.sequence

-- name: events
-- The events of some cases.
select number, sequence, kind, actor, at, reason, data from case_event
where number = any(:numbers) order by number, sequence

-- name: lock
-- The case of this number, locked until the transaction ends.
select number from oversight_case where number = :number for update

-- name: serials
-- The last number given in each division and year.
select split_part(number, '-', 2) as division, cast(split_part(number, '-', 3) as int) as year,
    max(cast(split_part(number, '-', 4) as int)) as serial
from oversight_case group by 1, 2

-- name: listed
-- Cases with their state, of a division and what lies in it, in the order in which they are due.
select number, cause, rule, version, division, subject, period, severity, state, owner, next_date, mend_by, asked_until,
    level, basis, returns, events, opened_at, last_at, closed_at
from oversight_case
where (cast(:division as int) is null or within(division, cast(:division as int)))
    and (cast(:state as text) is null or state = :state) and (:closed or state <> 'CLOSED')
    and (cast(:overdue as date) is null or next_date < cast(:overdue as date))
order by state = 'CLOSED', next_date nulls last, number limit :limit

-- name: answers
-- The answers that came for a case.
select topic, partition, "offset", number, sequence, division, action, outcome, code, refusal, at from case_answer
where number = :number order by at, topic, partition, "offset"

-- name: directives
-- What divisions were told of a case.
select id, identity, number, division, body, created_at, told_at from directive where number = :number order by id

-- name: untold
-- What is still to be told, in order; rows that another relay holds are passed over.
select id, identity, number, division, body from directive
where told_at is null and not division = any(:without) order by id limit :limit for update skip locked

-- name: told
-- The broker has these.
update directive set told_at = now() where id = any(:ids)

-- name: closures
-- Cases closed without new data since a moment: by an official or by a document, in an order that a seed decides.
select number, division, rule, severity, basis, closed_at from oversight_case
where state = 'CLOSED' and basis <> 'FRESH_DATA' and closed_at >= :since
order by md5(number || :seed) limit :limit

-- name: closed
-- How many cases were closed since a moment, by what they were closed on.
select basis, count(*) as cases from oversight_case where state = 'CLOSED' and closed_at >= :since group by basis
