"""Silence by learnt cadence: examples, a plain recomputation hour by hour, and one pass against many moments."""

from __future__ import annotations

from datetime import datetime, timedelta
from itertools import pairwise
from statistics import median
from typing import Any

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from oversight.monitors.reading import MOMENT
from oversight.monitors.silence import Cadence, apart_from, heard, silent
from tests.oversight.monitors.hours import HOUR, at, declaration, declarations, reading, readings

CADENCE = Cadence(factor=3, least=6, learn=30, least_gaps=10, settle=2)
NONE = declarations()
DAYS = 24


def signs(*hours: int) -> pl.DataFrame:
    return pl.DataFrame({"outlet": [1] * len(hours), "at": [at(hour) for hour in hours]},
                        schema={"outlet": pl.Int32, "at": MOMENT})  # fmt: skip


def spans(frame: pl.DataFrame, before: float, said: pl.DataFrame = NONE, cadence: Cadence = CADENCE) -> list[Any]:
    return silent(frame, ("outlet",), said, at(before), cadence).select("opens", "closes").rows()


def test_what_sends_hourly_is_silent_after_hours_and_what_sends_once_a_day_after_days() -> None:
    assert spans(signs(*range(100)), 200) == [(at(99 + 6), None)]
    daily = signs(*range(0, 20 * DAYS, DAYS))
    assert spans(daily, 19 * DAYS + 72) == []
    assert spans(daily, 19 * DAYS + 80) == [(at(19 * DAYS + 72), None)]


def test_the_cadence_is_not_learnt_from_outages() -> None:
    hours = [hour for start in range(0, 600, 100) for hour in range(start, start + 60)]
    found = spans(signs(*hours), 700)
    assert found[:2] == [(at(59 + 6), at(100 + 2)), (at(159 + 6), at(200 + 2))]
    assert len(found) == 6


def test_an_outage_with_a_few_packets_in_it_is_one_outage() -> None:
    cadence = Cadence(factor=3, least=6, learn=30, least_gaps=10, settle=12)
    assert spans(signs(*range(100), 120, 140, *range(160, 200)), 200, cadence=cadence) == [(at(105), at(172))]


def test_a_monitor_that_was_heard_too_seldom_is_not_judged() -> None:
    assert spans(signs(*range(8)), 300) == []


def test_declared_stops_explain_silence_while_they_are_known_and_run() -> None:
    frame = signs(*range(100), *range(200, 240))
    assert spans(frame, 240, declarations(declaration(99, 199, 90))) == []
    late = spans(frame, 240, declarations(declaration(99, 199, 150)))
    assert late == [(at(105), at(150))]
    short = spans(frame, 240, declarations(declaration(99, 150, 90)))
    assert short == [(at(156), at(202))]
    other = spans(frame, 240, declarations(declaration(99, 199, 90, mark="MANUAL")))
    assert other == [(at(105), at(202))]
    factor = spans(frame, 240, declarations(declaration(99, 199, 90, pollutant=4)))
    assert factor == [(at(105), at(202))]


def test_outlets_of_a_publisher_that_is_silent_are_not_told_apart_from_it() -> None:
    both = pl.concat([signs(*range(100)), signs(*range(60)).with_columns(outlet=pl.lit(2, pl.Int32))])
    found = silent(both, ("outlet",), NONE, at(150), CADENCE)
    feed = silent(signs(*range(100)).rename({"outlet": "publisher"}), ("publisher",), None, at(150), CADENCE)
    feed = feed.with_columns(publisher=pl.lit(340100, pl.Int32))
    outlets = pl.DataFrame({"outlet": [1, 2], "division": [340104, 340104], "city": [340100, 340100]},
                           schema={"outlet": pl.Int32, "division": pl.Int32, "city": pl.Int32})  # fmt: skip
    told = apart_from(found, feed, outlets).select("outlet", "opens", "closes").rows()
    assert told == [(2, at(65), at(105))]
    elsewhere = feed.with_columns(publisher=pl.lit(340200, pl.Int32))
    assert apart_from(found, elsewhere, outlets).select("outlet", "opens").rows() == [(1, at(105)), (2, at(65))]


