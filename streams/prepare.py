"""Step 2 of the batch: decode and judge what needs nothing but the event. Pure: no broker, no database."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

import numpy as np
import polars as pl

from huiliu.outcome import Outcome
from schemas.contract import contract
from schemas.decode import Decoded, decode
from streams.batch import Batch, KindRecords
from streams.fingerprint import fingerprint
from streams.stage import Stage
from validators import finding
from validators.catalogue import by_code
from validators.gate import Gate
from validators.judge import judge_event, rejected
from validators.rule import Severity

UNDECIDED: Final = 255

#: A finding shows what was sent, not all of it: the bytes themselves are in the quarantine and in Kafka.
_SHOWN: Final = 400


@dataclass
class Prepared:
    """One kind of a batch, judged as far as the event alone allows.

    ``references`` are the publisher's own references of what could be decoded (row, source_ref), in order of row;
    ``events`` are the rows that may be loaded (event frame, provenance, ``content``, ``flagged``); ``outcomes`` has one
    byte per row of ``source``, UNDECIDED where the warehouse has the last word.
    """

    source: KindRecords
    provenance: pl.DataFrame
    events: pl.DataFrame
    findings: pl.DataFrame
    outcomes: np.ndarray
    not_evaluated: tuple[str, ...]
    references: pl.DataFrame

    @property
    def kind(self) -> str:
        return self.source.kind

    def source_refs(self, rows: pl.Series) -> pl.Series:
        """The publisher's own references of these rows; null where nothing could be decoded."""
        known, at = self.references, self.references["row"].search_sorted(rows)
        at = at.clip(0, max(known.height - 1, 0))
        if known.is_empty():
            return pl.Series("source_ref", [None] * len(rows), pl.String)
        found = known[at]
        return found.select(pl.when(found["row"] == rows).then(storable("source_ref")).alias("source_ref")).to_series()

    def quarantine(self, findings: pl.DataFrame) -> None:
        """Take further findings in; rows with an error leave the events for the quarantine."""
        if findings.is_empty():
            return
        self.findings = pl.concat([self.findings, shown(findings)])
        rows = rejected(findings)
        self.outcomes[rows.to_numpy()] = int(Outcome.QUARANTINED)
        if len(rows):
            self.events = self.events.filter(~pl.col("row").is_in(rows.implode()))


def prepare(batch: Batch, gate: Gate, record_bytes: int) -> list[Prepared]:
    """The kinds of a batch in settling order, each decoded, judged and past the gate."""
    for chunk in batch.chunks:
        chunk.digest()  # the ledger wants it: found out here, where no transaction waits for it
    return [_prepare_kind(source, gate, record_bytes) for source in batch.kinds()]


def _prepare_kind(source: KindRecords, gate: Gate, record_bytes: int) -> Prepared:
    with Stage("decode", len(source.records)):
        decoded = decode(source.kind, source.values, record_bytes=record_bytes)
    provenance = source.provenance()
    prepared = Prepared(
        source,
        provenance,
        events=decoded.frame.hstack(provenance[decoded.frame["row"]]),
        findings=finding.none(),
        outcomes=np.full(len(source.records), UNDECIDED, np.uint8),
        not_evaluated=(),
        references=decoded.frame.select("row", "source_ref"),
    )
    prepared.quarantine(_refusals(decoded))
    with Stage("judge", prepared.events.height):
        judgement = judge_event(source.kind, prepared.events)
    prepared.quarantine(judgement.findings)
    prepared.not_evaluated = judgement.not_evaluated
    _pass_gate(prepared, gate)
    return _with_content(prepared)


def _refusals(decoded: Decoded) -> pl.DataFrame:
    """Records that could not be decoded, as findings."""
    if decoded.refused.is_empty():
        return finding.none()
    return finding.each(
        decoded.refused,
        code=pl.col("code"),
        severity=Severity.ERROR,
        field=pl.col("field").fill_null("value"),
        value=pl.col("value"),
        expected=pl.col("expected"),
    )


def _pass_gate(prepared: Prepared, gate: Gate) -> None:
    """Great Expectations has the last word on the rows about to be loaded.

    The compiled rules judged the same rows already, so a row that fails here is a disagreement of the two: it goes to
    quarantine, which loses nothing, and the batch goes on. A gate that cannot run at all stops the worker.
    """
    if prepared.events.is_empty():
        return
    with Stage("gate", prepared.events.height):
        verdict = gate.passes(prepared.kind, prepared.events)
    if not verdict.success:
        prepared.quarantine(verdict.findings)


def _with_content(prepared: Prepared) -> Prepared:
    content = fingerprint(prepared.events, contract(prepared.kind).content)
    prepared.events = flagged(prepared.events.hstack([content]), prepared.findings)
    return prepared


def flagged(events: pl.DataFrame, findings: pl.DataFrame) -> pl.DataFrame:
    """The events with ``flagged`` Boolean: whether a finding warns of them."""
    if findings.is_empty():
        return events.with_columns(flagged=pl.lit(False))
    warned = findings.filter(pl.col("severity") == Severity.WARNING.value)["row"].unique()
    return events.with_columns(flagged=pl.col("row").is_in(warned.implode()))


def shown(findings: pl.DataFrame) -> pl.DataFrame:
    """Findings as they can be stored: cut to a length a person reads, without the NUL that PostgreSQL refuses."""
    texts = ("value", "expected", "difference", "suggestion")
    return findings.with_columns(storable(name) for name in texts)


def storable(name: str) -> pl.Expr:
    """A text column as a person reads it and PostgreSQL takes it."""
    return pl.col(name).str.replace_all("\x00", "\\u0000", literal=True).str.slice(0, _SHOWN)


def refuse(prepared: Prepared, reason: str) -> Prepared:
    """The same records, all of them for the quarantine because the database refuses them (HL-REFUSED-01)."""
    refused = replace(prepared, outcomes=prepared.outcomes.copy())
    rows = pl.DataFrame({"row": np.flatnonzero(prepared.outcomes == UNDECIDED)})
    refused.quarantine(
        finding.each(rows, code="HL-REFUSED-01", severity=Severity.ERROR, field="value", expected=reason)
    )
    return refused


def layer_of(code: str) -> str:
    """The layer in which a rule is judged, for the quarantine and the dead letter."""
    return by_code(code).layer.value
