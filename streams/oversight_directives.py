"""Directives from the outbox to ``directives.<division>``: after the commit, at least once, each under its identity.

1. Claim some, in order. 2. Send them. 3. Wait until the broker has them. 4. Mark them as told, commit. Dying between
2 and 4 sends them again under the same identity (header ``huiliu.id``).
"""

from __future__ import annotations

import asyncio
import json
import logging
import time
from collections.abc import Mapping, Sequence
from typing import Any, Final

from aiokafka import AIOKafkaProducer
from aiokafka.errors import KafkaError

from huiliu.division import city_of, known, province_of
from schemas import topics
from sinks import cases, publishers
from sinks.warehouse import Warehouse
from streams.drill import NO_DRILL, TOLD, Drill

logger = logging.getLogger(__name__)

#: Directives in one round.
_SOME: Final = 200

#: How long a division that cannot be told is left alone, seconds; and how long the broker may take.
_HELD: Final = 30.0
_PATIENCE: Final = 10.0


class Directives:
    """Tells what the outbox holds. A division that has no topic, nor anybody above it, waits alone and is named."""

    def __init__(self, warehouse: Warehouse, drill: Drill = NO_DRILL) -> None:
        self._warehouse, self._drill = warehouse, drill
        self._held: dict[int, float] = {}

    async def tell(self, sender: AIOKafkaProducer) -> int:
        """One round; returns how many were told. Raises WarehouseError."""
        now = time.monotonic()
        self._held = {division: until for division, until in self._held.items() if until > now}
        with self._warehouse.batch() as connection:
            claimed = cases.untold(connection, _SOME, tuple(self._held))  # 1.
            if not claimed:
                return 0
            there = {str(one.division) for one in publishers.listed(connection)}
            sending = [(row, await self._send(sender, row, there)) for row in claimed]  # 2.
            under_way = [one for _, one in sending if one is not None]
            if under_way:
                await asyncio.wait(under_way, timeout=_PATIENCE)  # 3.
            told = [row["id"] for row, one in sending if one is not None and self._arrived(row, one)]
            self._drill.reached(TOLD)
            cases.told(connection, told)  # 4.
        return len(told)

    async def _send(
        self, sender: AIOKafkaProducer, row: Mapping[str, Any], there: set[str]
    ) -> asyncio.Future[Any] | None:
        to = addressee(f"{row['division']:06}", there)
        if to is None:
            self._hold(row, "no publisher is registered for it, nor for its city or province: huiliu publisher add")
            return None
        try:
            sending: asyncio.Future[Any] = await sender.send(**message(topics.directives_topic(to), row))
            return sending
        except (KafkaError, TimeoutError) as fault:
            self._hold(row, fault)
            return None

    def _arrived(self, row: Mapping[str, Any], sending: asyncio.Future[Any]) -> bool:
        fault = sending.exception() if sending.done() else TimeoutError(f"not taken within {_PATIENCE:.0f} s")
        if fault is not None:
            self._hold(row, fault)
        return fault is None

    def _hold(self, row: Mapping[str, Any], why: object) -> None:
        if row["division"] not in self._held:
            logger.error("Division %06d cannot be told of %s, trying again: %s", row["division"], row["number"], why)
        self._held[row["division"]] = time.monotonic() + _HELD


def addressee(division: str, there: set[str]) -> str | None:
    """Whose topic a division is told through: its own, else its city's, else its province's; None: nobody's."""
    above: Sequence[str] = (str(city_of(division)), str(province_of(division))) if known(division) else ()
    return next((one for one in (division, *above) if one in there), None)


def message(topic: str, row: Mapping[str, Any]) -> dict[str, Any]:
    """The message of a directive; directives of one case keep their order, by the key."""
    return {
        "topic": topic,
        "key": row["number"].encode(),
        "value": json.dumps(row["body"], ensure_ascii=False, separators=(",", ":")).encode(),
        "headers": [("huiliu.id", row["identity"].encode()), ("content-type", b"application/json")],
    }
