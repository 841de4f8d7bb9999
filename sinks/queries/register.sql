-- name: outlets
-- All outlets, for the register that a worker keeps.
select mn, id as outlet, division, city, medium, enterprise from outlet order by mn

-- name: limits
-- All limits, newest validity first, then the strictest: the first that holds on a day is the one in force.
select outlet, pollutant, valid_from, valid_to, value from outlet_limit
order by outlet, pollutant, valid_from desc, value

-- name: merge_outlets
-- New outlets get a number; known ones take over what the registration says. As many rows as that changes.
insert into outlet (mn, division, city, medium, enterprise)
select mn, division, city, medium, enterprise from incoming_outlet order by mn
on conflict (mn) do update set division = excluded.division, city = excluded.city,
    medium = excluded.medium, enterprise = excluded.enterprise
where (outlet.division, outlet.city, outlet.medium, outlet.enterprise)
    is distinct from (excluded.division, excluded.city, excluded.medium, excluded.enterprise)

-- name: merge_cities
-- Remember every city an outlet has been registered in: readings keep the city they were loaded under.
insert into outlet_city (city, outlet)
select outlet.city, outlet.id from outlet join incoming_outlet using (mn) order by 1, 2
on conflict do nothing

-- name: incoming_ids
-- The numbers of the outlets whose registrations are being written.
select mn, outlet.id as outlet from outlet join incoming_outlet using (mn)

-- name: changed_limits
-- Pairs of outlet and factor for which the set of limits differs between before and after.
select distinct outlet, pollutant from (
    (select outlet, pollutant, value, valid_from, valid_to from incoming_limit
     except select outlet, pollutant, value, valid_from, valid_to from outlet_limit)
    union all
    (select outlet, pollutant, value, valid_from, valid_to from outlet_limit
     where outlet in (select outlet.id from outlet join incoming_outlet using (mn))
     except select outlet, pollutant, value, valid_from, valid_to from incoming_limit)
) difference order by outlet, pollutant

-- name: drop_limits
-- The limits of an outlet are those of its newest registration, so the former ones go.
delete from outlet_limit where outlet in (select outlet.id from outlet join incoming_outlet using (mn))

-- name: write_limits
-- Take over the limits of the registrations being written.
insert into outlet_limit select * from incoming_limit
