-- Functions and views over the tables.

-- Whole micro-units of a measured value: sums of them are exact in any order. Null stays null.
create function micro(value float8) returns bigint language sql immutable parallel safe as $$
    select round(value * 1e6::float8)::bigint
$$;

-- The day in Asia/Shanghai, which every figure is counted by.
create function shanghai_day(moment timestamptz) returns date language sql immutable parallel safe as $$
    select (moment at time zone 'Asia/Shanghai')::date
$$;

-- Make the partition of a month (given by its first day, Shanghai) unless it is there; true when it was made.
-- ATTACH needs only SHARE UPDATE EXCLUSIVE on the parent, which readers and loaders do not wait for; CREATE TABLE ...
-- PARTITION OF would need ACCESS EXCLUSIVE, and two batches that have both probed already would wait for each other.
-- Runs with its owner's rights, so that a writer need not own the table.
create function make_reading_month(month date) returns boolean
language plpgsql security definer set search_path from current as $$
declare
    partition_name text := 'reading_' || to_char(month, 'YYYY_MM');
    starts timestamptz := month::timestamp at time zone 'Asia/Shanghai';
    ends timestamptz := (month + interval '1 month')::timestamp at time zone 'Asia/Shanghai';
begin
    if to_regclass(partition_name) is not null then
        return false;
    end if;
    -- Two batches want the same new month: the second waits here until the first has committed, then sees it.
    perform pg_advisory_xact_lock(hashtext('reading_month'));
    if to_regclass(partition_name) is not null then
        return false;
    end if;
    execute format('create table %I (like reading including defaults including constraints)', partition_name);
    execute format('alter table reading attach partition %I for values from (%L) to (%L)', partition_name, starts, ends);
    return true;
end
$$;

create view reading_by_day as
    select city, pollutant, period, day,
        sum(readings)::bigint as readings,
        sum(valid)::bigint as valid,
        sum(average_micro) / 1000000 as average_sum,
        (sum(average_micro) / nullif(sum(averaged), 0) / 1000000)::float8 as average,
        max(maximum) as maximum,
        sum(mass_micro) / 1000000 as mass_kg,
        sum(exceedances)::bigint as exceedances
    from rollup_reading
    group by city, pollutant, period, day
    having sum(readings) <> 0;

create view reading_by_month as
    select city, pollutant, period, date_trunc('month', day::timestamp)::date as month,
        sum(readings)::bigint as readings,
        sum(valid)::bigint as valid,
        sum(average_micro) / 1000000 as average_sum,
        (sum(average_micro) / nullif(sum(averaged), 0) / 1000000)::float8 as average,
        max(maximum) as maximum,
        sum(mass_micro) / 1000000 as mass_kg,
        sum(exceedances)::bigint as exceedances
    from rollup_reading
    group by city, pollutant, period, date_trunc('month', day::timestamp)::date
    having sum(readings) <> 0;

create view project_by_stage as
    select city, programme, stage, month,
        sum(projects)::bigint as projects, sum(planned) as planned, sum(cumulative) as cumulative
    from rollup_project
    group by city, programme, stage, month
    having sum(projects) <> 0;

create view award_by_clause as
    select city, policy, clause, fiscal_year, mode, status,
        sum(awards)::bigint as awards, sum(payees)::bigint as payees, sum(amount) as amount, sum(paid) as paid
    from rollup_award
    group by city, policy, clause, fiscal_year, mode, status
    having sum(awards) <> 0;

create view indicator_by_period as
    select division, indicator, period, sum(reports)::bigint as reports, max(value) as value
    from rollup_indicator
    group by division, indicator, period
    having sum(reports) <> 0;

insert into register (id, version) values (1, 0);
