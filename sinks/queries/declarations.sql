-- name: listed
-- Declarations with their steps, newest first.
select declaration.id as declaration, outlet.mn, outlet.division, pollutant.code as pollutant, declaration.mark,
    declaration.starts, declaration.ends, declaration.reason, declaration.declared_by, declaration.recorded_at,
    document.document, encode(document.sha256, 'hex') as sha256, document.said_by as documented_by,
    document.recorded_at as documented_at, withdrawal.said_by as withdrawn_by, withdrawal.recorded_at as withdrawn_at
from declaration
join outlet on outlet.id = declaration.outlet
left join pollutant on pollutant.id = declaration.pollutant
left join declaration_step document on document.declaration = declaration.id and document.step = 'DOCUMENT'
left join declaration_step withdrawal on withdrawal.declaration = declaration.id and withdrawal.step = 'WITHDRAWN'
where %(mn)s::text is null or outlet.mn = %(mn)s::text
order by declaration.id desc
