"""What is told when a broker goes away while records are on their way."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from kafka.errors import KafkaTimeoutError

from commands.producing import Run, Sender
from huiliu.errors import Unavailable
from huiliu.kafka import Cluster


class Future:
    def __init__(self, partition: int, offset: int, fault: Exception | None = None) -> None:
        self.confirmed, self.fault = SimpleNamespace(topic="t", partition=partition, offset=offset), fault

    def get(self, timeout: float) -> Any:
        if self.fault is not None:
            raise self.fault
        return self.confirmed


class Producer:
    """Confirms record after record in two partitions, until it does not."""

    def __init__(self, dies_at: int = 1 << 30) -> None:
        self.sent, self.dies_at = 0, dies_at

    def send(self, topic: str, value: bytes, key: bytes, headers: list[Any]) -> Future:
        number, self.sent = self.sent, self.sent + 1
        return Future(number % 2, 100 + number // 2, KafkaTimeoutError() if number >= self.dies_at else None)


def test_first_and_last_offsets_of_each_partition_are_accounted_for() -> None:
    sender = Sender(Producer(), Cluster("kafka:9092"))
    for _ in range(3):
        sender.send("t", [b"k"] * 5, [b"v"] * 5)
    assert sender.confirmed == 10, "the last round is not waited for yet"
    sender.finish()
    assert sorted(sender.runs.values(), key=lambda run: run.partition) == [
        Run("t", 0, 100, 107, 8),
        Run("t", 1, 100, 106, 7),
    ]


def test_a_broker_that_goes_away_is_told_with_what_it_confirmed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HUILIU_LANGUAGE", "zh")
    sender = Sender(Producer(dies_at=7), Cluster("kafka:9092"))
    sender.send("t", [b"k"] * 5, [b"v"] * 5)
    with pytest.raises(Unavailable, match=r"已确认 7 条.*重发"):
        for _ in range(3):
            sender.send("t", [b"k"] * 5, [b"v"] * 5)
    assert sender.confirmed == 7


def test_nothing_is_waited_for_when_nothing_was_sent() -> None:
    sender = Sender(Producer(), Cluster("kafka:9092"))
    sender.finish()
    assert sender.runs == {}
