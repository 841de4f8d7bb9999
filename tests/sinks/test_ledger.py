"""The ledger fences writers, has no hole, and chains hashes that others can compute."""

from __future__ import annotations

import hashlib
import zlib
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text

from huiliu.outcome import Outcome
from sinks import ledger
from sinks.errors import ContentRefused, LedgerHole
from sinks.warehouse import Warehouse

TOPIC = "intake.340100.reading"
ENTRY = ledger.Entry(
    intake=7,
    first_offset=10,
    next_offset=13,
    records=2,
    gaps=1,
    accepted=1,
    corrected=0,
    duplicate=0,
    stale=0,
    quarantined=1,
    outcomes=zlib.compress(bytes([Outcome.ACCEPTED, Outcome.GAP, Outcome.QUARANTINED])),
    raw_sha256=bytes(range(32)),
    rule_set="abc123",
    not_evaluated={"RD-2": 3, "RD-1": 1},
)


def test_the_hash_is_that_of_the_lines_that_the_module_documents() -> None:
    lines = [
        "huiliu-ledger-1",
        "ff00",
        TOPIC,
        "3",
        "10 13",
        "2 1 1 0 0 0 1",
        hashlib.sha256(bytes([0, 5, 4])).hexdigest(),
        bytes(range(32)).hex(),
        "abc123",
        "RD-1=1",
        "RD-2=3",
    ]
    expected = hashlib.sha256(("\n".join(lines) + "\n").encode()).digest()
    assert ledger.chain(b"\xff\x00", TOPIC, 3, ENTRY) == expected


CHANGES = st.sampled_from(
    [
        {"first_offset": 9},
        {"next_offset": 14},
        {"accepted": 0, "duplicate": 1},
        {"outcomes": zlib.compress(bytes([5, 0, 4]))},
        {"raw_sha256": bytes(32)},
        {"rule_set": "abc124"},
        {"not_evaluated": {}},
    ]
)


@given(change=CHANGES, previous=st.binary(max_size=32), partition=st.integers(0, 9))
def test_any_other_content_gives_another_hash(change: dict[str, Any], previous: bytes, partition: int) -> None:
    first = ledger.chain(previous, TOPIC, partition, ENTRY)
    assert ledger.chain(previous, TOPIC, partition, replace(ENTRY, **change)) != first
    assert ledger.chain(previous + b"\x00", TOPIC, partition, ENTRY) != first
    assert ledger.chain(previous, TOPIC, partition + 1, ENTRY) != first


def test_locking_makes_missing_partitions_and_returns_where_each_ends(warehouse: Warehouse, journal: Any) -> None:
    with warehouse.batch() as connection:
        heads = ledger.lock(connection, [(TOPIC, 1), (TOPIC, 0), ("elsewhere", 0), (TOPIC, 1)])
        assert [(place, head.next_offset, head.hash) for place, head in heads.items()] == [
            (("elsewhere", 0), 0, b""),
            ((TOPIC, 0), 0, b""),
            ((TOPIC, 1), 0, b""),
        ]
        journal.enter(connection, TOPIC, [0, 1], upto=2, partition=1)
    with warehouse.batch() as connection:
        again = ledger.lock(connection, [(TOPIC, 1)])
        assert again[TOPIC, 1].intake == heads[TOPIC, 1].intake
        assert again[TOPIC, 1].next_offset == 2
        assert ledger.next_offsets(connection) == {("elsewhere", 0): 0, (TOPIC, 0): 0, (TOPIC, 1): 2}
        assert ledger.next_offsets(connection, [(TOPIC, 1), (TOPIC, 9)]) == {(TOPIC, 1): 2}
        places = text('select division, kind from intake order by topic collate "C", partition')
        assert connection.execute(places).all() == [(None, None), (340100, "reading"), (340100, "reading")]


def test_entries_are_chained_in_the_order_of_their_offsets(warehouse: Warehouse, journal: Any) -> None:
    with warehouse.batch() as connection:
        heads = ledger.lock(connection, [(TOPIC, 0)])
        head = heads[TOPIC, 0]
        first = journal.entry(head, 2, bytes([0, 0]))
        second = journal.entry(replace(head, next_offset=2), 3, bytes([4]))
        ends = ledger.append(connection, heads, [second, first])
    expected = ledger.chain(ledger.chain(b"", TOPIC, 0, first), TOPIC, 0, second)
    assert (ends[TOPIC, 0].next_offset, ends[TOPIC, 0].hash) == (3, expected)
    with warehouse.read() as connection:
        row = ledger.entry_at(connection, TOPIC, 0, 2)
        assert row is not None
        assert (row["topic"], row["previous_hash"]) == (TOPIC, ledger.chain(b"", TOPIC, 0, first))
        assert ledger.entry_of(row) == second
        found = ledger.entry_at(connection, TOPIC, 0, 1)
        assert found is not None
        assert found["first_offset"] == 0
        assert ledger.entry_at(connection, TOPIC, 0, 3) is None


@pytest.mark.parametrize("first_offset", [1, 5])
def test_an_entry_that_does_not_begin_at_the_end_is_refused(
    first_offset: int, warehouse: Warehouse, journal: Any
) -> None:
    with pytest.raises(LedgerHole, match=str(first_offset)), warehouse.batch() as connection:
        journal.enter(connection, TOPIC, [0, 1, 2], upto=3)
        heads = ledger.lock(connection, [(TOPIC, 0)])
        at = replace(heads[TOPIC, 0], next_offset=first_offset)
        ledger.append(connection, heads, [journal.entry(at, first_offset + 1, bytes([0]))])


@pytest.mark.parametrize("wrong", [{"accepted": 3}, {"gaps": 0}, {"next_offset": 12}, {"stale": -1, "accepted": 2}])
def test_counts_that_do_not_add_up_are_refused(wrong: dict[str, Any], warehouse: Warehouse) -> None:
    with pytest.raises(ContentRefused, match="23514"), warehouse.batch() as connection:
        heads = ledger.lock(connection, [(TOPIC, 0)])
        start = heads[TOPIC, 0]
        entry = replace(ENTRY, intake=start.intake, first_offset=10, **wrong)
        ledger.append(connection, {(TOPIC, 0): replace(start, next_offset=10)}, [entry])


def test_a_second_writer_of_a_partition_waits_and_sees_what_the_first_has_loaded(
    warehouse: Warehouse, journal: Any, blocked: Any
) -> None:
    def second() -> int:
        with warehouse.batch() as connection:
            return ledger.lock(connection, [(TOPIC, 0)])[TOPIC, 0].next_offset

    with ThreadPoolExecutor(1) as pool:
        with warehouse.batch() as connection:
            journal.enter(connection, TOPIC, [0, 1], upto=2)
            waiting = pool.submit(second)
            blocked()
        assert waiting.result() == 2


def test_a_batch_that_fails_leaves_the_ledger_as_it_was(warehouse: Warehouse, journal: Any) -> None:
    with pytest.raises(ZeroDivisionError), warehouse.batch() as connection:
        journal.enter(connection, TOPIC, [0], upto=1)
        raise ZeroDivisionError
    with warehouse.read() as connection:
        assert ledger.next_offsets(connection) == {}
