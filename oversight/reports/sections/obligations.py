"""Who owed which report, and what became of it (报送责任): by city, over the periods that end within the report's.

The four states partition what was due: reported + confirmed zero + exempt + missing = due.
"""

from __future__ import annotations

from typing import Any, Final

import polars as pl

from oversight.reports.facts import Facts
from oversight.reports.making import CITY, CITY_NAME, RANK, less, rows, share, total
from oversight.reports.ranking import beside, rank, with_names
from oversight.reports.section import Column, Section

TITLE: Final = "报送责任"
COLUMNS: Final = (
    CITY,
    CITY_NAME,
    RANK,
    Column("due", "应报", "count", "期末已到报送时限的报送责任数"),
    Column("reported", "已报", "count", "有报送的"),
    Column("zero", "零报告", "count", "确认无事项的"),
    Column("exempt", "免报", "count", "经批准免报的"),
    Column("missing", "缺报", "count", "到期未报、未确认、未免报的"),
    Column("late", "逾期报送", "count", "已报、零报告中晚于时限的"),
    Column("share", "按时报送率", "share", "（已报＋零报告－逾期报送）÷（应报－免报）"),
    Column("points", "较上期", "points", "按时报送率之差，百分点"),
)
MISSING: Final = (
    CITY,
    CITY_NAME,
    Column("division", "责任区划", "division"),
    Column("obligation", "事项", "text"),
    Column("subject", "对象", "text"),
    Column("period", "期间", "text"),
    Column("due", "时限", "text", "最后时刻（北京时间）"),
)
_COUNTS: Final = ("due", "reported", "zero", "exempt", "missing", "late")
ABSENT: Final = "本快照没有取得报送责任数据，不列数字"


def section(now: Facts, before: Facts) -> Section:
    """By city; of outlets' hourly readings each outlet's day is one obligation."""
    if now.obligations is None:
        return Section("obligations", TITLE, absent=now.absent.get("obligations", ABSENT))
    if now.obligations.is_empty():
        return Section("obligations", TITLE, absent="本期没有到期的报送责任")
    figures = counted(now.obligations)
    former = counted(before.obligations) if before.obligations is not None else figures.clear()
    told = beside(figures, former, "share").with_columns(points=pl.col("share") - pl.col("share_before"))
    whole: dict[str, Any] = {name: int(figures[name].sum()) for name in _COUNTS}
    then = {name: int(former[name].sum()) for name in _COUNTS}
    whole["share"] = _share(whole)
    return Section(
        "obligations",
        TITLE,
        columns=COLUMNS,
        rows=rows(with_names(told, now.period.last.year), COLUMNS),
        total=total(COLUMNS, {**whole, "points": less(whole["share"], _share(then))}),
        notes=("期间在本期内结束、至快照时刻已到时限的责任；应报 = 已报 + 零报告 + 免报 + 缺报。",),
        control=tuple(
            (f"{row['city']} 应报", row["due"], sum(row[name] for name in ("reported", "zero", "exempt", "missing")))
            for row in figures.iter_rows(named=True)
        ),
        opening={
            str(city): f"huiliu obligation list --division {city} --from {now.period.first} --to {now.period.last}"
            " --state MISSING --limit 0"
            for city in figures["city"]
        },
    )


def missing(now: Facts) -> Section:
    """Every obligation that is missing, in the order of divisions; only in the workbook."""
    title = "缺报清单"
    if now.obligations is None:
        return Section("missing", title, absent=now.absent.get("obligations", ABSENT), workbook_only=True)
    owed = _gathered(_placed(now.obligations).filter(pl.col("state") == "MISSING"))
    if owed.is_empty():
        return Section("missing", title, absent="没有缺报", workbook_only=True)
    due = pl.col("due").dt.convert_time_zone("Asia/Shanghai").dt.strftime("%Y-%m-%d %H:%M")
    told = with_names(owed.with_columns(due=due), now.period.last.year)
    return Section(
        "missing", title, columns=MISSING, key=len(MISSING) - 1, rows=rows(told, MISSING), workbook_only=True
    )


def _gathered(owed: pl.DataFrame) -> pl.DataFrame:
    """In order; the days of an outlet, which are many, as one row with the first, the last and how many they are."""
    names = ("city", "division", "obligation", "subject")
    days = owed.filter(pl.col("obligation") == "READING").sort("period")
    spans = days.group_by(names, maintain_order=True).agg(
        period=pl.format("{} 至 {} 共 {} 天", pl.col("period").first(), pl.col("period").last(), pl.len()),
        due=pl.col("due").first(),
    )
    others = owed.filter(pl.col("obligation") != "READING").select(spans.columns)
    return pl.concat([others, spans]).sort(*names, "period")


def counted(states: pl.DataFrame) -> pl.DataFrame:
    """By city, sorted: how many are in which state, late ones, the share in time and its rank."""

    def of(state: str) -> pl.Expr:
        return (pl.col("state") == state).sum().cast(pl.Int64)

    summed = _placed(states).group_by("city").agg(
        due=pl.len().cast(pl.Int64), reported=of("REPORTED"), zero=of("CONFIRMED_ZERO"), exempt=of("EXEMPT"),
        missing=of("MISSING"),
        late=(pl.col("state").is_in(["REPORTED", "CONFIRMED_ZERO"]) & ~pl.col("on_time").fill_null(value=True))
        .sum().cast(pl.Int64),
    )  # fmt: skip
    asked = pl.col("due") - pl.col("exempt")
    kept = pl.col("reported") + pl.col("zero") - pl.col("late")
    return summed.sort("city").with_columns(share=pl.when(asked > 0).then(kept / asked)).with_columns(rank("share"))


def _placed(states: pl.DataFrame) -> pl.DataFrame:
    return states.with_columns(pl.col("city", "division").cast(pl.String).str.zfill(6))


def _share(of: dict[str, Any]) -> float | None:
    return share(of["reported"] + of["zero"] - of["late"], of["due"] - of["exempt"])
