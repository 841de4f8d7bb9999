"""Judging: which rows of a frame break which rules of a layer, all expressions in one pass over the columns.

A pure function from frame to findings. Nothing runs per row: a rule is one boolean expression, and findings are built
only from the rows where it is true. Rules whose context columns the frame lacks are named, never passed (invariant 5).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache

import polars as pl

from validators import catalogue, finding
from validators.columns import column_types, contract_types, logical_types
from validators.compiler import compile_expectation
from validators.rule import Layer, Rule, Severity

_EVENT_LAYERS = (Layer.JURISDICTION, Layer.EXPECTATION)


@dataclass(frozen=True, slots=True)
class Judgement:
    """What was found, and the codes of the rules that could not be evaluated."""

    findings: pl.DataFrame
    not_evaluated: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Check:
    """One rule applied to one field: the rule itself, or its copy for each field of a sort."""

    rule: Rule
    field: str
    broken: pl.Expr


def judge_event(kind: str, frame: pl.DataFrame) -> Judgement:
    """Jurisdiction and expectations: what the event alone and its provenance can tell."""
    return judge(frame, checks(kind, _EVENT_LAYERS), kind)


def judge_reference(kind: str, frame: pl.DataFrame) -> Judgement:
    """What the registers know: outlets, limits, projects, policies. Needs the context columns."""
    return judge(frame, checks(kind, (Layer.REFERENCE,)), kind)


def judge_history(kind: str, frame: pl.DataFrame) -> Judgement:
    """What was known before. Needs the ``previous__`` and ``stack__`` columns."""
    return judge(frame, checks(kind, (Layer.HISTORY,)), kind)


def rejected(findings: pl.DataFrame) -> pl.Series:
    """The rows (sorted, once each) with at least one error."""
    return findings.filter(pl.col("severity") == Severity.ERROR)["row"].unique().sort()


@cache
def checks(kind: str, layers: tuple[Layer, ...]) -> tuple[Check, ...]:
    """The checks of a kind's layers, compiled once per process."""
    return tuple(check for layer in layers for rule in catalogue.rules(kind, layer) for check in checks_of(rule, kind))


def checks_of(rule: Rule, kind: str) -> Iterable[Check]:
    """A rule as checks: one, or one for each field of its sort."""
    if rule.broken_field is not None:
        wanted = pl.String() if rule.each == "text" else pl.Float64()
        for name, dtype in contract_types(kind).items():
            if dtype == wanted:
                yield Check(rule, name, rule.broken_field(name))
    elif rule.expectation is not None:
        expression = compile_expectation(rule.expectation)
        if expression is not None:
            yield Check(rule, rule.field, expression)
    elif rule.broken is not None:
        yield Check(rule, rule.field, rule.broken())


def judge(frame: pl.DataFrame, against: Iterable[Check], kind: str) -> Judgement:
    """Findings of the checks over the frame, in the order of rows, then codes."""
    present = set(frame.columns)
    known = [check for check in against if present.issuperset(check.rule.needs)]
    missing = {check.rule.code for check in against if not present.issuperset(check.rule.needs)}
    masks = frame.select(check.broken.alias(str(index)) for index, check in enumerate(known))
    pieces = [
        _findings(frame.filter(mask), check, kind)
        for check, mask in zip(known, masks.iter_columns(), strict=True)
        if mask.any()
    ]
    found = pl.concat(pieces).sort("row", "code", "field") if pieces else finding.none()
    return Judgement(found, tuple(sorted(missing)))


def _findings(rows: pl.DataFrame, check: Check, kind: str) -> pl.DataFrame:
    rule = check.rule
    expected = rule.expected() if callable(rule.expected) else pl.lit(rule.expected)
    return rows.select(
        pl.col("row").cast(pl.UInt32),
        pl.lit(rule.code).alias("code"),
        pl.lit(rule.severity.value).alias("severity"),
        pl.lit(check.field).alias("field"),
        _shown(check.field, kind).alias("value"),
        expected.cast(pl.String).alias("expected"),
        (rule.difference() if rule.difference else pl.lit(None)).cast(pl.String).alias("difference"),
        (rule.suggest() if rule.suggest else pl.lit(None)).cast(pl.String).alias("suggestion"),
    )


def _shown(field: str, kind: str) -> pl.Expr:
    """The value at fault, as text a reader recognises."""
    logical = logical_types(kind).get(field, "")
    column = pl.col(field)
    if logical == "timestamp-millis":
        return finding.shown_time(column)
    if logical == "date":
        return finding.shown_date(column)
    if isinstance(column_types(kind)[field], pl.List):
        return pl.concat_str(column.list.len(), pl.lit(" 项"))
    return finding.shown_text(column.cast(pl.String))
