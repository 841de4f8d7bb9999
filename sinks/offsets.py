"""A partition by its offsets: its ledger page by page, and what each record of a range of offsets led to."""

from __future__ import annotations

import zlib
from collections.abc import Mapping
from typing import Any, Final

import numpy as np
import polars as pl
from sqlalchemy import Connection, text

from huiliu.outcome import LOADED
from sinks import explain
from sinks.encoding import fact_table
from sinks.fetch import fetch
from sinks.queries import query

#: No partition has an offset beyond it.
_END: Final = 2**63 - 1


def entries(
    connection: Connection, topic: str, partition: int, *, before: int | None = None, limit: int = 100
) -> list[dict[str, Any]]:
    """Ledger entries of a partition, the newest first, without their outcomes.

    ``before``: the first offset of the last entry seen, for the next page.
    """
    place = {"topic": topic, "partition": partition, "before": _END if before is None else before, "limit": limit}
    return [dict(row) for row in connection.execute(text(query("offsets", "entries")), place).mappings()]


def records(connection: Connection, topic: str, partition: int, first: int, limit: int = 100) -> pl.DataFrame:
    """What became of the records from an offset on: ``offset``, ``outcome`` (:mod:`huiliu.outcome`), and its row.

    The row's columns are those of the kind's table, null for what led to none; ``superseded``: it has given way
    since, ``code`` why the record was rejected (the first of its errors).
    """
    place = {"topic": topic, "partition": partition, "first": first, "next": first + limit}
    covering = [dict(row) for row in connection.execute(text(query("offsets", "covering")), place).mappings()]
    if not covering:
        return pl.DataFrame(schema={"offset": pl.Int64, "outcome": pl.UInt8})
    outcomes = _outcomes(covering, first, first + limit)
    table = fact_table(topic.rpartition(".")[2])
    columns = ", ".join(f'"{column}"' for column in table.columns)
    statement = query("offsets", "facts").replace("{columns}", columns).replace("{kind}", table.kind)
    told = {**place, "intake": covering[0]["intake"], "times": sorted({row["recorded_at"] for row in covering})}
    facts = _with_late(connection, topic, partition, outcomes, fetch(connection, statement, told))
    reasons = fetch(connection, query("offsets", "reasons"), told)
    joined = outcomes.join(facts, on="offset", how="left", maintain_order="left")
    return joined.join(reasons, on="offset", how="left", maintain_order="left")


def _outcomes(covering: list[dict[str, Any]], first: int, stop: int) -> pl.DataFrame:
    parts = []
    for row in covering:
        outcomes = np.frombuffer(zlib.decompress(row["outcomes"]), np.uint8)
        offsets = np.arange(row["first_offset"], row["first_offset"] + len(outcomes))
        parts.append(pl.DataFrame({"offset": offsets, "outcome": outcomes}))
    return pl.concat(parts).filter(pl.col("offset").is_between(first, stop, closed="left"))


def _with_late(
    connection: Connection, topic: str, partition: int, outcomes: pl.DataFrame, facts: pl.DataFrame
) -> pl.DataFrame:
    """The few rows besides that are known from another time than their batch's: each is looked up by itself."""
    loaded = outcomes.filter(pl.col("outcome").is_in(list(LOADED)))
    missing = loaded.join(facts, on="offset", how="anti")["offset"]
    accounts = (explain.event(connection, topic, partition, offset) for offset in missing)
    late = [dict(account.fact) for account in accounts if account is not None and account.fact is not None]
    if not late:
        return facts
    rows = [{**_within(facts, row), "superseded": row.get("cause") == "superseded"} for row in late]
    return pl.concat([facts, pl.DataFrame(rows, schema=facts.schema)])


def _within(facts: pl.DataFrame, row: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in row.items() if name in facts.columns}
