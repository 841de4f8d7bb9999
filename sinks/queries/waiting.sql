-- name: call
-- Monitors that are being registered while readings of theirs wait: the relay will send those again.
insert into release (mn)
select mn from incoming_outlet
where exists (select from quarantine where quarantine.awaits = incoming_outlet.mn and status = 'waiting')
order by mn on conflict do nothing

-- name: claim
-- The oldest monitors whose readings go out, none of those that are left alone for now.
select mn from release where not mn = any(:without) order by created_at, mn limit :monitors for update skip locked

-- name: letters
-- Some of the readings that wait for these monitors, of each in the order in which they came. However many wait for one,
-- no more are looked at than are taken.
select intake.topic, intake.partition, q."offset", q.intake, q.key, q.value, q.headers, q.awaits
from unnest(cast(:monitors as text[])) as wanted (mn)
cross join lateral (
    select * from quarantine
    where awaits = wanted.mn and status = 'waiting'
    order by intake, "offset" limit :letters
) q
join intake on intake.id = q.intake
limit :letters

-- name: sent
-- These have been sent again, unless what was sent is loaded already.
update quarantine set status = 'requeued', status_at = now()
from unnest(cast(:intakes as int[]), cast(:offsets as bigint[])) as sent (intake, "offset")
where quarantine.intake = sent.intake and quarantine."offset" = sent."offset" and status = 'waiting'

-- name: done
-- Monitors of which nothing waits any more.
delete from release where mn = any(:monitors) and not exists (
    select from quarantine where quarantine.awaits = release.mn and quarantine.status = 'waiting')
