"""What oversight makes of obligations: reports that are missing, and reports of which it was said that there are none.

Days of outlets are not judged here: that a monitor is silent or transmits too little is found by the rules on monitors
(OV-RD-SILENT, OV-RD-EFFECT), and one cause is one case.
"""

from __future__ import annotations

from datetime import datetime
from typing import Final

import polars as pl

from oversight.facts import Facts
from oversight.found import evidence, figure, matters
from oversight.rule import Rule

_REPORTS: Final = ("PROJECT", "AWARD", "INDICATOR")


def missing(rule: Rule, facts: Facts, as_of: datetime) -> pl.DataFrame:
    """``MATTER``: reports whose deadline, as extended, has passed without report, nil or exemption.

    ``value``: days begun since the deadline. More than ``red`` of them are red, fewer yellow.
    """
    found = _reports(facts).filter(state="MISSING")
    severity = pl.when(pl.col("days_late") > rule.number("red")).then(pl.lit("RED")).otherwise(pl.lit("YELLOW"))
    return matters(
        rule,
        found.with_columns(
            severity=severity,
            seen=pl.col("due"),
            value=pl.col("days_late"),
            threshold=pl.lit(0.0),
            unit=pl.lit("day"),
            evidence=evidence(_obligation(), figure("days_late", pl.col("days_late"), "day")),
        ),
    )


def contradicted(rule: Rule, facts: Facts, as_of: datetime) -> pl.DataFrame:
    """``MATTER``: somebody said that there is nothing to report for a period, and it was reported all the same."""
    found = _reports(facts).filter("contradicted")
    return matters(
        rule,
        found.with_columns(
            seen=pl.max_horizontal("received", "nil_received"),
            value=pl.lit(None, pl.Float64),
            threshold=pl.lit(None, pl.Float64),
            unit=pl.lit(""),
            evidence=evidence(_obligation()),
        ),
    )


def _reports(facts: Facts) -> pl.DataFrame:
    stated = facts.frame("obligation").filter(pl.col("obligation").is_in(_REPORTS))
    division = pl.col("division").cast(pl.String).str.zfill(6)
    return stated.with_columns(subject=pl.concat_str([division, "obligation", "period"], separator="/"))


def _obligation() -> pl.Expr:
    return pl.struct(pl.lit("obligation").alias("kind"), "obligation", "division", "period", "duty")
