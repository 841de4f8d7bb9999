"""Judging: which rows of a frame break which rules of a layer, all expressions in one pass over the columns.

A pure function from frame to findings. Nothing runs per row: a rule is one boolean expression, and findings are built
only from the rows where it is true. Rules whose context columns the frame lacks are named, never passed (invariant 5).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Final

import polars as pl

from validators import catalogue, finding, uncompiled
from validators.check import Check, checks_of
from validators.compiler import published
from validators.repeated import once_each
from validators.rule import Layer, Severity

EVENT_LAYERS: Final = (Layer.JURISDICTION, Layer.EXPECTATION)


@dataclass(frozen=True, slots=True)
class Judgement:
    """What was found, and the codes of the rules that could not be evaluated."""

    findings: pl.DataFrame
    not_evaluated: tuple[str, ...]


def judge_event(kind: str, frame: pl.DataFrame) -> Judgement:
    """Jurisdiction and expectations: what the event alone and its provenance can tell."""
    return judge(frame, checks(kind, EVENT_LAYERS))


def judge_reference(kind: str, frame: pl.DataFrame) -> Judgement:
    """What the registers know: outlets, limits, projects, policies. Needs the context columns."""
    return judge(frame, checks(kind, (Layer.REFERENCE,)))


def judge_history(kind: str, frame: pl.DataFrame) -> Judgement:
    """What was known before. Needs the ``previous__`` and ``stack__`` columns."""
    return judge(frame, checks(kind, (Layer.HISTORY,)))


def rejected(findings: pl.DataFrame) -> pl.Series:
    """The rows (sorted, once each) with at least one error."""
    return findings.filter(pl.col("severity") == Severity.ERROR.value)["row"].unique().sort()


@cache
def checks(kind: str, layers: tuple[Layer, ...]) -> tuple[Check, ...]:
    """The checks of a kind's layers, compiled once per process."""
    return tuple(check for layer in layers for rule in catalogue.rules(kind, layer) for check in checks_of(rule, kind))


def judge(frame: pl.DataFrame, against: Iterable[Check]) -> Judgement:
    """Findings of the checks over the frame, in the order of rows, then codes."""
    present = set(frame.columns)
    known: list[Check] = []
    missing: set[str] = set()
    for check in against:
        if present.issuperset(check.rule.needs) and (check.broken is not None or uncompiled.finder() is not None):
            known.append(check)
        else:
            missing.add(check.rule.code)
    masks = broken_rows(frame, known)
    pieces = [
        check.findings(frame.filter(mask))
        for check, mask in zip(known, masks, strict=True)
        if mask is not None and mask.any()
    ]
    found = pl.concat(pieces).sort("row", "code", "field") if pieces else finding.none()
    return Judgement(found, tuple(sorted(missing)))


def broken_rows(frame: pl.DataFrame, against: Sequence[Check]) -> list[pl.Series | None]:
    """For each check the rows that break it (null: kept); None where it is known that no row does.

    Checks of expectations that are not compiled are only to be given where somebody can find their rows.
    """
    texts = {column: once_each(frame[column]) for column in {check.text for check in against if check.text}}
    masks: list[pl.Series | None] = [None] * len(against)
    direct: list[int] = []
    for index, check in enumerate(against):
        values = texts.get(check.text)
        if check.broken is None:
            masks[index] = _found_elsewhere(check, frame)
        elif values is None or not check.text:
            direct.append(index)
        else:
            wrong = values.to_frame().filter(check.broken)[check.text]
            masks[index] = _equal_to(frame[check.text], wrong) if len(wrong) else None
    selected = frame.select(
        broken.alias(str(index)) for index in direct if (broken := against[index].broken) is not None
    )
    for index in direct:
        masks[index] = selected[str(index)]
    return masks


def _found_elsewhere(check: Check, frame: pl.DataFrame) -> pl.Series | None:
    find = uncompiled.finder()
    if find is None or check.rule.expectation is None:
        return None
    return find(published(check.rule.expectation), frame)


def _equal_to(texts: pl.Series, wrong: pl.Series) -> pl.Series:
    found = texts.is_in(wrong.drop_nulls().implode())
    return found.fill_null(True) if wrong.null_count() else found
