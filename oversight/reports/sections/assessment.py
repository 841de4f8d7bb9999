"""The yearly assessment (年度考核): points of each city in each dimension, over the other sections' own figures.

Points = weight x min(1, figure / full mark). A dimension in which a city has no figure is not counted for it; cities
are ranked by points over the points they could have had; the province itself is not assessed.
Weights and full marks are data (``assessment.json``).
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any, Final

import polars as pl

from oversight.reports.making import CITY, CITY_NAME, RANK, rows
from oversight.reports.ranking import rank, with_names
from oversight.reports.section import Column, Section


@dataclass(frozen=True, slots=True)
class Dimension:
    """``figure``: a share of ``section``; ``full``: from where on there are all points."""

    code: str
    title: str
    section: str
    figure: str
    points: float
    full: float
    less_is_better: bool = False

    def gained(self, figure: float) -> float:
        """The points for a figure, to a hundredth."""
        reached = 1 - figure if self.less_is_better else figure
        return round(self.points * min(1.0, max(0.0, reached / self.full)), 2)


@cache
def dimensions() -> tuple[Dimension, ...]:
    """The dimensions in the order of the table."""
    told = json.loads(files("oversight.reports.sections").joinpath("assessment.json").read_text("utf-8"))
    return tuple(Dimension(**entry) for entry in told["dimensions"])


_LAST: Final = (
    Column("points", "得分", "score", "各项得分之和"),
    Column("possible", "满分", "score", "有数据的各项分值之和"),
    Column("share", "得分率", "share", "得分 ÷ 满分"),
)


def section(made: Iterable[Section], year: int) -> Section:
    """By city over the sections that are there; a section without figures gives no points and takes none."""
    by_code = {one.code: one for one in made}
    used = [one for one in dimensions() if by_code.get(one.section) and by_code[one.section].rows]
    gained = {one.code: _gained(one, by_code[one.section]) for one in used}
    cities = sorted({city for points in gained.values() for city in points if not city.endswith("0000")})
    if not cities:
        return Section("assessment", "综合考核", absent="各部分均无数据，不评分")
    columns = (CITY, CITY_NAME, RANK, *(_column(one) for one in used), *_LAST)
    told = pl.DataFrame([_row(city, used, gained) for city in cities], infer_schema_length=None)
    told = told.with_columns(share=pl.col("points") / pl.col("possible")).with_columns(rank("share"))
    absent = [one.title for one in dimensions() if one not in used]
    return Section(
        "assessment",
        "综合考核",
        columns=columns,
        rows=rows(with_names(told, year), columns),
        notes=(
            "各项得分 = 分值 × min(1, 数字 ÷ 满分线)；分值与满分线为默认值，不是政策规定。",
            *([f"无数据未计分：{'、'.join(absent)}。"] if absent else []),
        ),
    )


def _gained(of: Dimension, section: Section) -> dict[str, float]:
    pairs = zip(section.column("city"), section.column(of.figure), strict=True)
    return {str(city): of.gained(float(figure)) for city, figure in pairs if figure is not None}


def _row(city: str, used: list[Dimension], gained: dict[str, dict[str, float]]) -> dict[str, Any]:
    points = {one.code: gained[one.code].get(city) for one in used}
    counted = [one.points for one in used if points[one.code] is not None]
    return {
        "city": city,
        **points,
        "points": round(sum(point for point in points.values() if point is not None), 2),
        "possible": float(sum(counted)),
    }


def _column(of: Dimension) -> Column:
    line = f"{'不超过' if of.less_is_better else '达到'} {1 - of.full if of.less_is_better else of.full:.0%} 得满分"
    return Column(of.code, f"{of.title}（{of.points:g}）", "score", line)
