-- Two roles without login; a worker's or an auditor's own role is made a member of one of them.
-- COPY does not work under row-level security, so a writer bypasses it; the attribute is not passed on to members: give
-- it to the worker's own role too (create role worker login bypassrls in role huiliu_writer).
do $$
declare
    attributes text;
    name text;
begin
    for name, attributes in values ('huiliu_writer', 'nologin bypassrls'), ('huiliu_reader', 'nologin') loop
        if exists (select from pg_roles where rolname = name) then
            continue;
        end if;
        begin
            execute format('create role %I %s', name, attributes);
        exception
            when duplicate_object or unique_violation then
                raise notice 'role % was made by another database of the cluster meanwhile', name;
            when insufficient_privilege then
                raise exception 'role % is missing, and % may not create it', name, current_user
                    using hint = format('Let an administrator run: create role %I %s', name, attributes);
        end;
    end loop;
end
$$;

-- Facts are added and superseded, never deleted; history, ledger and findings are only added to.
grant select, insert, update on reading, project, award, indicator, registration, nil, response to huiliu_writer;
grant select, insert on reading_history, project_history, award_history, indicator_history, registration_history,
    nil_history, response_history, ledger, finding, rule_set, outlet_city to huiliu_writer;
grant select, insert, update on intake, quarantine, outlet, publisher to huiliu_writer;
grant select, insert, update, delete on rollup_reading, rollup_project, rollup_award, rollup_indicator, outbox
    to huiliu_writer;
grant select, insert, delete on outlet_limit to huiliu_writer;
grant select, update on register to huiliu_writer;
grant select on pollutant, reading_by_day, reading_by_month, project_by_stage, award_by_clause, indicator_by_period
    to huiliu_writer;
grant usage on all sequences in schema public to huiliu_writer;
revoke execute on function make_reading_month(date) from public;
grant execute on function make_reading_month(date) to huiliu_writer;

grant select on reading, project, award, indicator, registration, nil, response, reading_history, project_history,
    award_history, indicator_history, registration_history, nil_history, response_history, rollup_reading,
    rollup_project, rollup_award, rollup_indicator, reading_by_day, reading_by_month, project_by_stage,
    award_by_clause, indicator_by_period, intake, ledger, quarantine, finding, outlet, outlet_limit, outlet_city,
    pollutant, rule_set to huiliu_reader;
