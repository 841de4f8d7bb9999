"""A score is the sum of its parts, and every part shows how its points came about."""

from __future__ import annotations

from typing import Final

import polars as pl

from huiliu.language import text

#: ``value`` in ``unit`` held against ``of``; ``points`` of at most ``weight``; null points: nothing to judge, left out.
PART: Final = pl.Struct(
    {
        "part": pl.String(),
        "value": pl.Float64(),
        "unit": pl.String(),
        "of": pl.Float64(),
        "weight": pl.Float64(),
        "points": pl.Float64(),
    }
)
NAMES: Final = {
    "red": ("红灯或落后计划", "red light, or behind plan"),
    "stopped": ("停工", "stopped"),
    "still": ("无进展", "without progress"),
    "large": ("投资规模", "size of the investment"),
    "investment": ("投资完成率", "investment done"),
    "start": ("开工率", "started of those due"),
    "completion": ("竣工率", "completed of those due"),
    "reporting": ("按时报送率", "reported of months due"),
    "lights": ("无灯率", "without lights"),
    "behind": ("落后计划", "behind plan"),
    "overdue": ("逾期竣工", "completion overdue"),
    "overspent": ("超出计划投资", "spent above plan"),
    "raised": ("计划投资调增", "plan raised"),
    "subsidy": ("奖补占已完成投资", "awards of investment done"),
}
UNITS: Final = {"point": ("个百分点", "points"), "%": ("%", "%"), "month": ("个月", "months"), "yuan": ("元", "CNY")}


def part(name: str, value: pl.Expr, unit: str, of: float, weight: float, share: pl.Expr) -> pl.Expr:
    """One part; ``share`` (clipped to 0 to 1) of the weight is its points, null where there is nothing to judge."""
    points = (share.cast(pl.Float64).clip(0.0, 1.0) * weight).round(2)
    fields = {"value": value, "of": pl.lit(of), "weight": pl.lit(weight), "points": points}
    return pl.struct(
        pl.lit(name).alias("part"),
        fields["value"].cast(pl.Float64).alias("value"),
        pl.lit(unit).alias("unit"),
        *(fields[key].cast(pl.Float64).alias(key) for key in ("of", "weight", "points")),
    ).cast(PART)


def total(parts: str) -> pl.Expr:
    """The points of a column of parts, added up; parts with nothing to judge give none."""
    return pl.col(parts).list.eval(pl.element().struct.field("points")).list.sum().round(2)


def out_of_hundred(parts: str) -> pl.Expr:
    """The points as a share of the weights of the parts that could be judged, out of 100; null where none could."""
    judged = pl.element().filter(pl.element().struct.field("points").is_not_null())
    weights = pl.col(parts).list.eval(judged.struct.field("weight")).list.sum()
    return pl.when(weights > 0).then((100 * total(parts) / weights).round(2))


def said(told: dict[str, object]) -> str:
    """One part in words: 投资完成率 82.5% → 33 / 40."""
    name = text(*NAMES[str(told["part"])])
    if told["points"] is None:
        return text(f"{name} 无应考核项", f"{name}: nothing to judge")
    value = "-" if told["value"] is None else f"{told['value']:,g}"
    unit = text(*UNITS[str(told["unit"])])
    space = "" if unit in ("%", "个月", "个百分点") else " "
    return f"{name} {value}{space}{unit} → {told['points']:g} / {told['weight']:g}"
