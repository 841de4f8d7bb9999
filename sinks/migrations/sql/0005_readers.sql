-- The hub's own role may put on a reader's rights (Warehouse.audit), without having them meanwhile.
-- Since PostgreSQL 16 who makes a role may give it away but not put it on.
do $$
declare
    recent boolean := current_setting('server_version_num')::int >= 160000;
begin
    if pg_has_role(current_user, 'huiliu_reader', case when recent then 'SET' else 'MEMBER' end) then
        return;
    end if;
    execute format('grant huiliu_reader to %I', current_user) || case when recent then ' with inherit false, set true' else '' end;
exception
    when insufficient_privilege then
        raise exception '% may not put on the role huiliu_reader', current_user
            using hint = format('Let an administrator run: grant huiliu_reader to %I', current_user);
end
$$;

-- The first and the last code that the reader may see, by the setting huiliu.division; null, so nothing, without it.
create function scope_first() returns int language sql stable parallel safe as $$
    select nullif(current_setting('huiliu.division', true), '')::int
$$;
create function scope_last() returns int language sql stable parallel safe as $$
    select case when code % 10000 = 0 then code + 9999 when code % 100 = 0 then code + 99 else code end
    from (select scope_first() as code) scope
$$;

-- The policies of before, asked once for a statement instead of once for a row, and fit for an index on the division.
do $$
declare
    item record;
begin
    for item in select * from (values
        ('reading', 'division'), ('project', 'division'), ('award', 'division'), ('indicator', 'division'),
        ('registration', 'division'), ('nil', 'division'), ('response', 'division'),
        ('reading_history', 'division'), ('project_history', 'division'), ('award_history', 'division'),
        ('indicator_history', 'division'), ('registration_history', 'division'), ('nil_history', 'division'),
        ('response_history', 'division'), ('rollup_reading', 'city'), ('rollup_project', 'city'),
        ('rollup_award', 'city'), ('rollup_indicator', 'division'), ('outlet', 'division'), ('outlet_city', 'city'),
        ('intake', 'division'), ('quarantine', 'publisher'), ('publisher', 'division')
    ) scoped (name, place)
    loop
        execute format(
            'alter policy division on %I using (%I between (select scope_first()) and (select scope_last()))',
            item.name, item.place);
    end loop;
end
$$;

-- The same for what is seen with its partition or outlet: the list of those is made once.
alter policy division on ledger using (intake in (select id from intake));
alter policy division on finding using (intake in (select id from intake));
alter policy division on outlet_limit using (outlet in (select id from outlet));

-- Only reasons of rejection are looked for by code: warnings of loaded rows, many more, stay out of the index.
drop index finding_code;
create index finding_code on finding (code, intake, "offset") where severity = 'error';
