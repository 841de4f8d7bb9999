"""What the records of a batch cite is closed, or joined where they are rejected themselves; part of step 9."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from huiliu.outcome import Outcome
from schemas.citation import cited, shown
from sinks import corrections
from sinks.warehouse import Connection
from streams.prepare import Prepared
from validators import finding
from validators.rule import Severity


def follow(connection: Connection, kinds: Sequence[Prepared], seen: int) -> list[tuple[str, float]]:
    """Close or link what the batch's records cite; a citation of nothing becomes a finding (HL-CITE-01).

    After the rejected records have been written and before the findings are. Rows whose outcome is ``seen`` were
    followed by an earlier batch. Almost all batches have no record with headers, and nothing is done.

    Returns the kind of each matter that is closed, and the seconds that it was open.
    """
    citations = [rows for one in kinds if (rows := _citations(one, seen)).height]
    if not citations:
        return []
    astray, closed = corrections.follow(connection, pl.concat(citations))
    if astray.is_empty():
        return closed
    for one in kinds:
        lost = one.provenance.with_row_index("row").join(astray, on=["intake", "offset"], how="semi")["row"].to_list()
        if lost:
            one.quarantine(_astray(lost, [shown(one.source.records.headers.get(row, ())) for row in lost]))
    return closed


def _citations(prepared: Prepared, seen: int) -> pl.DataFrame:
    """The records of a kind that cite one, as ``corrections.CITATIONS``."""
    told = prepared.source.records.headers
    cites = {row: place for row in sorted(told) if prepared.outcomes[row] != seen and (place := cited(told[row]))}
    rows = list(cites)
    where = prepared.provenance[rows] if rows else prepared.provenance.clear()
    return where.select(
        "intake",
        "offset",
        pl.col("publisher").cast(pl.Int32),
        pl.Series("loaded", [bool(prepared.outcomes[row] != Outcome.QUARANTINED) for row in rows], pl.Boolean),
        pl.Series("topic", [place.topic for place in cites.values()], pl.String),
        pl.Series("partition", [place.partition for place in cites.values()], pl.Int32),
        pl.Series("cited", [place.offset for place in cites.values()], pl.Int64),
    )


def _astray(rows: Sequence[int], values: Sequence[str]) -> pl.DataFrame:
    """HL-CITE-01: these records cite none that was rejected from the same publisher."""
    return finding.each(
        pl.DataFrame({"row": rows, "value": values}, {"row": pl.UInt32, "value": pl.String}),
        code="HL-CITE-01",
        severity=Severity.INFO,
        field="value",
        value=pl.col("value"),
        expected="topic/partition/offset",
    )
