"""Room is given back when a chunk is committed, whoever still holds it, and once only."""

from __future__ import annotations

import numpy as np

from streams.records import Records
from streams.transport import Backlog


def records_of(rows: int) -> Records:
    return Records(np.arange(rows), np.zeros(rows, np.int64), [None] * rows, [b""] * rows, {})


def test_a_committed_chunk_gives_its_room_back_while_somebody_still_holds_it() -> None:
    backlog = Backlog(10)
    records = backlog.hold(records_of(3))
    assert backlog.room == 7
    records.release()
    assert backlog.room == 10
    assert len(records.records) == 3


def test_releasing_twice_and_then_letting_go_counts_once() -> None:
    backlog = Backlog(10)
    other, records = backlog.hold(records_of(2)), backlog.hold(records_of(3))
    records.release()
    records.release()
    del records
    assert backlog.room == 8
    assert len(other.records) == 2


def test_a_chunk_that_everybody_forgot_gives_its_room_back() -> None:
    backlog = Backlog(10)
    backlog.hold(records_of(3))
    assert backlog.room == 10


def test_a_backlog_is_busy_while_more_than_a_quarter_of_its_room_is_taken() -> None:
    backlog = Backlog(10)
    held = [backlog.hold(records_of(2))]
    assert not backlog.busy
    held.append(backlog.hold(records_of(1)))
    assert backlog.busy
    held[0].release()
    assert not backlog.busy


def test_a_partition_of_which_little_is_held_gives_a_few_records_without_room() -> None:
    backlog = Backlog(10)
    flood = backlog.hold(records_of(1_000), ("intake.340100.reading", 0))
    assert (backlog.room, len(flood.records)) == (0, 1_000)
    assert backlog.allowance(("intake.340100.reading", 0), 0) <= 0
    few = backlog.allowance(("intake.340200.reading", 0), 0)
    assert 0 < few <= 1_000
    held = backlog.hold(records_of(few - 1), ("intake.340200.reading", 0))
    assert backlog.allowance(("intake.340200.reading", 0), 0) == 1
    assert backlog.allowance(("intake.340200.reading", 0), 7) == 7
    held.release()
    assert backlog.allowance(("intake.340200.reading", 0), 0) == few
