-- name: current
-- The current row of an event, as its batch wrote it: the time of the batch finds readings by their BRIN index.
select {columns} from {kind} where intake = %(intake)s and "offset" = %(offset)s and known_from = %(recorded_at)s

-- name: former
-- The row of an event that was superseded since.
select {columns}, known_to, cause from {kind}_history
where intake = %(intake)s and "offset" = %(offset)s and cause <> 'rejudged'

-- name: rejudged
-- The current row of an event that was judged anew since: its former judgement names its key.
select {fact_columns} from {kind} fact
join (
    select distinct {key} from {kind}_history
    where intake = %(intake)s and "offset" = %(offset)s and cause = 'rejudged'
) told using ({key})
where fact.intake = %(intake)s and fact."offset" = %(offset)s

-- name: soon
-- The current row of an event that superseded one of a later batch: known from that batch's time, which is near.
select {columns} from {kind}
where intake = %(intake)s and "offset" = %(offset)s
    and known_from > %(recorded_at)s and known_from <= %(recorded_at)s::timestamptz + interval '1 hour'

-- name: later
-- The same, however much later: reads everything that became known since.
select {columns} from {kind} where intake = %(intake)s and "offset" = %(offset)s and known_from > %(recorded_at)s
