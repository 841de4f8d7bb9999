-- name: history
-- A publisher's submissions, newest first, each with what waits and what is in quarantine of its ranges.
select s.*, coalesce(became.waiting, 0)::bigint as waiting,
    coalesce(became.quarantined, 0)::bigint as quarantined
from (
    select * from submission
    where publisher = :publisher and state = 'sent'
        and (cast(:kind as text) is null or kind = :kind)
        and (cast(:before as uuid) is null or id < :before)
    order by id desc limit :limit
) s left join lateral (
    select sum(greatest(0, r."last" + 1 - greatest(r."first", coalesce(i.next_offset, 0)))) as waiting,
        sum((select count(*) from quarantine q
             where q.intake = i.id and q."offset" between r."first" and r."last")) as quarantined
    from jsonb_to_recordset(s.ranges) as r (topic text, "partition" int, "first" bigint, "last" bigint)
        left join intake i on i.topic = r.topic and i."partition" = r."partition"
) became on true
order by s.id desc

-- name: drop_pending
-- What was to be sent and was never said to have been: its sender has given up.
delete from submission where state = 'pending' and sent_at < now() - make_interval(days => :days)

-- name: forget_keys
-- Keys, and answers kept to be repeated, of long ago.
update submission set key = null, answer = null
where key is not null and state = 'sent' and sent_at < now() - make_interval(days => :days)

-- name: forget_uploads
-- Files kept for reports that nobody asks for any more.
delete from upload using submission
where submission.id = upload.submission and submission.sent_at < now() - make_interval(days => :days)

-- name: by_key
-- What a publisher handed in under a key.
select * from submission where publisher = :publisher and key = :key
