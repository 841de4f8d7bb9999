"""A plain Faust worker as Faust's documentation teaches it: one agent, ``take``, and an upsert for each batch.

    python -m faust -A benchmarks.faust_agent worker -l warn --without-web

The environment tells it where: HUILIU_KAFKA and what belongs to it, DATABASE (its own), REGISTER (the hub's database,
for the numbers of outlets).
Each event is read by fastavro, checked against a few rules in Python (those broken most often; a refused event is
only counted), and upserted with its batch into the hub's table of readings. No gate, no history, no rollup, no ledger,
no quarantine; ``take`` acknowledges what it has handed out, also when the database fails. Batches of a thousand do it
good: with the hundred of the documentation's example it is slower here. After each batch it prints how many events it
has seen and the time (monotonic seconds).
"""

from __future__ import annotations

import math
import os
import sys
import time
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from io import BytesIO
from typing import Any

import fastavro
import faust
import psycopg

from huiliu.settings import Settings
from schemas.contract import code_table, contract
from sinks import register
from sinks.encoding import PERIODS
from sinks.reference import pollutant_ids
from sinks.warehouse import Warehouse
from streams.credentials import credentials

_HEADER = 5
_MEASURES = ("average", "minimum", "maximum", "cumulative", "corrected")
_KEY = ("outlet", "pollutant", "period", "start")
_COLUMNS = (
    *_KEY, *_MEASURES, "content", "reported_at", "received_at", "known_from", "offset", "intake", "division", "city",
    "revision", "valid", "exceeded", "flagged", "flag", "mark", "source_ref",
)  # fmt: skip
_UPSERT = f"""
insert into reading ({", ".join(f'"{name}"' for name in _COLUMNS)})
values ({", ".join(["%s"] * len(_COLUMNS))})
on conflict ({", ".join(_KEY)}) do update set
  {", ".join(f'"{name}" = excluded."{name}"' for name in _COLUMNS if name not in _KEY)}
where excluded.revision > reading.revision
"""

_SCHEMA = fastavro.parse_schema(contract("reading").schema)
_FLAGS, _MARKS = frozenset(code_table("flag")), frozenset(code_table("mark"))
_POLLUTANTS = pollutant_ids()


def _outlets() -> dict[str, tuple[int, int, int]]:
    """Number, division and city of each outlet."""
    warehouse = Warehouse(os.environ["REGISTER"])
    with warehouse.batch() as connection:
        known = register.load(connection, None).outlets
    warehouse.close()
    return {mn: (*rest,) for mn, *rest in known.select("mn", "outlet", "division", "city").iter_rows()}


_OUTLETS = _outlets()

_KAFKA = Settings.from_environment().cluster
assert _KAFKA is not None, "HUILIU_KAFKA"
app = faust.App(
    "plain-faust", broker=f"kafka://{_KAFKA}", broker_credentials=credentials(_KAFKA), value_serializer="raw"
)
readings = app.topic(*os.environ["TOPICS"].split(","), value_type=bytes)
seen = 0


@app.agent(readings)  # type: ignore[untyped-decorator]
async def load(stream: Any) -> None:
    """Upsert batch after batch."""
    global seen
    async with await psycopg.AsyncConnection.connect(os.environ["DATABASE"]) as connection:
        async for values in stream.take(1000, within=1.0):
            rows = list(_rows(values))
            async with connection.cursor() as cursor:
                await cursor.executemany(_UPSERT, rows)
            await connection.commit()
            seen += len(values)
            print("upserted", seen, time.monotonic(), file=sys.__stdout__, flush=True)


def _rows(values: Sequence[bytes | None]) -> Iterator[tuple[Any, ...]]:
    now = datetime.now(UTC)
    for value in values:
        event = _decoded(value)
        if event is not None and not _refused(event):
            yield _row(event, now)


def _decoded(value: bytes | None) -> dict[str, Any] | None:
    try:
        event: dict[str, Any] = fastavro.schemaless_reader(BytesIO((value or b"")[_HEADER:]), _SCHEMA)
    except Exception:  # fastavro raises whatever its reader stumbles over
        return None
    return event


def _refused(event: dict[str, Any]) -> bool:
    """Unknown outlet, factor, flag or mark, another division than registered, a number that cannot be."""
    outlet = _OUTLETS.get(event["mn"])
    values = [event[name] for name in _MEASURES if event[name] is not None]
    average, low, high = event["average"], event["minimum"], event["maximum"]
    return (
        outlet is None
        or str(outlet[1]) != event["division"]
        or event["revision"] < 1
        or event["pollutant"] not in _POLLUTANTS
        or event["flag"] not in _FLAGS
        or (event["mark"] is not None and event["mark"] not in _MARKS)
        or not all(math.isfinite(value) and abs(value) < 1e9 for value in values)
        or (event["flag"] == "N" and not values)
        or (low is not None and average is not None and low > average)
        or (high is not None and average is not None and average > high)
        or not 2000 <= event["start"].year <= 2030
    )


def _row(event: dict[str, Any], now: datetime) -> tuple[Any, ...]:
    outlet, division, city = _OUTLETS[event["mn"]]
    valid = event["flag"] == "N" and event["mark"] is None
    return (
        outlet, _POLLUTANTS[event["pollutant"]], PERIODS.index(event["period"]), event["start"],
        *(event[name] for name in _MEASURES), 0, event["reported_at"], now, now, 0, 0, division, city,
        event["revision"], valid, False, False, event["flag"], event["mark"], event["source_ref"],
    )  # fmt: skip
