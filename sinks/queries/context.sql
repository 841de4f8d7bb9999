-- name: projects
-- What is known of the projects that a batch's awards name.
select project_code, enterprise, planned_investment, equipment_investment, software_investment, cumulative_investment
from wanted_project join project using (project_code)

-- name: stacks
-- Other awards of the same payee for the same project, over all levels and years, recovered ones left out.
select wanted.award_number, wanted.payee, wanted.project_code, sum(other.amount)::bigint as amount, count(*) as count
from wanted_stack wanted
join award other on other.payee = wanted.payee and other.project_code = wanted.project_code
where other.award_number <> wanted.award_number and other.status <> 'RECOVERED'
group by wanted.award_number, wanted.payee, wanted.project_code
