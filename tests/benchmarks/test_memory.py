"""Growth of memory is told from samples between marks."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from benchmarks import memory


class Hub:
    """Loads a quarter of 4,000,000 events each time it is waited for, with one sample taken meanwhile."""

    def __init__(self, resident: list[float]) -> None:
        self.resident = iter(resident)

    def until_loaded(self, offsets: int, usage: Any) -> None:
        usage.memory.append((0.0, next(self.resident)))


@pytest.mark.parametrize(("last", "growth"), [(300.0, 0.0), (340.0, 20.0), (280.0, -10.0)])
def test_growth_is_last_quarter_less_second_for_each_million_between(last: float, growth: float) -> None:
    usage = SimpleNamespace(memory=[], peak_mib=500.0)
    hub = Hub([100.0, 500.0, 300.0, 330.0, last])
    course = memory._course("backlog", hub, usage, 0, 4_000_000)
    assert course.growth_mib_per_million == pytest.approx(growth)
    assert (course.second_quarter_mib, course.last_quarter_mib) == (300.0, last)
