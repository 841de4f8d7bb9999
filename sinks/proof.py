"""Proof from the warehouse alone that nothing was lost or counted twice.

Every consumed offset has one outcome in the ledger, and the row that the outcome promises is there exactly once:

- the chain of each partition starts at offset 0, has no hole and no overlap, and ends at the partition's head;
- the counts of each entry are those of its outcomes, every hash can be recomputed, a partition's totals are its sums;
- each offset *accepted* or *corrected* has exactly one fact, current or superseded, and no other offset has any;
- each offset *quarantined* has exactly one record there, with the finding that rejects it, and no other offset has any;
- what is marked as corrected was corrected by a loaded record, and no reading waits for a registration that is there;
- no fact lies outside its publisher's division; readings are judged as their values say;
- rollups equal their recomputation.

Coordinates are compared as sets, exactly: 64 offsets to a row, one bit each, with the number of rows beside it, so that
neither a missing nor a doubled coordinate can hide. A fact judged anew (history, cause ``rejudged``) is the same event.
"""

from __future__ import annotations

import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import polars as pl
from sqlalchemy import Connection, text

from huiliu.outcome import LOADED, Outcome
from schemas.contract import KINDS
from sinks import ledger, reread, rollups
from sinks.fetch import fetch
from sinks.queries import query

#: How many wrong places a check names.
EXAMPLES: Final = 10

#: Checks whose query counts what should not be.
_NONE_OF: Final = ("without_reason", "closed_by_nothing", "forgotten", "misjudged", "misnumbered")

