"""How often the broker is asked: never sooner than a linger after the last time, unless a backlog is being loaded."""

from __future__ import annotations

import asyncio
from itertools import pairwise
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from streams.pace import LEAST_BYTES, PATIENCE_MS, Pace, Rhythm

LINGER = 0.2


class Clock:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@given(st.lists(st.floats(0, 1), min_size=1, max_size=20))
def test_requests_to_a_node_go_out_a_linger_apart_and_no_later_than_that(between: list[float]) -> None:
    clock, sent = Clock(), list[float]()
    pace = Pace(Rhythm(LINGER), lambda: False, clock)
    for seconds in between:
        clock.now += seconds
        wait = pace.pause(1)
        assert 0 <= wait <= LINGER + 1e-9
        clock.now += wait
        sent.append(clock.now)
    assert all(later - earlier >= LINGER - 1e-9 for earlier, later in pairwise(sent))


def test_the_first_request_and_another_node_do_not_wait() -> None:
    pace = Pace(Rhythm(LINGER), lambda: False, Clock())
    assert pace.pause(1) == 0
    assert pace.pause(2) == 0
    assert abs(pace.pause(1) - LINGER) < 1e-9


@given(st.lists(st.floats(0, 20), max_size=30))
def test_records_gather_as_long_as_a_batch_takes_within_the_setting_and_a_second(batches: list[float]) -> None:
    rhythm = Rhythm(LINGER)
    for seconds in batches:
        rhythm.took(seconds)
        assert LINGER <= rhythm.linger <= 1.0
    for _ in range(60):
        rhythm.took(0.5)
    assert abs(rhythm.linger - 0.5) < 0.01


def test_a_setting_longer_than_a_second_holds() -> None:
    rhythm = Rhythm(5.0)
    rhythm.took(0.1)
    assert rhythm.linger == 5.0


def test_a_backlog_is_asked_for_without_a_pause() -> None:
    pace = Pace(Rhythm(LINGER), lambda: True, Clock())
    assert [pace.pause(1) for _ in range(3)] == [0, 0, 0]


class Fetcher:
    _fetch_min_bytes = 1 << 20
    _fetch_max_wait_ms = 1500

    def __init__(self) -> None:
        self.carried_out: list[Any] = []

    async def _proc_fetch_request(self, assignment: Any, node: int, request: Any) -> bool:
        self.carried_out.append((assignment, node, request))
        return True


def test_a_fetcher_that_is_led_still_carries_out_every_request_and_says_what_came() -> None:
    fetcher = Fetcher()
    Pace(Rhythm(0.0), lambda: False).lead(fetcher)
    assert asyncio.run(fetcher._proc_fetch_request("assigned", 1, "request")) is True
    assert fetcher.carried_out == [("assigned", 1, "request")]
    assert (fetcher._fetch_min_bytes, fetcher._fetch_max_wait_ms) == (LEAST_BYTES, PATIENCE_MS)


def test_a_request_that_is_cancelled_while_it_pauses_is_not_carried_out() -> None:
    async def cancelled() -> Fetcher:
        fetcher = Fetcher()
        pace = Pace(Rhythm(60.0), lambda: False)
        pace.pause(1)
        pace.lead(fetcher)
        request = asyncio.ensure_future(fetcher._proc_fetch_request("assigned", 1, "request"))
        await asyncio.sleep(0)
        request.cancel()
        assert await request is False  # aiokafka waits for its tasks without expecting that they were cancelled
        return fetcher

    assert asyncio.run(cancelled()).carried_out == []
