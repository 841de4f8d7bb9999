"""Hours and days over their limits (超标), by city and by factor, beside the last period."""

from __future__ import annotations

from typing import Any, Final

import polars as pl

from oversight.reports.facts import Controls, Facts
from oversight.reports.making import CITY, CITY_NAME, rows, share, total
from oversight.reports.ranking import beside, rank, with_names
from oversight.reports.section import Column, Section
from schemas.contract import code_table

COLUMNS: Final = (
    CITY,
    CITY_NAME,
    Column("rank", "位次", "rank", "按小时超标率从低到高，同率同位次"),
    Column("hours_valid", "有效小时值", "count", "有效的小时数据条数"),
    Column("hours", "小时超标", "count", "超过当时限值的有效小时数据条数（标记不计的除外）"),
    Column("hours_change", "较上期", "change", "小时超标之差"),
    Column("hours_share", "小时超标率", "share", "小时超标 ÷ 有效小时值"),
    Column("days", "日均值超标", "count", "超过当时限值的有效日数据条数"),
    Column("days_change", "较上期日均", "change", "日均值超标之差"),
)
FACTORS: Final = (
    Column("pollutant", "因子编码", "text", "HJ 212 因子编码"),
    Column("pollutant_name", "因子", "text"),
    Column("hours", "小时超标", "count", "全省合计"),
    Column("hours_change", "较上期", "change"),
    Column("days", "日均值超标", "count", "全省合计"),
    Column("days_change", "较上期日均", "change"),
)
_FIGURES: Final = ("hours_valid", "hours", "days")


def section(now: Facts, before: Facts, controls: Controls | None = None) -> Section:
    """By city; with controls each city's hours and days over the limit stand beside those added up from the facts."""
    if now.readings.is_empty():
        return Section("exceedances", "排放超标情况", absent="本期没有小时数据和日数据")
    figures, former = counted(now.readings, "city"), counted(before.readings, "city")
    told = beside(figures, former, *_FIGURES).with_columns(
        *_changes(), hours_share=pl.when(pl.col("hours_valid") > 0).then(pl.col("hours") / pl.col("hours_valid"))
    )
    told = with_names(told.with_columns(rank("hours_share", descending=False)), now.period.last.year)
    whole: dict[str, Any] = {name: int(told[name].fill_null(0).sum()) for name in (*_FIGURES, *_CHANGED)}
    whole["hours_share"] = share(whole["hours"], whole["hours_valid"])
    return Section(
        "exceedances",
        "排放超标情况",
        columns=COLUMNS,
        rows=rows(told, COLUMNS),
        total=total(COLUMNS, whole),
        notes=("以入库时在期的登记限值判定；限值更正后已重新判定。无效数据与按规则标记的时段不计超标。",),
        opening={
            str(city): f"huiliu rollup reading --city {city} --period hour --by month"
            f" --from {now.period.first} --to {now.period.last} --limit 0"
            for city in told["city"]
        },
        control=() if controls is None else _control(figures, counted(controls.readings, "city")),
    )


def by_factor(now: Facts, before: Facts) -> Section:
    """By factor over the whole province, only those that were exceeded now or in the last period."""
    told = counted(now.readings, "pollutant").join(
        counted(before.readings, "pollutant").select("pollutant", *(pl.col(n).alias(f"{n}_before") for n in _FIGURES)),
        on="pollutant", how="full", coalesce=True,
    )  # fmt: skip
    over = pl.sum_horizontal(pl.col("hours", "days", "hours_before", "days_before").fill_null(0)) > 0
    told = told.filter(over).sort("pollutant").with_columns(*_changes())
    if told.is_empty():
        return Section("factors", "超标因子", absent="本期与上期均无超标" if now.readings.height else "本期没有数据")
    names = {code: entry.zh for code, entry in code_table("pollutant").items()}
    named = told.with_columns(pollutant_name=pl.col("pollutant").replace_strict(names, default=pl.col("pollutant")))
    return Section("factors", "超标因子", columns=FACTORS, rows=rows(named, FACTORS))


_CHANGED: Final = ("hours_change", "days_change")


def _changes() -> list[pl.Expr]:
    return [
        (pl.col(name).fill_null(0) - pl.col(f"{name}_before").fill_null(0)).alias(f"{name}_change")
        for name in ("hours", "days")
    ]


def counted(readings: pl.DataFrame, by: str) -> pl.DataFrame:
    """By city or factor: valid hours, hours over the limit, days over the limit; Int64."""
    hour = pl.col("period") == "HOUR"
    return (
        readings.group_by(by)
        .agg(
            hours_valid=pl.col("valid").filter(hour).sum().cast(pl.Int64),
            hours=pl.col("exceedances").filter(hour).sum().cast(pl.Int64),
            days=pl.col("exceedances").filter(pl.col("period") == "DAY").sum().cast(pl.Int64),
        )
        .sort(by)
    )


def _control(figures: pl.DataFrame, facts: pl.DataFrame) -> tuple[tuple[str, int, int], ...]:
    paired = figures.join(facts, on="city", how="full", coalesce=True, suffix="_facts").fill_null(0).sort("city")
    return tuple(
        (f"{row['city']} {said}", row[name], row[f"{name}_facts"])
        for row in paired.iter_rows(named=True)
        for name, said in (("hours_valid", "有效小时值"), ("hours", "小时超标"), ("days", "日均值超标"))
    )
