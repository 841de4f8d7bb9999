-- name: projects
-- Projects as known at a moment: all, or those of one code or one enterprise.
select project_code, division, city, name, enterprise, industry, programme, tier, stage, month, planned_investment,
    cumulative_investment, equipment_investment, software_investment, progress, planned_start, planned_completion,
    actual_start, actual_completion, responsible_unit, responsible_person, revision, reported_at, received_at
from project_as_known(%(as_of)s)
where (%(project)s::text is null or project_code = %(project)s)
order by project_code

-- name: awards
-- Awards as known at a moment, of all levels and years.
select award_number, division, city, policy, clause, fiscal_year, project_code, payee, payee_name, payee_count, basis,
    amount, uplift, level, mode, status, document_number, publicised_on, approved_on, paid_on, paid_amount, revision,
    reported_at, received_at
from award_as_known(%(as_of)s)
where (%(project)s::text is null or project_code = %(project)s)
order by award_number
