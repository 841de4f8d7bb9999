"""An uploaded file's records to Kafka, portion after portion, at no more than its publisher's rate."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import numpy as np

from gateways.http.intake import Intake, Load
from gateways.http.problem import Problem
from gateways.http.producing import Place
from gateways.http.upload import spool
from gateways.http.upload.spool import Some
from sinks.uploads import Placed

#: Seconds for room to come free for a portion, and between two looks.
_PATIENCE: Final = 20.0
_LOOK: Final = 0.05


async def send(intake: Intake, publisher: str, topic: str, records: Path) -> Placed:
    """Send all and wait until Kafka has them; where each row went. Raises Problem 503: some may be there then.

    One portion at a time: the next is not read before Kafka has confirmed the one before, so memory holds one.
    """
    rows: list[int] = []
    places: list[Place] = []
    for some in spool.portions(records):
        await intake.rates.paced(publisher, len(some.rows))
        places += await _delivered(intake, topic, some)
        rows += some.rows
    return _placed(rows, places)


async def _delivered(intake: Intake, topic: str, some: Some) -> Sequence[Place]:
    load = await _held(intake, some.size)
    return await intake.producing.deliver(topic, some.keys, some.values, load.let_go)


async def _held(intake: Intake, size: int) -> Load:
    """Room for so many bytes, waited for: the file is half sent, and its sender waits already. Raises Problem 503."""
    load, deadline = Load(intake.flight), time.monotonic() + _PATIENCE
    while True:
        try:
            load.hold(size)
        except Problem:
            if time.monotonic() > deadline:
                raise
            await asyncio.sleep(_LOOK)
        else:
            return load


def _placed(rows: Sequence[int], places: Sequence[Place]) -> Placed:
    pairs = np.array(places, np.int64).reshape(-1, 2)
    return Placed(np.array(rows, np.int64), pairs[:, 0], pairs[:, 1])