_SETS: Final = pl.Schema({"intake": pl.Int32, "bucket": pl.Int64, "bits": pl.Int64, "count": pl.Int64})


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that was proved or not; ``detail`` gives counts, and examples of what is wrong."""

    name: str
    ok: bool
    detail: Mapping[str, Any]


def verify(connection: Connection) -> list[Check]:
    """All checks. Use ``Warehouse.read``, so that they look at one state; reads every fact once or twice."""
    outcomes, loaded, quarantined = _walk_ledger(connection)
    return [
        _chain(connection),
        *outcomes,
        _totals(connection),
        _coordinates("loaded", loaded, fetch(connection, _facts())),
        _coordinates("quarantined", quarantined, fetch(connection, query("proof", "quarantined"))),
        *(_none_of(connection, name) for name in _NONE_OF),
        *(_rollup(connection, kind) for kind in rollups.ROLLUPS),
    ]


def _chain(connection: Connection) -> Check:
    breaks = fetch(connection, query("proof", "breaks"))
    counts = connection.execute(text("select count(*), count(distinct intake) from ledger")).one()
    detail = {"entries": counts[0], "partitions": counts[1], "breaks": breaks.height}
    return Check("chain", breaks.is_empty(), detail | {"examples": breaks.head(EXAMPLES).to_dicts()})


def _totals(connection: Connection) -> Check:
    wrong = fetch(connection, query("proof", "totals"))
    return Check("totals", wrong.is_empty(), {"wrong": wrong.height, "examples": wrong.head(EXAMPLES).to_dicts()})


def _walk_ledger(connection: Connection) -> tuple[list[Check], pl.DataFrame, pl.DataFrame]:
    """Recompute counts and hashes entry by entry; gather the offsets that should have a fact or a quarantine entry."""
    hashes, counts, entries = [], [], 0
    loaded, quarantined = [pl.DataFrame(schema=_SETS)], [pl.DataFrame(schema=_SETS)]
    for row, previous in reread.entries(connection):
        entry = ledger.entry_of(row)
        place = f"{row['topic']}[{row['partition']}]@{entry.first_offset}"
        outcomes = np.frombuffer(zlib.decompress(entry.outcomes), np.uint8)
        entries += 1
        if ledger.chain(previous, row["topic"], row["partition"], entry) != row["hash"]:
            hashes.append(place)
        if row["last"] and row["hash"] != row["head_hash"]:
            hashes.append(f"{row['topic']}[{row['partition']}] head")
        if not _counts_agree(entry, outcomes):
            counts.append(place)
        loaded.append(_promised(entry, np.isin(outcomes, LOADED)))
        quarantined.append(_promised(entry, outcomes == Outcome.QUARANTINED))
    checks = [
        Check("counts", not counts, {"entries": entries, "wrong": len(counts), "examples": counts[:EXAMPLES]}),
        Check("hashes", not hashes, {"entries": entries, "wrong": len(hashes), "examples": hashes[:EXAMPLES]}),
    ]
    return checks, _merged(loaded), _merged(quarantined)


def _counts_agree(entry: ledger.Entry, outcomes: np.ndarray) -> bool:
    told = (entry.accepted, entry.corrected, entry.duplicate, entry.stale, entry.quarantined, entry.gaps)
    counted = np.bincount(outcomes, minlength=len(Outcome))
    return len(outcomes) == entry.next_offset - entry.first_offset and tuple(counted.tolist()) == told


def _promised(entry: ledger.Entry, chosen: np.ndarray) -> pl.DataFrame:
    """The chosen offsets of an entry as sets of 64."""
    offsets = np.flatnonzero(chosen) + entry.first_offset
    bits = (np.uint64(1) << (offsets & 63).astype(np.uint64)).view(np.int64)
    frame = pl.DataFrame({"bucket": offsets >> 6, "bits": bits}, schema={"bucket": pl.Int64, "bits": pl.Int64})
    sets = frame.group_by("bucket").agg(pl.col("bits").bitwise_or(), pl.len().cast(pl.Int64).alias("count"))
    return sets.select(pl.lit(entry.intake, pl.Int32).alias("intake"), "bucket", "bits", "count")


def _merged(parts: list[pl.DataFrame]) -> pl.DataFrame:
    """The sets of all entries; two entries may share the 64 offsets at their border."""
    return pl.concat(parts).group_by("intake", "bucket").agg(pl.col("bits").bitwise_or(), pl.col("count").sum())


def _facts() -> str:
    """Coordinates of all facts as sets of 64: current rows, and superseded ones that are not the same event again."""
    tables = [f'select intake, "offset" from {kind}' for kind in KINDS]
    tables += [f"select intake, \"offset\" from {kind}_history where cause <> 'rejudged'" for kind in KINDS]
    bits = 'bit_or(1::bigint << ("offset" & 63)::int) as bits'
    each = " union all ".join(tables)
    return f'select intake, "offset" >> 6 as bucket, {bits}, count(*) as found from ({each}) fact group by 1, 2'


def _coordinates(name: str, promised: pl.DataFrame, there: pl.DataFrame) -> Check:
    both = promised.join(there, on=["intake", "bucket"], how="full", coalesce=True, suffix="_there")
    both = both.with_columns(pl.col("bits", "count", "bits_there", "found").fill_null(0))
    wrong = both.filter((pl.col("bits") != pl.col("bits_there")) | (pl.col("count") != pl.col("found")))
    detail = {"promised": promised["count"].sum(), "found": there["found"].sum(), "wrong": wrong.height}
    return Check(name, wrong.is_empty(), detail | {"examples": [_told(row) for row in wrong.head(EXAMPLES).to_dicts()]})


def _told(row: Mapping[str, Any]) -> dict[str, Any]:
    """What is wrong within 64 offsets of a partition."""
    first = row["bucket"] << 6
    told, there = (_offsets(first, row[name]) for name in ("bits", "bits_there"))
    doubled = row["found"] - len(there)
    return {
        "intake": row["intake"],
        "missing": sorted(told - there),
        "surplus": sorted(there - told),
        "doubled": doubled,
    }


def _offsets(first: int, bits: int) -> set[int]:
    return {first + position for position in range(64) if bits >> position & 1}


def _none_of(connection: Connection, name: str) -> Check:
    """A check whose query counts what should not be."""
    counted: int = connection.execute(text(query("proof", name))).scalar_one()
    return Check(name, counted == 0, {"found": counted})


def _rollup(connection: Connection, kind: str) -> Check:
    different = rollups.differences(connection, kind)
    detail = {"different": different.height, "examples": different.head(EXAMPLES).to_dicts()}
    return Check(f"rollup_{kind}", different.is_empty(), detail)
