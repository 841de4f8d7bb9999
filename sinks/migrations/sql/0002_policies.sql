-- Readers see the rows of their division. Owners and writers are not restricted.
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
        ('intake', 'division'), ('quarantine', 'publisher')
    ) scoped (name, place)
    loop
        execute format('alter table %I enable row level security', item.name);
        execute format('create policy division on %I for select to huiliu_reader using (in_scope(%I))', item.name, item.place);
    end loop;
end
$$;

-- What has no division of its own is seen with what it belongs to, which its own policy restricts.
alter table ledger enable row level security;
create policy division on ledger for select to huiliu_reader using (exists (select from intake where intake.id = ledger.intake));
alter table finding enable row level security;
create policy division on finding for select to huiliu_reader using (exists (select from intake where intake.id = finding.intake));
alter table outlet_limit enable row level security;
create policy division on outlet_limit for select to huiliu_reader using (exists (select from outlet where outlet.id = outlet_limit.outlet));
