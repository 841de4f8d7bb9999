"""The code was in force when the event was reported. Retired codes still appear for years: a warning.

In the year of a change both the old and the new code are taken: the list knows years, not days.
"""

from __future__ import annotations

from datetime import date

import polars as pl

from huiliu import division
from huiliu.period import day_start_ms
from validators.distinct import replaced_text
from validators.rule import ALL_KINDS, Layer, Rule, Severity

_ALWAYS_MS = 2**62


def _ends() -> dict[str, int]:
    """Codes no longer in force, with the first moment of the year after their last (UTC ms)."""
    last = {code: max(end for _, end in tenures) for code, tenures in division.intervals().items()}
    return {code: day_start_ms(date(year + 1, 1, 1)) for code, year in last.items() if year != division.LAST_YEAR}


def _now(code: str) -> str | None:
    """The successor with its name: 340210 湾沚区."""
    after = division.successor(code)
    return None if after is None else f"{after} {division.name(after)}"


def _since(code: str) -> str | None:
    """The years in which it was valid: 1983–2020."""
    last, (first, _) = division.last_year(code), division.intervals().get(code, [(0, 0)])[0]
    return None if last is None else f"{first or '…'}–{last}"


def broken() -> pl.Expr:
    """Reported after the last year in which the code was in force."""
    end = pl.col("division").replace_strict(_ends(), default=_ALWAYS_MS, return_dtype=pl.Int64)
    return pl.col("reported_at") >= end


RULE = Rule(
    code="HL-DIV-03",
    kinds=ALL_KINDS,
    layer=Layer.JURISDICTION,
    severity=Severity.WARNING,
    field="division",
    norm="GB/T 2260 历次变更（民政部公告）",
    zh="行政区划代码“{value}”在报送时已停用，现行为 {expected}",
    en="the division code “{value}” was no longer in force at the time of reporting; today it is {expected}",
    mend_zh="改用现行行政区划代码；停用前的历史数据仍用原代码",
    mend_en="use the code now in force; what was reported before keeps the old code",
    good={"division": "340210"},
    bad={"division": "340221"},
    broken=broken,
    expected=lambda: pl.coalesce(replaced_text("division", _now), pl.lit("GB/T 2260")),
    difference=lambda: replaced_text("division", _since),
    suggest=lambda: replaced_text("division", division.successor),
)
