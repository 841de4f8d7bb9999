-- name: current
-- The current row of an event, as its batch wrote it: the time of the batch finds readings by their BRIN index.
select {columns} from {kind} where intake = %(intake)s and "offset" = %(offset)s and known_from = %(recorded_at)s

-- name: former
-- The row of an event that was superseded since.
select {columns}, known_to, cause from {kind}_history
where intake = %(intake)s and "offset" = %(offset)s and cause <> 'rejudged'

-- name: rejudged
-- The current row of an event that became known in this form after its batch (judged anew, or superseding a later one).
select {columns} from {kind} where intake = %(intake)s and "offset" = %(offset)s and known_from > %(recorded_at)s
