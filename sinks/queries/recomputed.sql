-- name: compared
-- Every hour or day value beside the value recomputed from its parts; counts by verdict, and the first rows that differ.
with factor as (
    select * from unnest(%(pollutants)s::smallint[], %(grains)s::bigint[], %(weighted)s::bool[], %(least)s::int[],
        %(strict)s::bool[]) as factor (pollutant, grain, weighted, least, strict)
), part as (
    select outlet, pollutant, date_bin(%(width)s, start, '2000-01-01 00:00+08') as start, average, corrected,
        cumulative, flag = any(%(flags)s) as good, start as began
    from reading
    where period = %(part)s and start >= %(first)s and start < %(after)s and pollutant = any(%(pollutants)s)
        and (%(outlets)s::int[] is null or outlet = any(%(outlets)s::int[]))
), flowing as (
    select outlet, start as began, average as flow
    from reading
    where period = %(part)s and start >= %(first)s and start < %(after)s and pollutant = %(flow)s
        and flag = any(%(flags)s) and average >= 0
        and (%(outlets)s::int[] is null or outlet = any(%(outlets)s::int[]))
), summed as (
    select part.outlet, part.pollutant, part.start, count(*) as parts, count(*) filter (where good) as valid,
        extract(epoch from max(part.began) - min(part.began)) / 60 / nullif(count(*) - 1, 0) as apart,
        sum(micro(average)) filter (where good) as average, count(average) filter (where good) as averaged,
        sum(micro(corrected)) filter (where good) as corrected, count(corrected) filter (where good) as with_corrected,
        sum(micro(cumulative)) filter (where good) as cumulative,
        count(cumulative) filter (where good) as with_cumulative,
        sum(micro(average)::numeric * micro(flow)) filter (where good) as load,
        sum(micro(flow)) filter (where good and average is not null) as flow,
        count(flow) filter (where good and average is not null) as with_flow
    from part
    join factor on factor.pollutant = part.pollutant
    left join flowing on factor.weighted and flowing.outlet = part.outlet and flowing.began = part.began
    group by 1, 2, 3
), closest as (
    select *, min(apart) over (partition by outlet, pollutant) as gap from summed
), stepped as (
    select *, case when %(part)s = 1 then (
        select max(allowed) from unnest(array[1, 2, 3, 4, 5, 6, 10, 12, 15, 20, 30]) allowed
        where allowed <= greatest(coalesce(gap, 30), 1)
    ) else 1 end as step
    from closest
), recomputed as (
    select outlet, pollutant, start, parts, valid, valid * step as covered,
        case when with_flow = averaged and flow > 0 then load / flow else average::numeric / nullif(averaged, 0) end
            as average,
        with_flow = averaged and flow > 0 as by_flow,
        case when with_corrected = valid then corrected::numeric / nullif(valid, 0) end as corrected,
        case when with_cumulative = valid then cumulative::numeric end as cumulative
    from stepped
), sent as (
    select outlet, pollutant, start, micro(average) as average, micro(corrected) as corrected,
        micro(cumulative) as cumulative, flag, mark
    from reading
    where period = %(whole)s and start >= %(first)s and start < %(after)s and pollutant = any(%(pollutants)s)
        and (%(outlets)s::int[] is null or outlet = any(%(outlets)s::int[]))
), side as (
    select outlet, pollutant, start, sent.flag, sent.mark, sent.average as sent_average,
        sent.corrected as sent_corrected, sent.cumulative as sent_cumulative, recomputed.average, recomputed.corrected,
        recomputed.cumulative, parts, valid, covered, by_flow, sent.flag is not null as was_sent
    from recomputed left join sent using (outlet, pollutant, start)
), measured as (
    select side.*, strict, covered >= least as enough, flag = any(%(flags)s) as good,
        abs(sent_average - average) > greatest(grain, %(share)s * abs(average)) as average_off,
        abs(sent_corrected - corrected) > greatest(grain, %(share)s * abs(corrected)) as corrected_off,
        abs(sent_cumulative - cumulative)
            > greatest((parts + 1) * %(mass_grain)s / 2, %(share)s * abs(cumulative)) as cumulative_off
    from side join factor using (pollutant)
), judged as (
    select outlet, pollutant, start, flag, mark, parts, valid, covered, by_flow, average_off, corrected_off,
        cumulative_off, sent_average / 1e6::float8 as sent_average, (average / 1e6)::float8 as average,
        sent_corrected / 1e6::float8 as sent_corrected, (corrected / 1e6)::float8 as corrected,
        sent_cumulative / 1e6::float8 as sent_cumulative, (cumulative / 1e6)::float8 as cumulative,
        case
            when not was_sent then case when enough then 'NOT_SENT' else 'NEITHER' end
            when mark = 'MANUAL' or flag = 'S' then 'BY_HAND'
            when good and not enough then 'TOO_FEW'
            when good and (average_off or corrected_off or cumulative_off) then 'VALUE'
            when good and strict and valid < parts then 'FLAG'
            when not good and enough and (not strict or valid = parts) then 'FLAG'
            else 'EQUAL'
        end as verdict
    from measured
)
select verdict, count(*) as counted, null::bigint as place, null::int as outlet, null::smallint as pollutant,
    null::timestamptz as start, null as flag, null as mark, null::bigint as parts, null::bigint as valid,
    null::bigint as covered, null::bool as by_flow, null::bool as average_off, null::bool as corrected_off,
    null::bool as cumulative_off, null::float8 as sent_average, null::float8 as average, null::float8 as sent_corrected,
    null::float8 as corrected, null::float8 as sent_cumulative, null::float8 as cumulative
from judged group by verdict
union all
select * from (
    select verdict, null::bigint, row_number() over (partition by verdict order by outlet, pollutant, start) as place,
        outlet, pollutant, start, flag, mark, parts, valid, covered, by_flow, average_off, corrected_off,
        cumulative_off, sent_average, average, sent_corrected, corrected, sent_cumulative, cumulative
    from judged where verdict in ('VALUE', 'TOO_FEW', 'FLAG', 'NOT_SENT')
) differing where place <= %(limit)s
union all
select 'SENT', (select count(*) from sent), null, null, null, null, null, null, null, null, null, null, null, null, null,
    null, null, null, null, null, null
