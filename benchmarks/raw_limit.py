"""The raw limit of loading readings: consume, decode by columns, COPY into a bare table, and nothing else.

No rules, no gate, no keys, no index, no history, no rollups, no ledger, no quarantine; what cannot be decoded is
dropped.
"""

from __future__ import annotations

import os
import time
from typing import Any

import polars as pl
import psutil
import psycopg
from confluent_kafka import Consumer, TopicPartition
from pgpq import ArrowToPostgresBinaryEncoder

from schemas.decode import decode

_BATCH = 100_000
_TABLE = """
create table raw_reading (division text, revision int4, reported_at int8, source_ref text, mn text, pollutant text,
    period text, start int8, average float8, minimum float8, maximum float8, cumulative float8, corrected float8,
    flag text, mark text)
"""


def drain(kafka: str, database: str, topics: list[str]) -> tuple[int, float, float, float, float]:
    """Load every record of these topics: events, seconds, events/s, processor seconds, peak memory MiB."""
    with psycopg.connect(database) as connection:
        connection.execute(_TABLE)
        connection.commit()
        consumer = _consumer(kafka, topics)
        process, peak, events = psutil.Process(os.getpid()), 0.0, 0
        used, started = sum(process.cpu_times()[:2]), time.monotonic()
        last = started
        while records := [one for one in consumer.consume(_BATCH, timeout=2.0) if one.error() is None]:
            _load(connection, [record.value() for record in records])
            events += len(records)
            peak = max(peak, process.memory_info().rss / 2**20)
            last = time.monotonic()
        processor = sum(process.cpu_times()[:2]) - used
        connection.execute("drop table raw_reading")
        consumer.close()
    seconds = last - started
    return events, seconds, events / seconds, processor, peak


def _load(connection: psycopg.Connection[Any], values: list[bytes | None]) -> None:
    frame = decode("reading", values, record_bytes=1 << 20).frame.drop("row")
    arrow = frame.to_arrow(compat_level=pl.CompatLevel.oldest())
    encoder = ArrowToPostgresBinaryEncoder(arrow.schema)
    statement = f"copy raw_reading ({', '.join(frame.columns)}) from stdin (format binary)"
    with connection.cursor() as cursor, cursor.copy(statement) as stream:
        stream.write(encoder.write_header())
        for batch in arrow.to_batches():
            stream.write(encoder.write_batch(batch))
        stream.write(encoder.finish())
    connection.commit()


def _consumer(kafka: str, topics: list[str]) -> Consumer:
    consumer = Consumer(
        {
            "bootstrap.servers": kafka,
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
