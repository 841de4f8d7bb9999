"""A check: a rule applied to one field, compiled once; it names the rows that break the rule and words nothing."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import polars as pl

from validators import finding
from validators.columns import column_types, fields_of, logical_types
from validators.compiler import compile_expectation, published
from validators.distance import distance
from validators.rule import FieldExpression, Rule


@dataclass(frozen=True, slots=True)
class Check:
    """One rule applied to one field: the rule itself, or its copy for each field of a sort."""

    rule: Rule
    kind: str
    field: str  #: dotted where it is inside a list
    broken: pl.Expr | None  #: None: Great Expectations must find the rows
    value: pl.Expr  #: what a finding shows
    text: str  #: the one text column that decides, if it is only one: then each distinct text is judged once

    def findings(self, rows: pl.DataFrame) -> pl.DataFrame:
        """One finding for each of the rows, all of which break the rule."""
        rule = self.rule
        difference = rule.difference() if rule.difference else distance(rule, self.kind)
        expected = rule.expected() if callable(rule.expected) else pl.lit(rule.expected)
        return finding.each(
            rows,
            code=rule.code,
            severity=rule.severity,
            field=self.field,
            value=self.value,
            expected=finding.shown_text(expected.cast(pl.String)),
            difference=finding.shown_text(difference.cast(pl.String)),
            suggestion=finding.shown_text(rule.suggest().cast(pl.String)) if rule.suggest else None,
        )


def checks_of(rule: Rule, kind: str) -> Iterator[Check]:
    """A rule as checks: one, or one for each field of its sort. None for a rule that others decide."""
    if rule.broken_field is not None and rule.each:
        for path in fields_of(kind, rule.each):
            yield _each(rule, kind, path, rule.broken_field)
    elif rule.expectation is not None:
        yield _whole(rule, kind, compile_expectation(published(rule.expectation), column_types(kind)))
    elif rule.broken is not None:
        yield _whole(rule, kind, rule.broken())


def _whole(rule: Rule, kind: str, broken: pl.Expr | None) -> Check:
    shown = finding.shown_text(rule.shown().cast(pl.String)) if rule.shown else _shown(rule.field, kind)
    return Check(rule, kind, rule.field, broken, shown, _only_text(broken, kind))


def _each(rule: Rule, kind: str, path: str, broken_field: FieldExpression) -> Check:
    outer, _, inner = path.partition(".")
    if not inner:
        broken = broken_field(pl.col(outer))
        return Check(rule, kind, path, broken, _shown(path, kind), _only_text(broken, kind))
    element = pl.element().struct.field(inner)
    broken = pl.col(outer).list.eval(broken_field(element)).list.any()
    wrong = pl.col(outer).list.eval(element.filter(broken_field(element).fill_null(False)).cast(pl.String))
    return Check(rule, kind, path, broken, finding.shown_text(wrong.list.first()), "")


def _only_text(broken: pl.Expr | None, kind: str) -> str:
    roots = set(broken.meta.root_names()) if broken is not None else set()
    if len(roots) != 1:
        return ""
    (root,) = roots
    return root if column_types(kind)[root] == pl.String() else ""


def _shown(field: str, kind: str) -> pl.Expr:
    """The value at fault, as text a reader recognises."""
    logical = logical_types(kind).get(field, "")
    column = pl.col(field)
    if logical == "timestamp-millis":
        return finding.shown_time(column)
    if logical == "date":
        return finding.shown_date(column)
    if isinstance(column_types(kind)[field], pl.List):
        return column.list.len().cast(pl.String)
    return finding.shown_text(column.cast(pl.String))
