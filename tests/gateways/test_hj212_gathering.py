"""Packets of the log are gathered until their message is done with, whichever gateway took them."""

from __future__ import annotations

from itertools import count
from types import SimpleNamespace
from typing import Any

import pytest

from gateways.hj212 import frame, gathering, records
from gateways.hj212.gathering import Gathering, Open
from gateways.hj212.reassembly import Key
from gateways.hj212.records import Receipt
from gateways.hj212.segment import parse
from schemas.packets import incomplete
from schemas.topics import HJ212_FRAMES
from tests.gateways.hj212_gateway import MN, segment

TIME = "20260501000000"
AGE = 120_000


@pytest.fixture
def log() -> Any:
    """Writes records as the gateway does, at offsets of their own."""
    offsets = count()

    def write(record: records.Record, at_ms: int) -> Any:
        return SimpleNamespace(
            topic=HJ212_FRAMES,
            partition=0,
            offset=next(offsets),
            timestamp=at_ms,
            key=record.key,
            value=record.value,
            headers=record.headers,
        )

    return write


def key(time: str = TIME, pnum: int = 3) -> Key:
    return Key(MN, "2061", time, pnum)


def packet(pno: int, time: str = TIME, pnum: int = 3) -> records.Record:
    told = f"DataTime={time};" if time else ""
    data = segment("2061", f"{told}a2102{pno}-Avg={pno}.5,a2102{pno}-Flag=N", Flag="7", PNUM=str(pnum), PNO=str(pno))
    return records.of_packet(key(time, pnum), parse(data), frame.build(data), Receipt(0, ""))


def came(one: Open) -> list[int]:
    return sorted(one.message.packets)


def test_a_message_that_is_marked_as_whole_is_done_with(log: Any) -> None:
    gathered = Gathering(lambda _: None, AGE)
    for record in (packet(1), packet(2), packet(3), records.whole(key())):
        gathered.take(log(record, 0))
    assert list(gathered.due(10 * AGE)) == []
    assert gathered.first(0, 4) == 4


def test_a_whole_message_without_its_mark_is_due_soon_and_one_with_a_packet_missing_when_its_time_is_up(
    log: Any,
) -> None:
    gathered = Gathering(lambda _: None, AGE)
    for record in (packet(1, "20260501010000"), packet(3, "20260501010000"), packet(1), packet(2), packet(3)):
        gathered.take(log(record, 1_000))
    assert list(gathered.due(11_000)) == []
    (whole,) = gathered.due(11_001)
    assert (whole.message.key.time, came(whole)) == (TIME, [1, 2, 3])
    gathered.judged(whole)
    assert gathered.first(0, 5) == 0
    (overdue,) = gathered.due(AGE + 1_001)
    assert came(overdue) == [1, 3]
    assert incomplete(overdue.message.whole()[1]) == ("CN=2061;DataTime=20260501010000;PNUM=3;PNO=1,3", "PNO=2")
    gathered.judged(overdue)
    assert gathered.first(0, 5) == 5


def test_a_packet_that_comes_after_the_report_completes_the_message_without_another(log: Any) -> None:
    gathered = Gathering(lambda _: None, AGE)
    for record in (packet(1), packet(2)):
        gathered.take(log(record, 0))
    (first,) = gathered.due(AGE + 1)
    assert not gathered.reported(first)
    gathered.judged(first)
    gathered.take(log(packet(3), AGE + 5_000))
    (then,) = gathered.due(AGE + 15_001)
    assert (gathered.reported(then), came(then)) == (True, [1, 2, 3])


def test_packets_that_tell_no_time_join_the_message_that_does(log: Any) -> None:
    gathered = Gathering(lambda _: None, AGE)
    for record in (packet(2, ""), packet(1), packet(3)):
        gathered.take(log(record, 0))
    (one,) = gathered.due(10_001)
    assert (one.message.key, came(one)) == (key(), [1, 2, 3])


def test_past_its_room_the_oldest_are_judged_early_and_partitions_shared_out_anew_are_forgotten(
    log: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    size = len(packet(1).value)
    monkeypatch.setattr(gathering, "_ROOM", 2 * size)
    gathered = Gathering(lambda _: None, AGE)
    for hour in range(4):
        gathered.take(log(packet(1, f"202605010{hour}0000"), hour))
    early = list(gathered.due(10))
    assert [one.message.key.time for one in early] == ["20260501000000", "20260501010000"]
    for one in early:
        gathered.judged(one)
    assert list(gathered.due(10)) == []
    gathered.clear()
    assert list(gathered.due(10 * AGE)) == []


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (b"", None),
        (b"##0010QN=1;CP=&&&&0000\r\n", None),
        (b"##QN=1;CN=2061;PNUM=2;PNO=1;CP=&&&&", ("CN=2061;PNUM=2;PNO=1", "PNO=2")),
        (b"##PNUM=1;PNO=1;CP=&&&&", None),
        (b"##PNUM=2;PNO=1;CP=&&&&##PNUM=2;PNO=2;CP=&&&&", None),
        (b"##PNUM=x;PNO=1;CP=&&&&", None),
        (b"#" * 1_000_000, None),
        (b"##a" * 300_000, None),
    ],
)
def test_bare_packets_tell_what_is_missing_of_them_and_anything_else_tells_nothing(
    value: bytes, expected: object
) -> None:
    assert incomplete(value) == expected
