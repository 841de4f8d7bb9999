-- name: project
-- Every project, the newest that was known.
select project_code, division, name, enterprise, programme, tier, stage, month, planned_investment,
    cumulative_investment, equipment_investment, software_investment, progress, planned_start, planned_completion,
    actual_start, actual_completion, revision, reported_at, known_from
from project_as_known(%(moment)s)
order by project_code

-- name: project_month
-- Of every project and month the last known of it, up to the month of the newest: a month put right is no month more.
with known as (
    select project_code, division, name, enterprise, programme, tier, stage, month, planned_investment,
        cumulative_investment, equipment_investment, software_investment, progress, planned_start, planned_completion,
        actual_start, actual_completion, revision, reported_at, known_from
    from project where known_from <= %(moment)s
    union all
    select project_code, division, name, enterprise, programme, tier, stage, month, planned_investment,
        cumulative_investment, equipment_investment, software_investment, progress, planned_start, planned_completion,
        actual_start, actual_completion, revision, reported_at, known_from
    from project_history where known_from <= %(moment)s
), newest as (
    select distinct on (project_code) project_code, month as last_month
    from known order by project_code, revision desc
), last_of_month as (
    select distinct on (project_code, month) known.*
    from known order by project_code, month, revision desc
)
select last_of_month.*
from last_of_month join newest using (project_code)
where month <= last_month
order by project_code, month

-- name: award
-- Every award, the newest that was known.
select award_number, division, policy, clause, fiscal_year, project_code, payee, payee_name, payee_count, basis, amount,
    uplift, level, mode, status, approved_on, paid_on, paid_amount, revision, reported_at, known_from
from award_as_known(%(moment)s)
order by award_number

-- name: indicator
-- Every value of an indicator, the newest that was known.
select division, indicator, period, value, unit, cumulative, revision, reported_at, known_from
from indicator_as_known(%(moment)s)
order by division, indicator, period
