"""Months are made on demand, also by two batches at once."""

from __future__ import annotations

import threading
import time
from datetime import UTC, datetime

import polars as pl
from sqlalchemy import text

from sinks import partitions
from sinks.warehouse import Warehouse

JUNE = pl.Series([datetime(2031, 6, 15, tzinfo=UTC)], dtype=pl.Datetime("ms", "UTC"))


def test_a_batch_that_waited_for_the_same_new_month_goes_on_with_it(warehouse: Warehouse) -> None:
    faults: list[BaseException] = []

    def second() -> None:
        try:
            with warehouse.batch() as connection:
                partitions.ensure(connection, JUNE)
        except BaseException as fault:
            faults.append(fault)

    with warehouse.batch() as connection:
        partitions.ensure(connection, JUNE)
        other = threading.Thread(target=second)
        other.start()
        waiting = text("select count(*) from pg_locks where locktype = 'advisory' and not granted")
        deadline = time.monotonic() + 30
        while not connection.execute(waiting).scalar_one():
            assert time.monotonic() < deadline, "the second batch does not wait for the first"
            time.sleep(0.01)
    other.join(30)
    assert not faults
    with warehouse.read() as connection:
        made = connection.execute(text("select count(*) from pg_class where relname = 'reading_2031_06'")).scalar_one()
    assert made == 1
