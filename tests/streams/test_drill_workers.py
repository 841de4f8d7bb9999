"""Workers join and leave under load, politely and not; every event still counts once."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable
from itertools import chain
from typing import Any

import pytest

from simulation.province import Province
from simulation.publisher import connected

pytestmark = [pytest.mark.drill, pytest.mark.timeout(300)]

QUICK = {"HUILIU_SESSION_SECONDS": "6"}


def test_workers_that_join_leave_and_die_under_load_change_nothing(
    hub: Any, settled: Callable[[Province], None], prove: Callable[..., None]
) -> None:
    province = Province(seed=29, events=12_000)
    first = hub.worker(**QUICK)
    settled(province)
    events = list(chain.from_iterable(province.events()))
    begun = hub.loaded()

    def publish() -> None:
        with connected(hub.kafka) as publisher:
            publisher.send(events, rate=400)

    load = threading.Thread(target=publish)
    load.start()
    try:
        hub.wait_for(begun + 500)
        second = hub.worker(**QUICK)  # joins
        hub.wait_for(begun + 4000)
        third = hub.worker(**QUICK)
        hub.wait_for(begun + 6000)
        first.send_signal(signal.SIGTERM)  # leaves
        assert first.wait(30) == 0
        hub.wait_for(begun + 8000)
        second.kill()  # dies
        second.wait()
        assert third.poll() is None
    finally:
        load.join()
    hub.wait_for(province.answer_key.totals()["received"])
    prove(province.answer_key)
