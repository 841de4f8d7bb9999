"""How far behind: records add up, the oldest is the oldest, and what retention would take first decides."""

from __future__ import annotations

import math

from hypothesis import given
from hypothesis import strategies as st

from streams.lag import Retention, Standing, measure, until_loss_hours

NOW = 1_800_000_000_000
HOUR = 3_600_000


def test_all_loaded_is_no_lag_whatever_time_has_passed() -> None:
    lag = measure(NOW, [Standing(("intake.340100.nil", 0), 0)], {}, NOW - 99 * HOUR)
    assert (lag.records, lag.oldest_seconds, lag.event_seconds) == (0, 0.0, 0.0)
    assert lag.oldest_ms is None
    assert math.isinf(lag.until_loss_hours)


def test_lag_is_told_by_topic_and_by_the_oldest_and_the_newest_event() -> None:
    standings = [
        Standing(("a", 0), 3, NOW - 5_000),
        Standing(("a", 1), 4, NOW - 60_000),
        Standing(("b", 0), 0, NOW - 900_000),
        Standing(("b", 1), 1),
    ]
    lag = measure(NOW, standings, {}, NOW - 7_000)
    assert lag.by_topic == {"a": 7, "b": 1}
    assert (lag.records, lag.oldest_ms, lag.oldest_seconds, lag.event_seconds) == (8, NOW - 60_000, 60.0, 7.0)


def test_before_anything_was_loaded_the_oldest_that_waits_tells_how_far_behind() -> None:
    assert measure(NOW, [Standing(("a", 0), 3, NOW - 5_000)], {}, None).event_seconds == 5.0


def test_retention_by_time_is_counted_from_the_oldest_that_waits() -> None:
    kept = {"a": Retention(ms=24 * HOUR), "b": Retention()}
    standings = [Standing(("a", 0), 1, NOW - 20 * HOUR), Standing(("a", 1), 1, NOW), Standing(("b", 0), 1, 0)]
    assert measure(NOW, standings, kept, None).until_loss_hours == 4.0
    assert measure(NOW, [Standing(("a", 0), 0)], kept, None).until_loss_hours == 24.0


def test_retention_by_bytes_is_reached_at_the_pace_at_which_the_records_came() -> None:
    kept = Retention(bytes=4_000, record_bytes=10.0)
    assert until_loss_hours(NOW, Standing(("a", 0), 100, NOW - 2 * HOUR), kept) == 6.0
    assert until_loss_hours(NOW, Standing(("a", 0), 1_000, NOW - 2 * HOUR), kept) == 0.0
    assert math.isinf(until_loss_hours(NOW, Standing(("a", 0), 0), kept))
    assert math.isinf(until_loss_hours(NOW, Standing(("a", 0), 9, NOW - HOUR), Retention(bytes=4_000)))


standings = st.builds(
    Standing, st.tuples(st.sampled_from("ab"), st.integers(0, 3)), st.integers(0, 9), st.none() | st.integers(0, NOW)
)


@given(st.lists(standings), st.integers(-1, 99 * HOUR), st.none() | st.integers(0, NOW))
def test_no_figure_is_ever_below_nothing_and_more_partitions_never_look_better(
    some: list[Standing], ms: int, newest: int | None
) -> None:
    kept = {"a": Retention(ms)}
    lag, less = measure(NOW, some, kept, newest), measure(NOW, some[1:], kept, newest)
    assert lag.records == sum(one.records for one in some)
    assert min(lag.oldest_seconds, lag.event_seconds, lag.until_loss_hours) >= 0
    assert lag.until_loss_hours <= less.until_loss_hours
    assert lag.oldest_seconds >= less.oldest_seconds
