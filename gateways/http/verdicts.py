"""Verdicts over HTTP: findings in both languages.

The same that a worker reaches on each event alone, Great Expectations included, which is asked at a desk
(:mod:`gateways.http.desk.judging`). What needs the warehouse is named under ``not_evaluated``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from gateways.http.events import Records
from schemas.event_json import JSON
from schemas.value import Fault
from validators import catalogue, wording
from validators.rule import Severity

_OUTCOMES: Final[Mapping[str, str]] = {"accepted": "accepted", "flagged": "flagged", "rejected": "quarantined"}
_MEMBERS: Final = ("code", "severity", "field", "value", "expected", "difference", "suggestion", "source_ref")


def finding(found: Mapping[str, Any]) -> dict[str, Any]:
    """A finding with its words in both languages."""
    told = {name: found.get(name) for name in _MEMBERS}
    rule = catalogue.RULES.get(found["code"])
    if rule is None:  # of a rule set that is no longer in force
        return told
    words = {
        "message": {"zh": wording.render(found, "zh"), "en": wording.render(found, "en")},
        "mend": {"zh": wording.mend(found, "zh"), "en": wording.mend(found, "en")},
    }
    return {**told, "layer": rule.layer.value, "norm": rule.norm, **words}


def of_fault(fault: Fault) -> dict[str, Any]:
    """Why an event is none, as a finding."""
    code = "FR-SIZE-01" if fault.expected.endswith("(HUILIU_RECORD_BYTES)") else JSON
    told = {"value": fault.value, "expected": fault.expected}
    return finding({"code": code, "severity": Severity.ERROR.value, "field": fault.field or "value", **told})


def refused(records: Records) -> list[dict[str, Any]]:
    """The events of a request that fit no contract, each with its place and findings."""
    return [{"index": row, "findings": [*map(of_fault, faults)]} for row, faults in sorted(records.faults.items())]


def judged(kind: str, records: Records, found: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """What the hub would do with each event of the request, as far as can be told without sending it.

    ``found``: the verdicts on the records (:class:`validators.verdict.Verdict`), by their place among them.
    """
    told = {entry["index"]: {**entry, "outcome": "quarantined", "source_ref": None} for entry in refused(records)}
    not_evaluated: list[str] = []
    for verdict in found:
        row = records.rows[verdict["row"]]
        told[row] = {
            "index": row,
            "findings": [finding(one) for one in verdict["findings"]],
            "outcome": _OUTCOMES[verdict["outcome"]],
            "source_ref": verdict["source_ref"],
        }
        not_evaluated = verdict["not_evaluated"]
    outcomes = [entry["outcome"] for entry in told.values()]
    return {
        "kind": kind,
        "events": [told[row] for row in sorted(told)],
        **{name: outcomes.count(name) for name in ("accepted", "flagged", "quarantined")},
        "not_evaluated": not_evaluated,
        "rule_set": catalogue.RULE_SET,
    }
