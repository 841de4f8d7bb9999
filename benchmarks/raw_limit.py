"""The raw limit: the same work written by hand in one loop, without checks, into the same tables.

Consume with librdkafka, decode column by column, number the dimensions, COPY to a staging table, one upsert by natural
key (newer revisions win), one statement for the rollup, commit. No jurisdiction, no rules, no gate, no history, no
ledger, no quarantine: what cannot be stored is dropped, what is superseded is lost, and the rollup counts corrections
and duplicates twice. Its database has the schema of the hub's, and PostgreSQL's settings are the same: durable.
"""

from __future__ import annotations

import os
import time
from typing import Any

import polars as pl
import psutil
from confluent_kafka import Consumer, TopicPartition
from pgpq import ArrowToPostgresBinaryEncoder

from benchmarks.measured import Measured
from benchmarks.rig import BenchmarkError, Rig
from huiliu.kafka import Cluster
from schemas.decode import decode
from sinks import partitions, register
from sinks.encoding import LATEST_MS, reading_keys
from sinks.tables.reading import LARGEST_VALUE, MEASURES
from sinks.warehouse import Warehouse

_BATCH = 100_000

_STAGED = (
    "start", *MEASURES, "limit_value", "content", "reported_at", "received_at", "offset", "intake", "outlet",
    "division", "city", "revision", "pollutant", "period", "valid", "exceeded", "flagged", "flag", "mark", "source_ref",
)  # fmt: skip
_LISTED = ", ".join(f'"{name}"' for name in _STAGED)

_UPSERT = f"""
insert into reading ({_LISTED}, known_from)
select distinct on (outlet, pollutant, period, start) {_LISTED}, now() from staged
order by outlet, pollutant, period, start, revision desc
on conflict (outlet, pollutant, period, start) do update set
  {", ".join(f'"{name}" = excluded."{name}"' for name in (*_STAGED[1:], "known_from"))}
where excluded.revision > reading.revision
"""

_ROLLUP = """
insert into rollup_reading as stored (city, pollutant, period, day, shard,
  readings, valid, averaged, average_micro, mass_micro, exceedances, maximum)
select city, pollutant, period, (start at time zone 'Asia/Shanghai')::date, 0, count(*), count(*) filter (where valid),
  count(average) filter (where valid), coalesce(sum((average * 1e6)::bigint) filter (where valid), 0),
  coalesce(sum((cumulative * 1e6)::bigint) filter (where valid), 0), count(*) filter (where exceeded),
  max(coalesce(maximum, average)) filter (where valid)
from staged group by 1, 2, 3, 4
on conflict (city, pollutant, period, day, shard) do update set
  readings = stored.readings + excluded.readings, valid = stored.valid + excluded.valid,
  averaged = stored.averaged + excluded.averaged, average_micro = stored.average_micro + excluded.average_micro,
  mass_micro = stored.mass_micro + excluded.mass_micro, exceedances = stored.exceedances + excluded.exceedances,
  maximum = greatest(stored.maximum, excluded.maximum)
"""


def drain(rig: Rig, known: register.Register) -> Measured:
    """Load every reading that the broker has into a database of its own, beside the hub's.

    Measured as the hub is, from the first commit to the last. Raises BenchmarkError where all is one batch.
    """
    warehouse = Warehouse(rig.another_database("raw_limit"))
    warehouse.migrate()
    consumer = _consumer(rig.endpoints.kafka, [topic for topic in rig.topics if topic.endswith(".reading")])
    process, peak = psutil.Process(os.getpid()), 0.0
    commits = list[tuple[float, float, int]]()
    while records := [one for one in consumer.consume(_BATCH, timeout=2.0) if one.error() is None]:
        _load(warehouse, known, [record.value() for record in records])
        peak = max(peak, process.memory_info().rss / 2**20)
        commits.append((time.monotonic(), sum(process.cpu_times()[:2]), len(records)))
    consumer.close()
    warehouse.close()
    if len(commits) < 2:
        raise BenchmarkError("measured from the first commit to the last, so more events than one batch are needed")
    seconds, processor = commits[-1][0] - commits[0][0], commits[-1][1] - commits[0][1]
    events = sum(records for _, _, records in commits[1:])
    return Measured("raw limit: no checks, same tables", events, seconds, events / seconds, processor, peak)


def _load(warehouse: Warehouse, known: register.Register, values: list[bytes | None]) -> None:
    frame = _numbered(decode("reading", values, record_bytes=1 << 20).frame, known)
    with warehouse.batch() as connection:
        partitions.ensure(connection, frame["start"])
        raw: Any = connection.connection.driver_connection
        with raw.cursor() as cursor:
            cursor.execute(
                f"create temp table if not exists staged on commit delete rows as select {_LISTED} from reading limit 0"
            )
            _copy(cursor, frame)
            cursor.execute(_UPSERT)
            cursor.execute(_ROLLUP)


def _numbered(frame: pl.DataFrame, known: register.Register) -> pl.DataFrame:
    """The columns of the table, of what it can hold."""
    numbered = reading_keys(frame.drop("division"), known, ("division", "city")).drop_nulls(
        ["outlet", "pollutant", "period"]
    )
    storable = pl.all_horizontal(
        pl.col("start").dt.year().is_between(2000, 2030),
        *(pl.col(name).is_null() | (pl.col(name).abs() <= LARGEST_VALUE) for name in MEASURES),
    )
    moment = pl.col("reported_at").clip(0, LATEST_MS).cast(pl.Datetime("ms", "UTC"))
    valid = (pl.col("flag") == "N") & pl.col("mark").is_null()
    return (
        numbered.filter(storable)
        .with_columns(
            moment,
            moment.alias("received_at"),
            limit_value=pl.lit(None, pl.Float64),
            content=pl.lit(0, pl.Int64),
            offset=pl.lit(0, pl.Int64),
            intake=pl.lit(0, pl.Int32),
            valid=valid,
            exceeded=pl.lit(False),
            flagged=pl.lit(False),
        )
        .select(_STAGED)
    )


def _copy(cursor: Any, frame: pl.DataFrame) -> None:
    arrow = frame.to_arrow(compat_level=pl.CompatLevel.oldest())
    encoder = ArrowToPostgresBinaryEncoder(arrow.schema)
    with cursor.copy(f"copy staged ({_LISTED}) from stdin (format binary)") as stream:
        stream.write(encoder.write_header())
        for batch in arrow.to_batches():
            stream.write(encoder.write_batch(batch))
        stream.write(encoder.finish())


def _consumer(kafka: Cluster, topics: list[str]) -> Consumer:
    consumer = Consumer(
        {
            **kafka.librdkafka(),
            "group.id": "raw-limit",
            "auto.offset.reset": "earliest",
            "enable.auto.commit": False,
            "queued.max.messages.kbytes": 262_144,
            "fetch.message.max.bytes": 8 << 20,
        }
    )
    known = consumer.list_topics(timeout=10).topics
    consumer.assign([TopicPartition(one, number, 0) for one in topics for number in known[one].partitions])
    return consumer
