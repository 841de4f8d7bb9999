"""The verdict on one event as JSON: what ``check`` prints and an API returns, offline or in the hub.

A verdict names the rule set, and the rules that could not be evaluated: unknown is not passed (invariant 5).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final, Literal, Protocol, TypedDict

import polars as pl

from huiliu.language import Language
from validators import catalogue, judge, wording
from validators.finding import FINDINGS
from validators.rule import Layer, Severity

Outcome = Literal["accepted", "flagged", "rejected"]

_LAYERS: Final = (judge.EVENT_LAYERS, (Layer.REFERENCE,), (Layer.HISTORY,))


class Passed(Protocol):
    """What the gate says of rows that the rules have left."""

    @property
    def success(self) -> bool:
        """Whether all may be loaded."""

    @property
    def findings(self) -> pl.DataFrame:
        """Why the others may not."""


class Passes(Protocol):
    """The gate (:class:`validators.gate.Gate`), in a process that has Great Expectations."""

    def passes(self, kind: str, frame: pl.DataFrame, /) -> Passed:
        """Whether the rows may be loaded."""


class Finding(TypedDict):
    """A finding with its words."""

    code: str
    severity: str
    layer: str
    field: str
    value: str | None
    expected: str | None
    difference: str | None
    suggestion: str | None
    norm: str
    message: str
    mend: str


class Verdict(TypedDict):
    """What the hub would do with the event, as far as could be judged here."""

    row: int
    source_ref: str | None
    outcome: Outcome
    rule_set: str
    findings: list[Finding]
    not_evaluated: list[str]


def verdicts(
    kind: str,
    frame: pl.DataFrame,
    language: Language,
    refused: pl.DataFrame | None = None,
    gate: Passes | None = None,
) -> list[Verdict]:
    """A verdict for each row of an event frame, and for each record that could not be decoded, in the order of rows.

    ``refused`` are findings of decoding (a frame of ``row``, ``code``, ``value``, ``expected``, perhaps ``field``).
    ``gate``: has the last word on the expectations, as it has in a worker; without it the compiled rules have.
    """
    judged, not_evaluated = _judged(kind, frame, gate)
    early = [] if refused is None else [_complete(entry) for entry in refused.iter_rows(named=True)]
    by_row: dict[int, list[Mapping[str, Any]]] = {}
    for entry in [*early, *judged.iter_rows(named=True)]:
        by_row.setdefault(entry["row"], []).append(entry)
    references = dict(frame.select("row", "source_ref").iter_rows())
    rows = sorted({*references, *by_row})
    return [_verdict(row, references.get(row), by_row.get(row, ()), not_evaluated, language) for row in rows]


def _judged(kind: str, frame: pl.DataFrame, gate: Passes | None) -> tuple[pl.DataFrame, list[str]]:
    """Findings of all layers, each judging only what those before left; and the rules not evaluated."""
    not_evaluated = {rule.code for rule in catalogue.rules(kind) if rule.decided_by and rule.layer == Layer.HISTORY}
    pieces = [FINDINGS.to_frame()]
    left = frame
    for layers in _LAYERS:
        judgement = judge.judge(left, judge.checks(kind, layers))
        pieces.append(judgement.findings)
        not_evaluated.update(judgement.not_evaluated)
        left = left.filter(~pl.col("row").is_in(judge.rejected(judgement.findings).implode()))
        if layers is judge.EVENT_LAYERS and gate is not None and not (passed := gate.passes(kind, left)).success:
            pieces.append(passed.findings)
            left = left.filter(~pl.col("row").is_in(judge.rejected(passed.findings).implode()))
    return pl.concat(pieces), sorted(not_evaluated)


def _complete(entry: Mapping[str, Any]) -> Mapping[str, Any]:
    told = {name: entry.get(name) for name in FINDINGS}
    return {**told, "severity": Severity.ERROR.value, "field": entry.get("field") or "value"}


def _verdict(
    row: int, source_ref: str | None, found: Sequence[Mapping[str, Any]], not_evaluated: list[str], language: Language
) -> Verdict:
    severities = {entry["severity"] for entry in found}
    outcome: Outcome = "accepted"
    if Severity.ERROR.value in severities:
        outcome = "rejected"
    elif Severity.WARNING.value in severities:
        outcome = "flagged"
    return Verdict(
        row=row,
        source_ref=source_ref,
        outcome=outcome,
        rule_set=catalogue.RULE_SET,
        findings=[_worded(entry, language) for entry in found],
        not_evaluated=not_evaluated,
    )


def _worded(entry: Mapping[str, Any], language: Language) -> Finding:
    rule = catalogue.by_code(entry["code"])
    return Finding(
        code=rule.code,
        severity=entry["severity"],
        layer=rule.layer.value,
        field=entry["field"],
        value=entry["value"],
        expected=entry["expected"],
        difference=entry["difference"],
        suggestion=entry["suggestion"],
        norm=rule.norm,
        message=wording.render(entry, language),
        mend=wording.mend(entry, language),
    )
