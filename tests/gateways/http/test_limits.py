"""How much and how fast: nobody waits for another's flood, nothing is held without bound, nobody guesses for long."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateways.http.identity import login
from gateways.http.limits import FAILURES, Bucket, Failures, Flight, Guests, Rates
from gateways.http.problem import Problem, language_of
from gateways.http.producing import Producing
from huiliu.kafka import Cluster


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


@given(st.lists(st.tuples(st.floats(0, 5), st.integers(1, 30)), max_size=40))
def test_no_more_goes_through_a_bucket_than_its_room_and_its_rate_allow(tries: list[tuple[float, int]]) -> None:
    clock = Clock()
    bucket, taken = Bucket(3.0, 10.0, clock), 0.0
    for pause, amount in tries:
        clock.now += pause
        seconds = bucket.take(amount)
        taken += 0 if seconds else amount
        assert taken <= 10 + 3 * clock.now + 30  # what is more than the room goes when it is full, and is owed
        if seconds:
            clock.now += seconds
            assert bucket.take(amount) == 0
            taken += amount


def test_a_flood_of_one_publisher_takes_nothing_from_another() -> None:
    rates = Rates(10, 5, Clock())
    for _ in range(10):
        rates.request("340100")
    with pytest.raises(Problem) as refused:
        rates.request("340100")
    assert (refused.value.status, refused.value.headers["Retry-After"]) == (429, "1")
    rates.request("340200")
    rates.events("340100", 20)
    with pytest.raises(Problem):
        rates.events("340100", 20)
    rates.events("340200", 20)


def test_who_owes_events_is_refused_before_anything_is_read_and_no_other_is() -> None:
    clock = Clock()
    rates = Rates(100, 1000, clock)
    rates.owing("a")
    rates.events("a", 1000)  # more than the room: let through once, then owed
    with pytest.raises(Problem) as refused:
        rates.owing("a")
    assert (refused.value.code, refused.value.headers["Retry-After"]) == ("rate-limited", "8")
    rates.request("a")
    rates.owing("b")
    clock.now += 8.1
    rates.owing("a")


def test_no_more_requests_of_one_publisher_are_under_way_than_may_be() -> None:
    guests = Guests(2)
    guests.enter("a")
    guests.enter("a")
    with pytest.raises(Problem) as refused:
        guests.enter("a")
    assert refused.value.code == "too-many-at-once"
    guests.enter("b")
    guests.leave("a")
    guests.enter("a")


def test_bytes_on_their_way_are_bounded_and_let_go() -> None:
    flight = Flight(100)
    flight.hold(60)
    with pytest.raises(Problem) as refused:
        flight.hold(41)
    assert (refused.value.status, refused.value.code, flight.held) == (503, "busy", 60)
    flight.let_go(60)
    flight.hold(100)


def test_who_fails_often_is_not_even_tried_for_the_rest_of_the_minute() -> None:
    clock = Clock()
    failures = Failures(FAILURES, clock)
    for _ in range(FAILURES):
        failures.check("a")
        failures.note("a")
    with pytest.raises(Problem) as refused:
        failures.check("a")
    assert refused.value.status == 429
    failures.check("b")
    clock.now += 61
    failures.check("a")


@given(st.text() | st.sampled_from(["Basic", "Basic Og==", "Bearer :", "basic YTpiOmM=", "Basic \x00", "Basic é"]))
def test_any_authorization_header_is_a_login_or_none(header: str) -> None:
    found = login(header)
    assert found is None or isinstance(found.user, str)


def test_user_and_secret_are_cut_at_the_first_colon() -> None:
    assert login("basic YTpiOmM=") == ("a", "b:c")
    assert login("Bearer a:b:c") == ("a", "b:c")
    assert login("Bearer " + "x" * 2000) is None


@pytest.mark.parametrize(
    ("accepted", "language"),
    [(None, "zh"), ("en", "en"), ("en-GB,zh;q=0.9", "en"), ("fr,zh;q=0.5", "zh"), ("en;q=x", "zh"), (",;q=1,", "zh")],
)
def test_the_askers_better_language_is_taken(accepted: str | None, language: str) -> None:
    assert language_of(accepted) == language


def test_without_a_broker_a_request_is_told_at_once_and_lets_its_bytes_go() -> None:
    gone: list[str] = []

    async def send() -> Any:
        return await Producing(Cluster("127.0.0.1:1")).deliver("t", [b"k"], [b"v"], lambda: gone.append("gone"))

    with pytest.raises(Problem) as refused:
        asyncio.run(send())
    assert (refused.value.status, refused.value.code, gone) == (503, "not-confirmed", ["gone"])
