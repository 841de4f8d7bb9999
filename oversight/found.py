"""From what a detector found to matters: the columns that every rule fills in the same way."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Final

import polars as pl

from oversight.matter import MATTER
from oversight.rule import Rule

MOMENT: Final = pl.Datetime("ms", "UTC")


def matters(rule: Rule, found: pl.DataFrame) -> pl.DataFrame:
    """``MATTER`` rows of a rule, of the divisions it is for.

    ``found`` has subject, division, period, seen, value, threshold, unit and evidence; severity where the rule knows
    several, else the rule's own.
    """
    severity = pl.col("severity") if "severity" in found.columns else pl.lit(rule.severity)
    filled = found.with_columns(
        rule=pl.lit(rule.code),
        version=pl.lit(rule.version, pl.Int32),
        cause=pl.concat_str(pl.lit(rule.family), pl.lit(" "), pl.col("subject")),
        severity=severity,
    )
    shaped = filled.select([pl.col(name).cast(kind) for name, kind in MATTER.items()])
    if rule.divisions is None:
        return shaped
    concerned = [code for code in shaped["division"].unique() if rule.concerns(f"{code:06}")]
    return shaped.filter(pl.col("division").is_in(concerned))


def evidence(*objects: pl.Expr) -> pl.Expr:
    """JSON: a list of these structs."""
    listed = pl.concat_str([one.struct.json_encode() for one in objects], separator=",")
    return pl.concat_str(pl.lit("["), listed, pl.lit("]"))


def fact(kind: str, *key: str) -> pl.Expr:
    """A fact by its natural key and revision, as evidence."""
    return pl.struct(pl.lit(kind).alias("kind"), *(pl.col(name) for name in (*key, "revision")))


def figure(name: str, value: pl.Expr, unit: str) -> pl.Expr:
    """A computed figure, as evidence."""
    return pl.struct(figure=pl.lit(name), value=value, unit=pl.lit(unit))


def moment(as_of: datetime) -> pl.Expr:
    """A moment to compare columns with."""
    return pl.lit(as_of.astimezone(UTC)).cast(MOMENT)


def day_start(day: pl.Expr) -> pl.Expr:
    """The first moment (UTC) of a Shanghai day."""
    return day.cast(pl.Datetime("ms")).dt.offset_by("-8h").dt.replace_time_zone("UTC")
