"""Awards (奖补资金) of the fiscal year: granted and paid by city, and what was paid within the period."""

from __future__ import annotations

from typing import Any, Final

import polars as pl

from huiliu.period import Period
from oversight.reports.facts import Controls, Facts
from oversight.reports.making import CITY, CITY_NAME, RANK, rows, share, total
from oversight.reports.ranking import rank, with_names
from oversight.reports.section import Column, Section

COLUMNS: Final = (
    CITY,
    CITY_NAME,
    RANK,
    Column("awards", "批准笔数", "count", "本年度批准、拨付的奖补笔数"),
    Column("automatic", "免申即享", "count", "其中免申即享的笔数"),
    Column("payees", "受益", "count", "受益企业（人）数，按笔相加"),
    Column("amount", "批准金额", "fen", "本年度批准、拨付的奖补金额"),
    Column("paid", "已拨金额", "fen", "其中已拨付的金额"),
    Column("share", "拨付率", "share", "已拨金额 ÷ 批准金额"),
    Column("paid_now", "本期拨付", "fen", "拨付日期在本期内的金额"),
    Column("paid_change", "较上期", "fen", "本期拨付减上期拨付"),
    Column("recovered", "追回笔数", "count", "本年度追回的奖补笔数"),
)
GRANTED: Final = ("APPROVED", "PAID")


def section(now: Facts, before: Facts, controls: Controls | None = None) -> Section:
    """Of the fiscal year in which the period ends; ranked by the share that is paid."""
    year = now.period.last.year
    if now.awards.is_empty():
        return Section("awards", "奖补资金兑现", absent=f"没有 {year} 预算年度的奖补报送")
    told = counted(now.awards, year, now.period, before.period)
    names = [column.name for column in COLUMNS if column.sort in ("count", "fen")]
    whole: dict[str, Any] = {name: int(told[name].sum()) for name in names}
    whole["share"] = share(whole["paid"], whole["amount"])
    return Section(
        "awards",
        "奖补资金兑现",
        columns=COLUMNS,
        rows=rows(with_names(told, year), COLUMNS),
        total=total(COLUMNS, whole),
        notes=(f"{year} 预算年度；批准金额为批准、拨付两种状态之和，拟奖补、公示的不计；按拨付率排名。",),
        opening={
            str(city): f"huiliu rollup award --city {city} --from {year} --to {year} --limit 0" for city in told["city"]
        },
        control=() if controls is None else _control(now.awards, year, controls.awards),
    )


def counted(awards: pl.DataFrame, year: int, now: Period, before: Period) -> pl.DataFrame:
    """By city, sorted: counts and amounts in fen. Payments of the period may be of an earlier fiscal year's awards."""
    ours = pl.col("fiscal_year") == year
    granted = ours & pl.col("status").is_in(GRANTED)
    paid = pl.col("paid_amount").fill_null(0)
    return (
        awards.group_by("city")
        .agg(
            awards=granted.sum().cast(pl.Int64),
            automatic=(granted & (pl.col("mode") == "AUTOMATIC")).sum().cast(pl.Int64),
            payees=pl.col("payee_count").filter(granted).sum().cast(pl.Int64),
            amount=pl.col("amount").filter(granted).sum(),
            paid=paid.filter(granted).sum(),
            paid_now=paid.filter(_within(now)).sum(),
            paid_before=paid.filter(_within(before)).sum(),
            recovered=(ours & (pl.col("status") == "RECOVERED")).sum().cast(pl.Int64),
        )
        .sort("city")
        .with_columns(
            paid_change=pl.col("paid_now") - pl.col("paid_before"),
            share=pl.when(pl.col("amount") > 0).then(pl.col("paid") / pl.col("amount")),
        )
        .with_columns(rank("share"))
    )


def _within(of: Period) -> pl.Expr:
    return pl.col("paid_on").is_between(of.first, of.last).fill_null(value=False)


def _control(awards: pl.DataFrame, year: int, rollup: pl.DataFrame) -> tuple[tuple[str, int, int], ...]:
    ours = awards.filter(pl.col("fiscal_year") == year)
    added = ours.group_by("city").agg(
        awards=pl.len().cast(pl.Int64), payees=pl.col("payee_count").sum().cast(pl.Int64),
        amount=pl.col("amount").sum(), paid=pl.col("paid_amount").fill_null(0).sum(),
    )  # fmt: skip
    paired = added.join(rollup, on="city", how="full", coalesce=True, suffix="_facts").fill_null(0).sort("city")
    said = (("awards", "奖补笔数（各状态）"), ("amount", "奖补金额 分（各状态）"), ("paid", "已拨 分（各状态）"))
    return tuple(
        (f"{row['city']} {words}", row[name], row[f"{name}_facts"])
        for row in paired.iter_rows(named=True)
        for name, words in said
    )
