"""A small province, end to end over a real broker and a real warehouse."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from simulation.province import Province
from simulation.publisher import connected

pytestmark = pytest.mark.live


def test_a_province_with_faults_duplicates_and_corrections_equals_its_answer_key(
    hub: Any, settled: Callable[[Province], None], prove: Callable[..., None]
) -> None:
    province = Province(seed=11, events=3000)
    settled(province)
    with connected(hub.kafka) as publisher:
        for batch in province.events():
            publisher.send(batch)
    hub.wait_for(province.answer_key.totals()["received"])
    totals = province.answer_key.totals()
    assert min(totals.values()) > 0, "the province must have something of every outcome"
    prove(province.answer_key)
