"""The hub's verdicts without a hub: the very functions that a worker runs before it asks the warehouse.

Lines become records, records go through ``streams.prepare`` (framing, Avro, jurisdiction, expectations, the gate), then
through those reference and history rules that need nothing but the event. What only the warehouse can tell is named.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Final, Literal

import numpy as np
import polars as pl

from gateways.files.finding import finding_of
from gateways.files.source import Portion, SentRow, Source
from huiliu.clock import now_ms
from schemas import topics
from streams.batch import Batch
from streams.chunk import Chunk
from streams.prepare import Prepared, prepare
from streams.records import Records
from validators import catalogue
from validators.gate import Gate
from validators.judge import judge_history, judge_reference, rejected
from validators.rule import Layer, Severity

Outcome = Literal["accepted", "flagged", "quarantined"]
Finding = Mapping[str, Any]

_JURISDICTION: Final = "HL-JUR-01"


class FileChunk(Chunk):
    """Lines of a file as a chunk; a publisher of "" means that nobody said who publishes."""

    @cached_property
    def publisher(self) -> str:
        parsed = topics.parse_intake(self.topic)
        return parsed.division if parsed else ""

    @cached_property
    def kind(self) -> str:
        return self.topic.rpartition(".")[2]


@dataclass(frozen=True, slots=True)
class LineVerdict:
    """What the hub would do with one line or row, as far as can be told here."""

    line: int
    source_ref: str | None
    outcome: Outcome
    findings: list[Finding]
    sent: SentRow


@dataclass
class Verdicts:
    """Judges lines of one kind, some at a time; afterwards knows which rules it could not evaluate."""

    kind: str
    publisher: str | None
    record_bytes: int
    gate: Gate = field(default_factory=Gate)
    not_evaluated: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        """Rules that only others decide, and jurisdiction where nobody says who publishes."""
        others = (rule.code for rule in catalogue.rules(self.kind) if rule.decided_by and rule.layer == Layer.HISTORY)
        self.not_evaluated.update(others)
        if self.publisher is None:
            self.not_evaluated.add(_JURISDICTION)

    def of(self, portion: Portion, source: Source) -> Iterator[LineVerdict]:
        """A verdict for each row of a portion of the source, in order."""
        records = portion.records
        prepared = self._prepared(records.numbers, records.keys, records.values)
        told: dict[int, list[Finding]] = {}
        for fault in records.faults:
            told.setdefault(fault.line, []).append(finding_of(fault))
        references: dict[int, str | None] = {}
        if prepared is not None:
            for finding in self._settled(prepared).iter_rows(named=True):
                told.setdefault(records.numbers[finding["row"]], []).append(finding)
            flagged = [finding["row"] for found in told.values() for finding in found if "row" in finding]
            references = _references(self.kind, records.values, sorted(set(flagged)), records.numbers)
        for row in portion.rows:
            found = told.get(row.number, [])
            reference = references.get(row.number) or (source.reference(row) if found else None)
            yield LineVerdict(row.number, reference, _outcome(found), found, row)

    def _prepared(self, numbers: list[int], keys: list[bytes], values: list[bytes]) -> Prepared | None:
        if not values:
            return None
        lines = Records(np.array(numbers, np.int64), np.full(len(values), now_ms()), [*keys], [*values], {})
        topic = topics.intake_topic(self.publisher or "", self.kind)
        (prepared,) = prepare(Batch((FileChunk(topic, 0, lines),)), self.gate, self.record_bytes)
        return prepared

    def _settled(self, prepared: Prepared) -> pl.DataFrame:
        """All findings, those of the reference and history rules that can be evaluated included."""
        left = prepared.events
        for judge in (judge_reference, judge_history):
            judgement = judge(self.kind, left)
            prepared.quarantine(judgement.findings)
            self.not_evaluated.update(judgement.not_evaluated)
            left = left.filter(~pl.col("row").is_in(rejected(judgement.findings).implode()))
        self.not_evaluated.update(prepared.not_evaluated)
        return prepared.findings


def _references(kind: str, values: list[bytes], rows: list[int], numbers: list[int]) -> dict[int, str | None]:
    """The publisher's own reference of these rows, by line number."""
    from schemas.decode import decode

    some = decode(kind, [values[row] for row in rows], record_bytes=1 << 62).frame
    found = dict(some.select("row", "source_ref").iter_rows())
    return {numbers[row]: found.get(at) for at, row in enumerate(rows)}


def _outcome(found: Sequence[Finding]) -> Outcome:
    severities = {finding["severity"] for finding in found}
    if Severity.ERROR.value in severities:
        return "quarantined"
    return "flagged" if Severity.WARNING.value in severities else "accepted"
