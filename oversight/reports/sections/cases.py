"""Cases of oversight (督办事项) by city: opened, handled and closed in the period, open and overdue at its end.

``CASE`` is a case as it stood at the end of the period: the fold of its events until then.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any, Final

import polars as pl

from huiliu import division as divisions
from huiliu.period import Period
from oversight.cases.case import Case
from oversight.cases.event import STATES
from oversight.reports.facts import Facts
from oversight.reports.making import CITY, CITY_NAME, RANK, less, rows, share, total
from oversight.reports.ranking import beside, rank, with_names
from oversight.reports.section import Column, Section

_MOMENT: Final = pl.Datetime("ms", "UTC")
CASE: Final = pl.Schema(
    {
        "number": pl.String(),
        "city": pl.String(),
        "division": pl.String(),
        "rule": pl.String(),
        "severity": pl.String(),
        "subject": pl.String(),
        "state": pl.String(),
        "level": pl.String(),
        "owner": pl.String(),
        "opened_at": _MOMENT,
        "closed_at": _MOMENT,
        "next_date": pl.Date(),
        "mend_by": pl.Date(),
    }
)
TITLE: Final = "督办事项"
COLUMNS: Final = (
    CITY,
    CITY_NAME,
    RANK,
    Column("opened", "本期立案", "count", "本期发现并交办的事项数"),
    Column("opened_change", "较上期", "change"),
    Column("handled", "已办", "count", "本期立案、期末已反馈（反馈、核查、销号）的事项数"),
    Column("share", "处理率", "share", "已办 ÷ 本期立案"),
    Column("points", "处理率较上期", "points"),
    Column("closed", "本期销号", "count", "销号时间在本期内的事项数"),
    Column("open", "期末在办", "count", "期末未销号的事项数"),
    Column("overdue", "期末超期", "count", "期末在办而已过下一时限的事项数"),
    Column("escalated", "升级督办", "count", "期末在办中已升级的事项数"),
)
OVERDUE: Final = (
    Column("number", "督办编号", "text"),
    CITY,
    CITY_NAME,
    Column("rule", "规则", "text"),
    Column("light", "级别", "light", "红、黄；提示类为空"),
    Column("subject", "对象", "text"),
    Column("state", "环节", "text"),
    Column("next_date", "时限", "text", "责任方下一时限"),
    Column("days", "超期天数", "count", "至期末"),
    Column("level", "升级至", "text"),
)
LEVELS: Final = {"": "", "CITY": "市", "PROVINCE": "省", "LEADER": "分管领导"}
HANDLED: Final = ("REPORTED", "CHECKING", "CLOSED")
ABSENT: Final = "本快照没有取得督办事项数据，不列数字"
#: Below this share of handled cases a city is told by name, as the notice of Guangdong does.
POOR: Final = 0.8


def frame(cases: Iterable[Case]) -> pl.DataFrame:
    """``CASE`` of folded cases."""
    told = [
        {
            "number": case.number, "city": divisions.city_of(case.division), "division": case.division,
            "rule": case.rule, "severity": case.severity, "subject": case.subject, "state": case.state,
            "level": case.level, "owner": case.owner, "opened_at": case.opened_at, "closed_at": case.closed_at,
            "next_date": case.next_date, "mend_by": case.mend_by,
        }
        for case in cases
    ]  # fmt: skip
    return pl.DataFrame(told, schema=CASE).sort("number")


def section(now: Facts, before: Facts) -> Section:
    """By city, ranked by the share handled of what was opened in the period."""
    if now.cases is None:
        return Section("cases", TITLE, absent=ABSENT)
    figures = counted(now.cases, now.period)
    if figures.is_empty():
        return Section("cases", TITLE, absent="至期末没有督办事项")
    former = counted(before.cases, before.period) if before.cases is not None else figures.clear()
    told = beside(figures, former, "opened", "share").with_columns(
        opened_change=pl.col("opened") - pl.col("opened_before").fill_null(0),
        points=pl.col("share") - pl.col("share_before"),
    )
    whole: dict[str, Any] = {name: int(figures[name].sum()) for name in _COUNTS}
    whole |= {"opened_change": whole["opened"] - int(former["opened"].sum())}
    whole["share"] = share(whole["handled"], whole["opened"])
    then = share(int(former["handled"].sum()), int(former["opened"].sum()))
    return Section(
        "cases",
        TITLE,
        columns=COLUMNS,
        rows=rows(with_names(told, now.period.last.year), COLUMNS),
        total=total(COLUMNS, {**whole, "points": less(whole["share"], then)}),
        notes=("处理率为本期立案中期末已反馈的比例；超期指期末已过下一时限而未办。",),
        facts={"poor": POOR},
        opening={str(city): f"huiliu case list --division {city}" for city in figures["city"]},
    )


def overdue(now: Facts) -> Section:
    """Every case that is overdue at the end of the period, the longest first."""
    title = "超期督办事项"
    if now.cases is None:
        return Section("overdue", title, absent=ABSENT)
    end = now.period.last
    late = now.cases.filter(_overdue(end)).with_columns(
        days=(pl.lit(end) - pl.col("next_date")).dt.total_days(),
        light=pl.when(pl.col("severity").is_in(["RED", "YELLOW"])).then("severity"),
        state=pl.col("state").replace_strict({name: zh for name, (zh, _) in STATES.items()}, default=pl.col("state")),
        level=pl.col("level").replace_strict(LEVELS, default=pl.col("level")),
        next_date=pl.col("next_date").cast(pl.String),
    )
    if late.is_empty():
        return Section("overdue", title, absent="期末没有超期的督办事项")
    named = with_names(late.sort(["days", "number"], descending=[True, False]), end.year)
    return Section("overdue", title, columns=OVERDUE, rows=rows(named, OVERDUE))


_COUNTS: Final = ("opened", "handled", "closed", "open", "overdue", "escalated")


def counted(cases: pl.DataFrame, of: Period) -> pl.DataFrame:
    """By city, sorted: counts, the share handled and its rank."""
    first, end = (datetime.fromtimestamp(ms / 1000, UTC) for ms in (of.start_ms, of.end_ms))
    opened = (pl.col("opened_at") >= first) & (pl.col("opened_at") < end)
    closed = (pl.col("closed_at") >= first) & (pl.col("closed_at") < end)
    standing = pl.col("state") != "CLOSED"
    summed = cases.group_by("city").agg(
        opened=opened.sum().cast(pl.Int64),
        handled=(opened & pl.col("state").is_in(HANDLED)).sum().cast(pl.Int64),
        closed=closed.fill_null(value=False).sum().cast(pl.Int64),
        open=standing.sum().cast(pl.Int64),
        overdue=_overdue(of.last).fill_null(value=False).sum().cast(pl.Int64),
        escalated=(standing & (pl.col("level") != "")).sum().cast(pl.Int64),
    )
    rate = pl.when(pl.col("opened") > 0).then(pl.col("handled") / pl.col("opened"))
    return summed.sort("city").with_columns(share=rate).with_columns(rank("share"))


def _overdue(end: Any) -> pl.Expr:
    return (pl.col("state") != "CLOSED") & (pl.col("next_date") < pl.lit(end))
