-- Which divisions a reader sees, by the setting huiliu.division of the session.

-- Whether a division is another or lies in it, by the codes alone: 340104 within 340100 within 340000.
create function within(division int, other int) returns boolean language sql immutable parallel safe as $$
    select case
        when other % 10000 = 0 then division / 10000 = other / 10000
        when other % 100 = 0 then division / 100 = other / 100
        else division = other
    end
$$;

-- Whether the reader may see a division. Without the setting nothing is seen.
create function in_scope(division int) returns boolean language sql stable parallel safe as $$
    select coalesce(within(division, nullif(current_setting('huiliu.division', true), '')::int), false)
$$;

-- Views read with the rights of whoever asks, so that the policies hold behind them too.
alter view reading_by_day set (security_invoker = true);
alter view reading_by_month set (security_invoker = true);
alter view project_by_stage set (security_invoker = true);
alter view award_by_clause set (security_invoker = true);
alter view indicator_by_period set (security_invoker = true);
