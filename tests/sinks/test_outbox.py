"""The outbox tells each partition's chunks in order, to one relay at a time, until they are done."""

from __future__ import annotations

from typing import Any

from sinks import outbox
from sinks.warehouse import Warehouse

ONE, TWO = "intake.340100.reading", "intake.340200.award"


def fill(warehouse: Warehouse, journal: Any) -> None:
    with warehouse.batch() as connection:
        for offset in range(3):
            journal.enter(connection, ONE, [offset])
            journal.enter(connection, TWO, [offset])


def told(rows: list[dict[str, Any]]) -> list[tuple[int, int, str]]:
    return [(row["intake"], row["first_offset"], row["kind"]) for row in rows]


def test_chunks_come_in_the_order_in_which_they_were_loaded(warehouse: Warehouse, journal: Any) -> None:
    fill(warehouse, journal)
    with warehouse.batch() as connection:
        rows = outbox.claim(connection, 3)
        assert told(rows) == [(1, 0, "reading"), (2, 0, "award"), (1, 1, "reading")]
        outbox.done(connection, [row["id"] for row in rows])
    with warehouse.batch() as connection:
        assert told(outbox.claim(connection, 9)) == [(2, 1, "award"), (1, 2, "reading"), (2, 2, "award")]
        assert outbox.waiting(connection) == 3


def test_a_partition_that_one_relay_tells_is_passed_over_by_the_others(warehouse: Warehouse, journal: Any) -> None:
    fill(warehouse, journal)
    with warehouse.batch() as first, warehouse.batch() as second, warehouse.batch() as third:
        assert [row["id"] for row in outbox.claim(first, 1)] == [1]
        assert told(outbox.claim(second, 9)) == [(2, 0, "award"), (2, 1, "award"), (2, 2, "award")]
        assert outbox.claim(third, 9) == []


def test_what_was_claimed_and_not_done_is_claimed_again(warehouse: Warehouse, journal: Any) -> None:
    fill(warehouse, journal)
    with warehouse.batch() as connection:
        first = outbox.claim(connection, 9)
    with warehouse.batch() as connection:
        assert outbox.claim(connection, 9) == first
        outbox.done(connection, [])
        assert outbox.waiting(connection) == 6


def test_nothing_is_claimed_from_an_empty_outbox(warehouse: Warehouse) -> None:
    with warehouse.batch() as connection:
        assert outbox.claim(connection, 9) == []


def test_no_backlog_of_a_partition_stands_before_the_chunk_of_another(warehouse: Warehouse, journal: Any) -> None:
    with warehouse.batch() as connection:
        for offset in range(5):
            journal.enter(connection, ONE, [offset])
        journal.enter(connection, TWO, [0])
    with warehouse.batch() as connection:
        assert told(outbox.claim(connection, 3)) == [(1, 0, "reading"), (2, 0, "award"), (1, 1, "reading")]


def test_chunks_are_claimed_by_their_weight(warehouse: Warehouse, journal: Any) -> None:
    fill(warehouse, journal)  # chunks of one accepted record
    with warehouse.batch() as connection:
        assert outbox.claim(connection, 9, lightest=2) == []
        assert len(outbox.claim(connection, 9, heaviest=1)) == 6
