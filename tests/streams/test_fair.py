"""How large a batch may be: small only where one publisher floods and others report."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from streams.fair import LATELY, LEAST, STAGE, limit

NOW, ROWS, PACE = 1000.0, 100_000, 80_000.0
CITIES = [f"34{number:02}00" for number in range(1, 17)]
WAITING = st.dictionaries(st.sampled_from(CITIES), st.integers(1, 10**6), min_size=1)
SEEN = st.dictionaries(st.sampled_from(CITIES), st.floats(NOW - 60, NOW))


@given(WAITING, SEEN, st.floats(100, 10**6), st.integers(1, 10**6))
def test_a_batch_is_never_larger_than_the_setting_and_never_empty(
    waiting: dict[str, int], seen: dict[str, float], pace: float, rows: int
) -> None:
    assert min(rows, LEAST) <= limit(waiting, seen, NOW, pace, rows) <= rows


def test_batches_are_brief_while_one_floods_and_another_reports() -> None:
    found = limit({"340100": 150_000, "340200": 3}, {"340100": NOW, "340200": NOW - 1}, NOW, PACE, ROWS)
    assert found == PACE * STAGE


def test_the_other_need_not_wait_at_this_moment() -> None:
    assert limit({"340100": 150_000}, {"340100": NOW, "340200": NOW - 1}, NOW, PACE, ROWS) < ROWS


def test_nobody_else_has_reported_lately() -> None:
    assert limit({"340100": 150_000}, {"340100": NOW, "340200": NOW - LATELY - 1}, NOW, PACE, ROWS) == ROWS


def test_a_backlog_of_all_is_loaded_in_large_batches() -> None:
    assert limit(dict.fromkeys(CITIES, 10_000), dict.fromkeys(CITIES, NOW), NOW, PACE, ROWS) == ROWS
