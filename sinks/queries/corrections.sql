-- name: link
-- A rejected record that cites a rejected record belongs to the matter of the first one of the chain.
update quarantine attempt
set corrects_intake = coalesce(cited.corrects_intake, cited.intake),
    corrects_offset = coalesce(cited.corrects_offset, cited."offset")
from citation
join intake on intake.topic = citation.topic and intake.partition = citation.partition
join quarantine cited on cited.intake = intake.id and cited."offset" = citation.cited
where not citation.loaded and cited.publisher = citation.publisher
    and attempt.intake = citation.intake and attempt."offset" = citation."offset"
    and (attempt.corrects_intake, attempt.corrects_offset) is distinct from
        (coalesce(cited.corrects_intake, cited.intake), coalesce(cited.corrects_offset, cited."offset"))

-- name: close
-- What a loaded record cites is closed with all attempts at it, in the order of coordinates so that nobody waits crosswise.
-- Says of each how long it was open, and whether it is a matter's first record.
with matter as (
    select coalesce(cited.corrects_intake, cited.intake) as intake,
        coalesce(cited.corrects_offset, cited."offset") as "offset",
        (array_agg(citation.intake order by citation.intake, citation."offset"))[1] as by_intake,
        (array_agg(citation."offset" order by citation.intake, citation."offset"))[1] as by_offset
    from citation
    join intake on intake.topic = citation.topic and intake.partition = citation.partition
    join quarantine cited on cited.intake = intake.id and cited."offset" = citation.cited
    where citation.loaded and cited.publisher = citation.publisher
    group by 1, 2
), closing as (
    select q.intake, q."offset", matter.by_intake, matter.by_offset
    from (
        select q.intake, q."offset", matter.by_intake, matter.by_offset
        from matter join quarantine q on q.intake = matter.intake and q."offset" = matter."offset"
        union all
        select q.intake, q."offset", matter.by_intake, matter.by_offset
        from matter join quarantine q on q.corrects_intake = matter.intake and q.corrects_offset = matter."offset"
    ) matter
    join quarantine q using (intake, "offset")
    where q.status <> 'corrected'
    order by q.intake, q."offset" for update of q
)
update quarantine set status = 'corrected', status_at = now(), closed_intake = closing.by_intake,
    closed_offset = closing.by_offset
from closing where closing.intake = quarantine.intake and closing."offset" = quarantine."offset"
returning quarantine.kind, quarantine.corrects_intake is null as matter,
    extract(epoch from quarantine.status_at - quarantine.recorded_at)::float8 as seconds

-- name: astray
-- Citations of something that is no rejected record of the same publisher.
select citation.intake, citation."offset" from citation
where not exists (
    select from intake join quarantine cited on cited.intake = intake.id and cited."offset" = citation.cited
    where intake.topic = citation.topic and intake.partition = citation.partition
        and cited.publisher = citation.publisher)

-- name: times
-- How long corrected matters took from rejection to correction, by publisher and kind, and what is still open or waits.
select lpad(publisher::text, 6, '0') as publisher, kind,
    count(*) filter (where status = 'corrected') as corrected,
    count(*) filter (where status = 'open') as open,
    count(*) filter (where status = 'waiting') as waiting,
    count(*) filter (where status = 'requeued') as requeued,
    percentile_cont(0.5) within group (order by extract(epoch from status_at - recorded_at)::float8)
        filter (where status = 'corrected') as median_seconds,
    percentile_cont(0.9) within group (order by extract(epoch from status_at - recorded_at)::float8)
        filter (where status = 'corrected') as p90_seconds
from quarantine
where corrects_intake is null and (cast(:low as int) is null or publisher between :low and :high)
    and (cast(:since as timestamptz) is null or recorded_at >= :since)
group by 1, 2 order by 1, 2

-- name: attempts
-- What was sent to correct a record and rejected again, and the record that closed it.
select intake.topic, intake.partition, q."offset", q.status, q.recorded_at
from quarantine q join intake on intake.id = q.intake
where q.corrects_intake = :intake and q.corrects_offset = :offset
order by q.recorded_at, q.intake, q."offset"

-- name: place
-- The coordinates behind an intake's number.
select topic, partition from intake where id = :intake