def test_signs_of_life_are_the_hours_in_which_something_was_received_marked_or_not() -> None:
    frame = readings(reading(0, None, valid=False), reading(1, 5.0, late=3), reading(2, 5.0, late=2))
    assert heard(frame).rows() == [(1, at(2)), (1, at(6))]


GAPS = st.lists(st.sampled_from([1, 1, 1, 1, 1, 1, 2, 5, 9, 30]), min_size=1, max_size=40)
SAID = st.lists(
    st.tuples(st.integers(0, 150), st.integers(1, 40), st.integers(-20, 60), st.none() | st.integers(1, 30)), max_size=3
)


@settings(max_examples=25, deadline=None)
@given(gaps=GAPS, said=SAID, settle=st.integers(0, 5))
def test_what_stands_at_any_hour_is_what_a_plain_recomputation_says_and_later_facts_do_not_change_it(
    gaps: list[int], said: list[Any], settle: int
) -> None:
    cadence = Cadence(factor=3, least=4, learn=5, least_gaps=3, settle=settle)
    hours = [sum(gaps[:count]) for count in range(len(gaps) + 1)]
    told = [
        declaration(first, first + length, first + recorded, None if after is None else first + recorded + after)
        for first, length, recorded, after in said
    ]
    frame, declared = signs(*hours), declarations(*told)
    end = hours[-1] + 20
    found = silent(frame, ("outlet",), declared, at(end), cadence).select("opens", "closes").rows()
    for hour in range(end):
        held = [opens for opens, closes in found if opens <= at(hour) and (closes is None or at(hour) < closes)]
        assert bool(held) == _stands(hours, told, cadence, at(hour)), hour
        if hour % 11 == 0:
            before = at(hour) + timedelta(milliseconds=1)
            cut = silent(frame, ("outlet",), declared, before, cadence)
            now = cut.filter(pl.col("closes").is_null() | (pl.col("closes") > at(hour)))
            assert now["opens"].to_list() == held


def _stands(hours: list[int], told: list[dict[str, Any]], cadence: Cadence, moment: datetime) -> bool:
    """Whether there is silence now, or there was within ``settle`` hours before the last return."""
    known = [at(hour) for hour in hours if at(hour) <= moment]
    for number, last in enumerate(known):
        following = known[number + 1] if number + 1 < len(known) else None
        limit = _limit(known[: number + 1], cadence)
        if limit is None:
            continue
        silence = _clock(last, following or moment, told, moment)
        if following is None and silence >= limit and not _explained(told, moment):
            return True
        if following is not None and silence > limit and moment < following + cadence.settle * HOUR:
            return True
    return False


def _explained(told: list[dict[str, Any]], moment: datetime) -> bool:
    return any(
        one["recorded_at"] <= moment
        and (one["withdrawn_at"] is None or one["withdrawn_at"] > moment)
        and one["starts"] <= moment < one["ends"]
        for one in told
    )


def _clock(last: datetime, until: datetime, told: list[dict[str, Any]], moment: datetime) -> timedelta:
    """How long it had been silent at ``until``, since the last sign or the end of the last declared stop."""
    since = last
    for one in told:
        known = one["recorded_at"] <= moment and (one["withdrawn_at"] is None or one["withdrawn_at"] > moment)
        if known and one["starts"] < until and one["ends"] > since:
            since = min(one["ends"], until)
    again = [
        one for one in told
        if one["recorded_at"] <= moment and (one["withdrawn_at"] is None or one["withdrawn_at"] > moment)
        and one["starts"] <= since < one["ends"] and one["starts"] < until
    ]  # fmt: skip
    while again:
        since = min(max(one["ends"] for one in again), until)
        again = [one for one in again if one["starts"] <= since < one["ends"] and since < until]
    return until - since


def _limit(known: list[datetime], cadence: Cadence) -> timedelta | None:
    """From the gaps that ended on the days before that of the last sign of life."""
    day = known[-1].date()
    gaps = [
        (b - a) / HOUR for a, b in pairwise(known)
        if day - timedelta(days=cadence.learn) <= b.date() < day
    ]  # fmt: skip
    if len(gaps) < cadence.least_gaps:
        return None
    usual = sorted(gap for gap in gaps if gap <= cadence.factor * median(gaps))
    place = -(-95 * (len(usual) - 1) // 100)
    return max(cadence.factor * usual[place], cadence.least) * HOUR
