"""The worker is killed at every step of the batch, as `kill -9` would; nothing is lost and nothing counts twice."""

from __future__ import annotations

import signal
from collections.abc import Callable
from itertools import chain
from typing import Any

import pytest

from simulation.province import Province
from simulation.publisher import connected
from streams.drill import STEPS

pytestmark = [pytest.mark.drill, pytest.mark.timeout(400)]

#: Steps after the commit: what they were reached with stays.
AFTER = ("committed", "acked")


def test_a_worker_killed_at_any_step_leaves_all_or_nothing(
    hub: Any, settled: Callable[[Province], None], prove: Callable[..., None]
) -> None:
    province = Province(seed=23, events=5500)
    settled(province)
    hub.stop()
    events = list(chain.from_iterable(province.events()))
    share = -(-len(events) // len(STEPS))
    with connected(hub.kafka) as publisher:
        for number, step in enumerate(STEPS):
            publisher.send(events[number * share : (number + 1) * share])
            before = hub.loaded()
            process = hub.worker(HUILIU_CRASH_AT=step, HUILIU_SESSION_SECONDS="6")
            assert process.wait(90) == -signal.SIGKILL, f"step {step}:\n{hub.log()}"
            assert (hub.loaded() > before) == (step in AFTER), f"killed at {step}"
    hub.worker(HUILIU_SESSION_SECONDS="6")
    hub.wait_for(province.answer_key.totals()["received"])
    prove(province.answer_key)
