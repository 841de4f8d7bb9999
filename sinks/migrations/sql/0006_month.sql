-- to_regclass answers from what the session has looked up before, and a wait for an advisory lock brings no news: whoever
-- waited for another's new month did not see it afterwards and failed to make it again. The catalogue itself is asked.
create or replace function make_reading_month(month date) returns boolean
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
    perform from pg_class where relname = partition_name
        and relnamespace = (select relnamespace from pg_class where oid = 'reading'::regclass);
    if found then
        return false;
    end if;
    execute format('create table %I (like reading including defaults including constraints)', partition_name);
    execute format('alter table reading attach partition %I for values from (%L) to (%L)', partition_name, starts, ends);
    return true;
end
$$;
