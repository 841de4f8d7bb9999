"""Lights of projects (红黄灯) at the end of the period, by the rules of oversight in force then.

What stands is found by the same detectors as cases, over the months told up to the period's end, so a light in a
report is a matter in oversight and the other way about.
"""

from __future__ import annotations

from typing import Any, Final

import polars as pl

from huiliu import division as divisions
from oversight.reports.facts import Facts
from oversight.reports.making import CITY, CITY_NAME, rows, share, total
from oversight.reports.ranking import beside, rank, with_names
from oversight.reports.section import Column, Section

COLUMNS: Final = (
    CITY,
    CITY_NAME,
    Column("rank", "位次", "rank", "按亮灯比例从低到高，同比例同位次"),
    Column("projects", "项目", "count", "期末在库项目数（取消的除外）"),
    Column("red", "红灯", "count", "期末亮红灯的项目数"),
    Column("red_change", "较上期红灯", "change"),
    Column("yellow", "黄灯", "count", "期末亮黄灯的项目数"),
    Column("yellow_change", "较上期黄灯", "change"),
    Column("share", "亮灯比例", "share", "红灯与黄灯之和 ÷ 项目"),
)
LIT: Final = (
    Column("project_code", "项目代码", "text"),
    CITY,
    CITY_NAME,
    Column("name", "项目名称", "text"),
    Column("light", "灯", "light"),
    Column("rule", "规则", "text"),
    Column("value", "实际", "value", "规则所看的数"),
    Column("threshold", "界限", "value"),
    Column("unit", "计量单位", "text"),
    Column("period", "所据月份", "text"),
    Column("since", "自", "text", "自此日亮灯（北京时间）"),
)
PREFIX: Final = "OV-PJ-"
_FIGURES: Final = ("red", "yellow")


def section(now: Facts, before: Facts) -> Section:
    """By city: how many of its projects show which light, and the change since the end of the last period."""
    alive = now.projects.filter(pl.col("stage") != "CANCELLED")
    if now.matters is None or alive.is_empty():
        why = "期末没有报送的项目" if alive.is_empty() else "本快照没有取得项目红黄灯数据，不列数字"
        return Section("lights", "项目红黄灯", absent=why)
    projects = alive.group_by("city").agg(projects=pl.len().cast(pl.Int64))
    told = beside(_counted(projects, now.matters), _counted(_cities(before), before.matters), *_FIGURES).with_columns(
        *((pl.col(name) - pl.col(f"{name}_before").fill_null(0)).alias(f"{name}_change") for name in _FIGURES),
        share=pl.when(pl.col("projects") > 0).then((pl.col("red") + pl.col("yellow")) / pl.col("projects")),
    )
    told = with_names(told.with_columns(rank("share", descending=False)), now.period.last.year)
    names = [column.name for column in COLUMNS if column.sort in ("count", "change")]
    whole: dict[str, Any] = {name: int(told[name].fill_null(0).sum()) for name in names}
    whole["share"] = share(whole["red"] + whole["yellow"], whole["projects"])
    return Section(
        "lights",
        "项目红黄灯",
        columns=COLUMNS,
        rows=rows(told, COLUMNS),
        total=total(COLUMNS, whole),
        notes=("按期末在用的督办规则、以报送至期末月份的进度判定；一个项目只计最重的灯。逐项见数据工作簿。",),
        opening={str(city): f"huiliu oversight matters --division {city}" for city in told["city"]},
    )


def listed(now: Facts) -> Section:
    """Every project that shows a light, by city and code."""
    if now.matters is None or now.matters.is_empty():
        why = "本快照没有取得项目红黄灯数据，不列数字" if now.matters is None else "期末没有亮灯的项目"
        return Section("lit", "亮灯项目", absent=why, workbook_only=True)
    told = _placed(now.matters).join(
        now.projects.select("project_code", "name"), left_on="subject", right_on="project_code", how="left"
    )
    since = pl.col("seen").dt.convert_time_zone("Asia/Shanghai").dt.strftime("%Y-%m-%d")
    shown = told.with_columns(project_code="subject", light="severity", since=since).sort("city", "project_code")
    named = with_names(shown, now.period.last.year)
    return Section("lit", "亮灯项目", columns=LIT, rows=rows(named, LIT), workbook_only=True)


def _cities(facts: Facts) -> pl.DataFrame:
    return facts.projects.group_by("city").agg(projects=pl.len().cast(pl.Int64))


def _counted(projects: pl.DataFrame, matters: pl.DataFrame | None) -> pl.DataFrame:
    lit = _placed(matters) if matters is not None and matters.height else pl.DataFrame(schema=_LIGHT)
    counts = lit.group_by("city").agg(
        red=(pl.col("severity") == "RED").sum().cast(pl.Int64),
        yellow=(pl.col("severity") == "YELLOW").sum().cast(pl.Int64),
    )
    joined = projects.join(counts, on="city", how="left").sort("city")
    return joined.with_columns(pl.col(_FIGURES).fill_null(0))


_LIGHT: Final = {"city": pl.String, "severity": pl.String}


def _placed(matters: pl.DataFrame) -> pl.DataFrame:
    code = pl.col("division").cast(pl.String).str.zfill(6)
    return matters.with_columns(city=code.map_elements(_city, return_dtype=pl.String))


def _city(code: str) -> str:
    return divisions.city_of(code) if divisions.known(code) else code
