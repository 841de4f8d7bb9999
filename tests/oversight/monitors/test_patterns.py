"""Frozen, flat, hugging and stepping values: examples, a plain recomputation, one pass against many moments."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import numpy as np
import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from oversight.monitors.flat import flat
from oversight.monitors.frozen import frozen
from oversight.monitors.hugging import hugging
from oversight.monitors.step import steps
from tests.oversight.monitors import plain_patterns as slow
from tests.oversight.monitors.hours import at, declaration, declarations, reading, readings

NONE = declarations()
LATER = at(100_000)
MINUTES = timedelta(minutes=5)
Row = dict[str, Any]
Detect = Callable[[pl.DataFrame, datetime], pl.DataFrame]

LEAST, IN_ROW, LEARN, WIDTH = 4, 2, 16, 24


def find_frozen(frame: pl.DataFrame, before: datetime, said: pl.DataFrame = NONE) -> pl.DataFrame:
    return frozen(frame, said, before, least=LEAST)


def find_flat(frame: pl.DataFrame, before: datetime) -> pl.DataFrame:
    return flat(frame, NONE, before, share=30, in_row=IN_ROW, learn=LEARN)


def find_hugging(frame: pl.DataFrame, before: datetime) -> pl.DataFrame:
    return hugging(frame, NONE, before, within=5, share=60, in_row=IN_ROW)


def find_steps(frame: pl.DataFrame, before: datetime) -> pl.DataFrame:
    return steps(frame, NONE, before, jump=30, width=WIDTH, floor=5, stands=3)


def wave(hour: int) -> float:
    """An ordinary day, and never the same value twice."""
    return 50.0 + 10.0 * float(np.sin(hour / 24 * 2 * np.pi)) + hour / 10_000


def test_equal_values_stand_from_the_last_that_is_enough_until_another() -> None:
    frame = readings(*(reading(hour, value) for hour, value in enumerate([1, 2, 2, 2, 2, 2, 3, 4.0])))
    assert find_frozen(frame, LATER).select("opens", "closes", "repeats").rows() == [
        (at(5) + MINUTES, at(7) + MINUTES, 5)
    ]


def test_a_number_of_values_that_is_no_whole_one_is_the_next() -> None:
    frame = readings(*(reading(hour, 2.0) for hour in range(6)))
    opens = [frozen(frame, NONE, LATER, least=least)["opens"].to_list() for least in (4, 3.5, 6.5)]
    assert opens == [[at(4) + MINUTES], [at(4) + MINUTES], []]


def test_invalid_hours_do_not_interrupt_equal_values_and_do_not_count() -> None:
    frame = readings(
        reading(0, 2), reading(1, 9, valid=False), reading(2, 2), reading(3, 2), reading(4, 2, valid=False)
    )
    assert find_frozen(frame, LATER).is_empty()
    more = pl.concat([frame, readings(reading(5, 2))])
    assert find_frozen(more, LATER)["opens"].to_list() == [at(6) + MINUTES]


def test_a_declared_stop_explains_equal_values_while_it_runs() -> None:
    frame = readings(*(reading(hour, 0.0) for hour in range(20)))
    said = declarations(declaration(2, 12, 1))
    assert find_frozen(frame, LATER, said).select("opens", "closes").rows() == [(at(12), None)]


def test_variance_gone_stands_after_so_many_days_until_a_day_that_varies() -> None:
    quiet = range(20 * 24, 24 * 24)
    values = [50 + hour / 10_000 if hour in quiet else wave(hour) for hour in range(26 * 24)]
    found = find_flat(readings(*(reading(hour, value) for hour, value in enumerate(values))), LATER)
    assert found.select("opens", "closes").rows() == [(at(22 * 24 + 12), at(25 * 24 + 12))]
    assert found["left"][0] < 1


def test_values_that_hug_the_limit_stand_and_values_at_half_of_it_do_not() -> None:
    near = readings(*(reading(hour, 96.0 + hour % 4) for hour in range(72)))
    assert find_hugging(near, LATER)["opens"].to_list() == [at(60)]
    assert find_hugging(readings(*(reading(hour, wave(hour)) for hour in range(72))), LATER).is_empty()


def test_a_step_at_a_calibration_stands_for_its_days_and_one_without_calibration_is_none() -> None:
    def series(calibrating: bool) -> pl.DataFrame:
        marks = {"calibrating": calibrating, "valid": not calibrating}
        rows = [reading(hour, wave(hour) * (1 if hour < 48 else 0.5)) for hour in range(96) if hour != 47]
        return readings(*rows, reading(47, 80, **marks))

    found = find_steps(series(calibrating=True), LATER)
    assert found.select("opens", "closes").rows() == [(at(72) + MINUTES, at(144) + MINUTES)]
    assert found["change"].round(0).to_list() == [-50]
    assert find_steps(series(calibrating=False), LATER).is_empty()


SERIES = st.tuples(st.integers(0, 2**32 - 1), st.integers(0, 3))


def drawn(seed: int, mood: int, hours: int, values: Callable[[np.random.Generator, int], float]) -> list[Row]:
    """Hours with gaps, hours sent late, invalid and calibrating ones; two factors, of which one has few hours."""
    of = np.random.default_rng(seed)
    rows = []
    for hour in range(hours):
        if of.random() < 0.02 * mood:
            continue
        calibrating = of.random() < 0.01
        late = int(of.integers(1, 60)) if of.random() < 0.02 * mood else 0
        valid = not calibrating and of.random() > 0.02 * mood
        rows.append(reading(hour, values(of, hour), late=late, valid=valid, calibrating=calibrating))
    return rows


def held(found: pl.DataFrame, moment: datetime) -> list[datetime]:
    now = found.filter((pl.col("opens") <= moment) & (pl.col("closes").is_null() | (pl.col("closes") > moment)))
    return now["opens"].to_list()


def agree(rows: list[Row], detect: Detect, plain: Callable[[list[Row], datetime], bool] | None, every: int) -> None:
    """What stood at moments by one pass is what each moment's facts say alone, and what plain Python says."""
    frame = readings(*rows, reading(0, 5.0, pollutant=5))
    found = detect(frame, LATER).filter(pl.col("pollutant") == 4)
    for moment in sorted({row["received_at"] for row in rows})[::every]:
        moments = (moment, moment.replace(hour=4, minute=0))
        for now in moments:
            known = frame.filter(pl.col("received_at") <= now)
            alone = detect(known, now + timedelta(milliseconds=1)).filter(pl.col("pollutant") == 4)
            assert held(found, now) == held(alone, now), now
            if plain is not None:
                assert bool(held(found, now)) == plain(rows, now), now


