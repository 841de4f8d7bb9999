"""Months are made on demand, also by two batches at once."""

from __future__ import annotations

import threading
import time
from datetime import UTC, datetime

import polars as pl
from sqlalchemy import text

from sinks import partitions
from sinks.warehouse import Warehouse

MAY, JUNE = (pl.Series([datetime(2031, month, 15, tzinfo=UTC)], dtype=pl.Datetime("ms", "UTC")) for month in (5, 6))


def test_a_batch_that_waited_for_the_same_new_month_goes_on_with_it(warehouse: Warehouse) -> None:
    """Its session has asked for a month before: what it looked up is at hand, and would not be looked up again."""
    faults: list[BaseException] = []
    warm, first_made = threading.Event(), threading.Event()

    def second() -> None:
        try:
            with warehouse.engine.connect() as connection:
                partitions.ensure(connection, MAY)
                warm.set()
                first_made.wait(30)
                partitions.ensure(connection, JUNE)
                connection.commit()
        except BaseException as fault:
            faults.append(fault)
            warm.set()

    with warehouse.batch() as connection:
        partitions.ensure(connection, MAY)
    other = threading.Thread(target=second)
    other.start()
    warm.wait(30)
    with warehouse.batch() as connection:
        partitions.ensure(connection, JUNE)
        first_made.set()
        waiting = text("select count(*) from pg_locks where locktype = 'advisory' and not granted")
        deadline = time.monotonic() + 30
        while not connection.execute(waiting).scalar_one():
            assert time.monotonic() < deadline, f"the second batch does not wait for the first: {faults}"
            time.sleep(0.01)
    other.join(30)
    assert not faults
    with warehouse.read() as connection:
        made = connection.execute(text("select count(*) from pg_class where relname = 'reading_2031_06'")).scalar_one()
    assert made == 1
