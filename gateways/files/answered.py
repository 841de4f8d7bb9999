"""The rows of a file with the hub's answers beside them. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from gateways.files.finding import finding_of
from gateways.files.json_lines import LineFault
from gateways.files.report import Judged
from gateways.files.source import SentRow
from huiliu.outcome import Outcome
from sinks.followed import Receipts
from validators.rule import Severity

Place = tuple[int, int]  #: partition and offset


def judged(
    rows: Sequence[SentRow],
    faults: Sequence[LineFault],
    places: Mapping[int, Place],
    told: Mapping[int, Receipts],
) -> Iterator[Judged]:
    """Each row with its verdict. ``places``: where the records of the rows arrived, by the number of the row.

    ``told``: the ledger's entries by partition; a row that none of them holds is ``unknown``.
    """
    wrong: dict[int, list[Mapping[str, Any]]] = {}
    for fault in faults:
        wrong.setdefault(fault.line, []).append(finding_of(fault))
    for row in rows:
        place = places.get(row.number)
        if place is None:
            yield Judged(row, "refused", wrong.get(row.number, ()))
            continue
        partition, offset = place
        answer = told[partition].at(offset) if partition in told else None
        if answer is None:
            yield Judged(row, "unknown", (), partition, offset)
            continue
        found = told[partition].findings.get(offset, ())
        yield Judged(row, _verdict(answer[0], found), found, partition, offset, answer[1])


def _verdict(outcome: Outcome, found: Sequence[Mapping[str, Any]]) -> str:
    warned = any(finding["severity"] == Severity.WARNING.value for finding in found)
    return "flagged" if outcome is Outcome.ACCEPTED and warned else outcome.name.lower()
