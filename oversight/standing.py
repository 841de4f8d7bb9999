"""What stands at a moment by a set of rules: all matters, of one cause the gravest."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

import polars as pl

from huiliu.period import day_of
from oversight.detectors import DETECTORS
from oversight.facts import Facts
from oversight.matter import MATTER, SEVERITIES
from oversight.rule import Rule
from oversight.rule_files import Rules


def standing(rules: Rules, facts: Facts, as_of: datetime) -> pl.DataFrame:
    """``MATTER`` rows by the rules in force on the Shanghai day of ``as_of``; see :func:`gravest`."""
    return gravest(found(rules.in_force(day_of(int(as_of.timestamp() * 1000))), facts, as_of))


def found(rules: Iterable[Rule], facts: Facts, as_of: datetime) -> pl.DataFrame:
    """Everything that these rules find, several matters of one cause among them."""
    whole: list[Rule] = []
    by_outlets: list[Rule] = []
    for rule in rules:
        (by_outlets if DETECTORS[rule.detector].by_outlets else whole).append(rule)
    frames = [DETECTORS[rule.detector].find(rule, facts, as_of) for rule in whole]
    for part in facts.by_outlets() if by_outlets else ():
        frames += [DETECTORS[rule.detector].find(rule, part, as_of) for rule in by_outlets]
    return pl.concat(frames) if frames else MATTER.to_frame()


def gravest(matters: pl.DataFrame) -> pl.DataFrame:
    """Of each cause the gravest matter, of equals the longest seen, then the first by rule; in order of cause."""
    order = pl.col("severity").replace_strict(
        {name: rank for rank, name in enumerate(SEVERITIES)}, return_dtype=pl.Int8
    )
    return (
        matters.with_columns(order.alias("grave"))
        .sort("cause", "grave", "seen", "rule", "period", descending=[False, True, False, False, False])
        .unique("cause", keep="first", maintain_order=True)
        .drop("grave")
    )
