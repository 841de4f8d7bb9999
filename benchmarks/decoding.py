"""Decode alone: the hub's column path, fastavro and Apache's own reader, each over the same records.

All three must take the same records and read the same values. The rivals look at the header by hand, as consumers do;
they give a list of dictionaries, the column path a frame.
"""

from __future__ import annotations

import io
import json
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import avro.io
import avro.schema
import fastavro
import polars as pl

from benchmarks.pair import Stage, timed
from schemas import wire
from schemas.contract import contract, polars_schema
from schemas.decode import decode

_KIND = "reading"
_RECORD_BYTES = 1 << 20
Read = Callable[[io.BytesIO], Any]


def measure(values: Sequence[bytes | None], fewer: int, fewest: int) -> tuple[list[Stage], bool]:
    """Column path over all, fastavro over the first ``fewer``, avro over the first ``fewest``; whether all agree."""
    ours, decoded = timed(lambda: decode(_KIND, values, record_bytes=_RECORD_BYTES))
    stages = [Stage("decode", "columns", len(values), ours)]
    agree = True
    for name, read, rows in (("fastavro", _fastavro(), fewer), ("avro", _apache(), fewest)):
        some = values[:rows]
        seconds, events = timed(partial(_rows, some, read))
        stages.append(Stage("decode", name, len(some), seconds))
        agree = agree and _frame(events).equals(decoded.frame.filter(pl.col("row") < len(some)), null_equal=True)
    return stages, agree


def _rows(values: Sequence[bytes | None], read: Read) -> list[dict[str, Any]]:
    header = wire.MAGIC.to_bytes(1, "big") + contract(_KIND).schema_id.to_bytes(4, "big")
    found = []
    for row, value in enumerate(values):
        if value is None or value[: wire.HEADER_BYTES] != header:
            continue
        datum = io.BytesIO(value[wire.HEADER_BYTES :])
        try:
            event = read(datum)
        except Exception:  # both readers raise whatever they stumble over
            continue
        if datum.tell() == len(value) - wire.HEADER_BYTES:
            event["row"] = row
            found.append(event)
    return found


def _frame(events: list[dict[str, Any]]) -> pl.DataFrame:
    return pl.DataFrame(events, {"row": pl.UInt32, **polars_schema(contract(_KIND))})


def _plain() -> dict[str, Any]:
    """The schema without logical types, so that times stay numbers as in frames."""
    schema: dict[str, Any] = json.loads(json.dumps(contract(_KIND).schema), object_hook=_without)
    return schema


def _without(found: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in found.items() if name != "logicalType"}


def _fastavro() -> Read:
    schema = fastavro.parse_schema(_plain())
    return lambda datum: fastavro.schemaless_reader(datum, schema)


def _apache() -> Read:
    reader = avro.io.DatumReader(avro.schema.parse(json.dumps(_plain())))
    return lambda datum: reader.read(avro.io.BinaryDecoder(datum))
