"""Divisions answer their directives in the way that is theirs, and every answer is a well-formed event."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.encode import encode
from simulation.oversight_year.answers import SHARES, STRANGER, Directive, Way, answers, way

ISSUED = datetime(2025, 3, 3, 1, tzinfo=UTC)


def directive(cause: str) -> Directive:
    return Directive("DB-2025-000001", cause, "340102", ISSUED, ISSUED + timedelta(days=3), ISSUED + timedelta(days=20))


def causes(wanted: Way) -> str:
    return next(cause for number in range(10_000) if way(1, cause := f"project-light {number}") == wanted)


@given(cause=st.text(max_size=40), seed=st.integers(0, 2**32))
def test_the_same_cause_is_answered_in_the_same_way_and_in_order(cause: str, seed: int) -> None:
    told = list(answers(seed, directive(cause)))
    assert told == list(answers(seed, directive(cause)))
    assert [one["reported_at"] for one in told] == sorted(one["reported_at"] for one in told)
    for one in told:
        assert encode("response", one)


def test_ways_are_taken_as_often_as_said() -> None:
    counted = Counter(way(3, f"cause {number}") for number in range(5000))
    for name, share in SHARES.items():
        assert counted[name] / 5000 == pytest.approx(share, abs=0.025)


@pytest.mark.parametrize("wanted", list(SHARES))
def test_each_way_is_what_it_says(wanted: Way) -> None:
    to = directive(causes(wanted))
    told = list(answers(1, to))
    reports = [one["reported_at"] for one in told if one["action"] == "REPORT"]
    in_time = all(at <= to.mend_by.timestamp() * 1000 for at in reports)
    assert (not told) == (wanted == "NEVER")
    assert in_time == (wanted not in ("LATE", "ASKS_FOR_TIME"))
    assert any(one["division"] == STRANGER for one in told) == (wanted == "OF_ANOTHER")
    assert (len(told) != len({(one["sequence"], one["revision"]) for one in told})) == (wanted == "TWICE")
    assert any(one["requested_until"] for one in told) == (wanted == "ASKS_FOR_TIME")