@settings(max_examples=15, deadline=None)
@given(SERIES)
def test_frozen_values_are_those_of_a_plain_recomputation_at_any_moment(series: tuple[int, int]) -> None:
    rows = drawn(*series, 60, lambda of, _: float(of.integers(1, 3)) if of.random() < 0.3 else 2.0)
    agree(rows, find_frozen, lambda rows, now: slow.frozen(rows, now, LEAST), 3)


@settings(max_examples=6, deadline=None)
@given(SERIES)
def test_flat_days_are_those_of_a_plain_recomputation_at_any_moment(series: tuple[int, int]) -> None:
    start = 15 + series[0] % 4
    rows = drawn(
        *series, 24 * 24,
        lambda of, hour: 50 + float(of.normal()) * (0.3 if start <= hour // 24 < start + 4 else 1),
    )  # fmt: skip
    agree(rows, find_flat, lambda rows, now: slow.flat(rows, now, 30, IN_ROW, LEARN), 97)


@settings(max_examples=6, deadline=None)
@given(SERIES)
def test_hugging_is_that_of_a_plain_recomputation_at_any_moment(series: tuple[int, int]) -> None:
    rows = drawn(*series, 24 * 8, lambda of, hour: float(of.choice([80, 97, 99, 103], p=[0.3, 0.35, 0.3, 0.05])))
    agree(rows, find_hugging, lambda rows, now: slow.hugging(rows, now, 5, 60, IN_ROW), 31)


@settings(max_examples=10, deadline=None)
@given(SERIES)
def test_later_facts_do_not_change_what_stood_of_steps(series: tuple[int, int]) -> None:
    rows = drawn(*series, 24 * 9, lambda of, hour: (50 if hour % 150 < 75 else 25) + float(of.normal()))
    agree(rows, find_steps, None, 23)
