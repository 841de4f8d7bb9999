"""Which of the hub's projects fulfil a clause: criteria as dated data, and what the hub cannot see of them.

``criteria.json`` holds one entry for each clause and validity. A clause without an entry (a national recognition, a
loan) cannot be told from projects. The file is read strictly; entries of one clause never overlap.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache, partial
from itertools import pairwise
from pathlib import Path
from typing import Any, Final

from huiliu.language import text
from oversight.award_policy.errors import CriteriaRefused
from oversight.errors import Fault
from oversight.reading import Reading, complete, entries
from oversight.rule import Words
from schemas.contract import code_table
from validators import policies

FILE: Final = Path(__file__).with_name("criteria.json")
_FIELDS: Final = ("policy", "clause", "valid_from", "valid_to", "programmes", "tiers", "stages", "reads", "unseen")
_LISTS: Final = {"programmes": "programme", "tiers": "tier", "stages": "stage"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Criterion:
    """What a project must be for a clause; both days of the validity included. ``unseen``: what others must check."""

    policy: str
    clause: str
    valid_from: date
    valid_to: date | None
    programmes: tuple[str, ...]
    tiers: tuple[str, ...]
    stages: tuple[str, ...]
    reads: Words
    unseen: tuple[Words, ...]


@cache
def criteria() -> tuple[Criterion, ...]:
    """The criteria that the hub ships. Raises CriteriaRefused."""
    return read(FILE)


def read(path: Path) -> tuple[Criterion, ...]:
    """The criteria of a file. Raises CriteriaRefused with all of its faults."""
    return entries(path, "criteria", _criterion, _refuse_overlap, _refusal)


def _refusal(faults: Sequence[Fault]) -> CriteriaRefused:
    return CriteriaRefused("\n".join(map(str, faults)))


def _criterion(reading: Reading, value: Any, place: str) -> Criterion | None:
    told = reading.fields(value, place, _FIELDS)
    read: dict[str, Any] = {"valid_from": reading.day(told.get("valid_from"), f"{place}.valid_from")}
    last = told.get("valid_to")
    read["valid_to"] = None if last is None else reading.day(last, f"{place}.valid_to")
    read["policy"] = reading.one_of(told.get("policy"), f"{place}.policy", [*policies.policies()])
    if read["policy"]:
        known = [code for one in policies.versions()[read["policy"]] for code in one.clauses]
        read["clause"] = reading.one_of(told.get("clause"), f"{place}.clause", known)
    for name, codes in _LISTS.items():
        one = partial(_one_of, reading, [*code_table(codes)])
        read[name] = tuple(reading.items(told.get(name), f"{place}.{name}", one))
    read["reads"] = _words(reading, told.get("reads"), f"{place}.reads")
    read["unseen"] = tuple(reading.items(told.get("unseen"), f"{place}.unseen", lambda v, p: _words(reading, v, p)))
    if not complete(read, ("policy", "clause", "valid_from", "reads")):
        return None
    return Criterion(**read)


def _one_of(reading: Reading, allowed: Sequence[str], value: Any, place: str) -> Any:
    return reading.one_of(value, place, allowed)


def _words(reading: Reading, value: Any, place: str) -> Words | None:
    told = reading.fields(value, place, ("zh", "en"))
    zh, en = reading.text(told.get("zh"), f"{place}.zh"), reading.text(told.get("en"), f"{place}.en")
    return Words(zh, en) if zh and en else None


def _refuse_overlap(reading: Reading, found: Iterable[Criterion]) -> None:
    ordered = sorted(found, key=lambda one: (one.policy, one.clause, one.valid_from))
    for former, later in pairwise(ordered):
        same = (former.policy, former.clause) == (later.policy, later.clause)
        if same and (former.valid_to is None or former.valid_to >= later.valid_from):
            reading.fault(
                f"{later.policy} {later.clause}",
                f"自 {later.valid_from} 起的条件与前一条有效期重叠：请先结束前一条",
                f"from {later.valid_from} on it overlaps the entry before: end that one first",
            )


def unseen_said(criterion: Criterion) -> str:
    """What somebody has to check, in the language in force."""
    return text("；", "; ").join(str(words) for words in criterion.unseen)
