"""What the spool has taken is there until the broker has it, whatever dies."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from huiliu.kafka import Cluster
from huiliu_publisher import EventsRefused, Publisher, SpoolFull
from huiliu_publisher.spool import Record, Spool
from schemas.event_json import to_json
from validators.sample import SAMPLES

NIL = to_json("nil", SAMPLES["nil"])
WRITER = """
import sys
from pathlib import Path
from huiliu_publisher.spool import Record, Spool
spool = Spool(Path(sys.argv[1]))
n = 0
while True:
    spool.put([Record("intake.340100.nil", b"k", str(one).encode()) for one in (n, n + 1)])
    n += 2
    print(n, flush=True)
"""


def record(value: bytes) -> Record:
    return Record("t", b"k", value)


@settings(deadline=None, max_examples=25)  # every call waits for the disk
@given(calls=st.lists(st.lists(st.binary(max_size=20), min_size=1, max_size=5), max_size=6), sent=st.integers(0, 30))
def test_what_waits_is_what_was_put_and_not_confirmed_in_order(
    calls: list[list[bytes]], sent: int, tmp_path_factory: pytest.TempPathFactory
) -> None:
    spool = Spool(tmp_path_factory.mktemp("spool") / "s.db")
    numbers = [n for call in calls for n in spool.put([record(value) for value in call])]
    spool.confirmed({number: (0, at) for at, number in enumerate(numbers[:sent])})
    assert [one.value for one in spool.waiting()] == [value for call in calls for value in call][sent:]
    assert spool.places(numbers) == {number: (0, at) for at, number in enumerate(numbers[:sent])}
    spool.close()


def test_a_killed_sender_loses_nothing_that_was_put(tmp_path: Path) -> None:
    path = tmp_path / "s.db"
    with subprocess.Popen([sys.executable, "-c", WRITER, str(path)], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        said = [process.stdout.readline() for _ in range(20)]
        os.kill(process.pid, signal.SIGKILL)
        said += process.stdout.readlines()
    spool = Spool(path)
    values = [int(one.value) for one in spool.waiting(1_000_000)]
    spool.close()
    told = int([line for line in said if line.endswith("\n")][-1])
    assert values == list(range(len(values)))
    assert len(values) >= told
    assert len(values) % 2 == 0
    assert path.stat().st_mode & 0o077 == 0


def test_a_full_spool_refuses_the_whole_call(tmp_path: Path) -> None:
    spool = Spool(tmp_path / "s.db", most_bytes=10)
    spool.put([record(b"12345")])
    with pytest.raises(SpoolFull):
        spool.put([record(b"1"), record(b"123456")])
    assert [one.value for one in spool.waiting()] == [b"12345"]
    spool.close()


def test_an_event_that_no_broker_takes_is_refused_before_it_blocks_the_others(tmp_path: Path) -> None:
    with Publisher(Cluster("127.0.0.1:1"), "340100", spool=tmp_path / "s.db") as publisher:
        with pytest.raises(EventsRefused, match="bytes"):
            publisher.send("nil", [NIL, {**NIL, "reason": "长" * 6_000_000}])
        assert publisher.bytes_waiting == 0


def test_events_that_do_not_fit_refuse_the_call_and_say_where(tmp_path: Path) -> None:
    with Publisher(Cluster("127.0.0.1:1"), "340100", spool=tmp_path / "s.db") as publisher:
        with pytest.raises(EventsRefused) as refused:
            publisher.send("nil", [NIL, {**NIL, "revision": "x", "colour": 1}])
        assert {(fault.event, fault.fault.field) for fault in refused.value.faults} == {(1, "revision"), (1, "colour")}
        assert publisher.bytes_waiting == 0
        (verdict,) = publisher.check("nil", [NIL])
        assert verdict["outcome"] == "accepted"
        (other,) = publisher.check("nil", [{**NIL, "revision": 0}])
        assert other["outcome"] == "rejected"
