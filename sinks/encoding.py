"""What each kind's events become in the warehouse, and back.

A frame has two forms here. The *event frame* has the contract's fields under their own names and types (milliseconds,
codes as text) with provenance; the *warehouse frame* has the table's columns. ``encode`` turns the first into the
second. ``probe`` gives current rows in the first form, so that rules on history can compare and ``encode`` turns
them back; what was judged when they were loaded (``valid``, ``exceeded``, ``flagged``) is kept as it was.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Final

import polars as pl
from sqlalchemy import Table
from sqlalchemy.types import Date, DateTime

from huiliu.language import text
from schemas.contract import contract
from sinks import validity
from sinks.errors import UnknownName, Unstorable
from sinks.json_columns import from_json, to_json
from sinks.reference import pollutant_ids
from sinks.register import Register, with_city
from sinks.tables import METADATA, award, indicator, nil, project, reading, registration, response

PERIODS: Final = ("REALTIME", "MINUTE", "HOUR", "DAY")

#: Kafka lets a producer write any time of receipt: what no calendar holds becomes the nearest that it does.
LATEST_MS: Final = 253_402_300_799_999  # 9999-12-31T23:59:59.999Z


@dataclass(frozen=True, slots=True)
class FactTable:
    """A kind's current table and history; ``key`` are the natural key's columns in the warehouse."""

    kind: str
    key: tuple[str, ...]
    current: Table
    history: Table
    event_key: tuple[str, ...]  #: the natural key's fields in the event frame
    nested: Mapping[str, pl.DataType]  #: fields kept as JSON, with their type in the event frame
    city: bool  #: whether rows carry the city that the division reports through

    @property
    def columns(self) -> tuple[str, ...]:
        """The table's columns, in its order."""
        return tuple(column.name for column in self.current.columns)


@cache
def fact_table(kind: str) -> FactTable:
    """The description of a kind's tables. Raises UnknownName."""
    keys = {
        "reading": reading.KEY,
        "project": project.KEY,
        "award": award.KEY,
        "indicator": indicator.KEY,
        "registration": registration.KEY,
        "nil": nil.KEY,
        "response": response.KEY,
    }
    if kind not in keys:
        raise UnknownName(
            text(f"没有事项类别 {kind!r}，有：{sorted(keys)}", f"no kind {kind!r}, there are {sorted(keys)}")
        )
    current = METADATA.tables[kind]
    told = contract(kind)
    return FactTable(
        kind=kind,
        key=keys[kind],
        current=current,
        history=METADATA.tables[f"{kind}_history"],
        event_key=told.key,
        nested={f.name: f.polars for f in told.fields if isinstance(f.polars, pl.List)},
        city="city" in current.columns,
    )


def encode(kind: str, frame: pl.DataFrame, register: Register | None = None) -> pl.DataFrame:
    """Turn an event frame with provenance (and ``content``, ``flagged``) into the warehouse's columns.

    Readings need the ``register`` and ``limit__value``. ``known_from`` is not among the columns: ``write`` sets one
    time for the whole batch. Raises Unstorable for a reading of an outlet or factor without a number.
    """
    table = fact_table(kind)
    if kind == "reading":
        return _encode_reading(frame, register)
    moments = [c.name for c in table.current.columns if isinstance(c.type, DateTime) and c.name in frame.columns]
    days = [c.name for c in table.current.columns if isinstance(c.type, Date)]
    encoded = frame.with_columns(
        pl.col("division").cast(pl.Int32),
        *(pl.col(name).cast(pl.Datetime("ms", "UTC")) for name in moments if name not in ("known_from", "received_at")),
        received(),
        *(pl.col(name).cast(pl.Date) for name in days),
        *(to_json(frame[name]) for name in table.nested),
    )
    encoded = with_city(encoded) if table.city else encoded
    return encoded.select(name for name in table.columns if name != "known_from")


def received() -> pl.Expr:
    """``received_at`` as a time, brought within the calendar."""
    return pl.col("received_at").clip(0, LATEST_MS).cast(pl.Datetime("ms", "UTC"))


def _encode_reading(frame: pl.DataFrame, register: Register | None) -> pl.DataFrame:
    if register is None:
        raise UnknownName("encode('reading') needs the register of outlets")
    numbered = reading_keys(frame.drop("division"), register, ("division", "city"))
    lost = numbered.filter(pl.any_horizontal(pl.col("outlet", "pollutant", "period").is_null()))
    if lost.height:
        row = lost.row(0, named=True)
        at = f"intake {row['intake']} offset {row['offset']}"
        raise Unstorable(text(f"{at}：监测点或因子未登记", f"{at}: a reading of an outlet or factor without a number"))
    judged = numbered.rename({"limit__value": "limit_value"}).with_columns(
        pl.col("reported_at").cast(pl.Datetime("ms", "UTC")), received()
    )
    if "valid" not in judged.columns:
        judged = judged.with_columns(valid=validity.valid()).with_columns(exceeded=validity.exceeded())
    return judged.select(name for name in fact_table("reading").columns if name != "known_from")


def reading_keys(frame: pl.DataFrame, register: Register, also: tuple[str, ...] = ()) -> pl.DataFrame:
    """Replace a reading's key by its numbers: ``outlet``, ``pollutant``, ``period``, ``start``; null if there is none.

    ``mn`` gives way to ``outlet`` and the outlet's columns named in ``also``. Rows keep their order.
    """
    outlets = register.outlets.select("mn", "outlet", *also)
    return frame.join(outlets, on="mn", how="left", maintain_order="left").with_columns(
        pl.col("pollutant").replace_strict(pollutant_ids(), default=None, return_dtype=pl.Int16),
        pl.col("period").replace_strict(_period_numbers(), default=None, return_dtype=pl.Int16),
        pl.col("start").cast(pl.Datetime("ms", "UTC")),
    )


def _period_numbers() -> dict[str, int]:
    return {name: number for number, name in enumerate(PERIODS)}


def decode(kind: str, stored: pl.DataFrame, register: Register | None = None) -> pl.DataFrame:
    """Turn rows of a fact table into an event frame with provenance; times are UTC milliseconds again."""
    table = fact_table(kind)
    if kind == "reading":
        stored = _decode_reading(stored, register)
    moments = [name for name, dtype in stored.schema.items() if isinstance(dtype, pl.Datetime)]
    days = [name for name, dtype in stored.schema.items() if dtype == pl.Date]
    return stored.with_columns(
        pl.col("division").cast(pl.String),
        *(pl.col(name).dt.epoch("ms") for name in moments),
        *(pl.col(name).cast(pl.Int32) for name in days),
        *(from_json(stored[name], dtype) for name, dtype in table.nested.items()),
    )


def _decode_reading(stored: pl.DataFrame, register: Register | None) -> pl.DataFrame:
    if register is None:
        raise UnknownName("decode('reading') needs the register of outlets")
    codes = {number: code for code, number in pollutant_ids().items()}
    named = stored.join(register.outlets.select("mn", "outlet"), on="outlet", how="left", maintain_order="left")
    return named.with_columns(
        pl.col("pollutant").replace_strict(codes, return_dtype=pl.String),
        pl.col("period").replace_strict(dict(enumerate(PERIODS)), return_dtype=pl.String),
    ).rename({"limit_value": "limit__value"})
