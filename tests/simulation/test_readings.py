"""Readings as drawn: plausible values, limits by day, and loads for benchmarks."""

from __future__ import annotations

from datetime import date
from itertools import islice
from typing import Any

import numpy as np
import polars as pl
import pytest

from huiliu import credit_code
from huiliu.outcome import Outcome
from huiliu.period import DAY_MS, HOUR_MS, day_start_ms
from schemas.contract import contract
from simulation import readings, registry
from simulation.answer_key import compare
from simulation.load import Load, million
from simulation.rounds import rounds

FIRST = date(2025, 6, 1)


@pytest.fixture(scope="module")
def outlets() -> list[registry.Outlet]:
    draw = np.random.default_rng(1)
    return registry.outlets(draw, registry.enterprises(draw, "340000", 100, 2025), 200, FIRST)


@pytest.fixture(scope="module")
def drawn(outlets: list[registry.Outlet]) -> pl.DataFrame:
    about = readings.series(outlets, FIRST)
    return readings.base(about, 0, about.width * 40, np.random.default_rng(1))


def test_no_two_readings_share_a_natural_key(drawn: pl.DataFrame) -> None:
    assert not drawn.select(contract("reading").key).is_duplicated().any()


def test_values_are_in_order_and_rounded(drawn: pl.DataFrame) -> None:
    whole = drawn.filter(pl.col("period") != "REALTIME")
    assert (
        whole.select((pl.col("minimum") <= pl.col("average")) & (pl.col("average") <= pl.col("maximum")))
        .to_series()
        .all()
    )
    assert drawn.filter(pl.col("period") == "REALTIME")["minimum"].is_null().all()
    assert (drawn["average"] > 0).all()


def test_a_slab_drawn_in_parts_goes_on_where_the_last_ended(outlets: list[registry.Outlet]) -> None:
    about = readings.series(outlets, FIRST)
    keys = contract("reading").key
    whole = readings.base(about, 0, 5000, np.random.default_rng(1)).select(keys)
    parts = [readings.base(about, since, 1250, np.random.default_rng(1)).select(keys) for since in range(0, 5000, 1250)]
    assert pl.concat(parts).equals(whole)


def test_some_limits_change_on_the_second_day(drawn: pl.DataFrame) -> None:
    changed = drawn.filter(pl.col("limit").is_not_null()).group_by("mn", "pollutant").agg(pl.col("limit").n_unique())
    assert changed["limit"].max() == 2
    before = drawn.filter(pl.col("start") < day_start_ms(FIRST) + DAY_MS)
    assert before.group_by("mn", "pollutant").agg(pl.col("limit").n_unique())["limit"].max() == 1


def test_some_readings_exceed_their_limit_and_most_do_not(drawn: pl.DataFrame) -> None:
    over = drawn.filter(pl.coalesce("corrected", "average") > pl.col("limit")).height
    assert 0 < over < drawn.height / 10


def test_codes_of_enterprises_and_monitors_are_well_formed(outlets: list[registry.Outlet]) -> None:
    for outlet in outlets:
        assert credit_code.organisation_code_valid(credit_code.parse(outlet.enterprise.credit_code).organisation)
        assert len(outlet.mn) == 24
        assert int(outlet.mn, 16)
    assert len({outlet.mn for outlet in outlets}) == len(outlets)


def test_rounds_go_forward_and_days_are_those_of_shanghai() -> None:
    first = list(islice(rounds(FIRST), 200))
    days = [one for one in first if one.period == "DAY"]
    assert [one.start for one in days[:2]] == [day_start_ms(FIRST), day_start_ms(FIRST) + DAY_MS]
    assert all((one.start + 8 * HOUR_MS) % HOUR_MS == 0 for one in first if one.period == "HOUR")
    assert len(set(first)) == len(first)


def test_a_load_is_exact_and_equals_what_a_plain_hub_makes_of_it(small_hub: Any) -> None:
    load = million(20_000, seed=2, outlets=150, cities=3)
    assert load.publishers == ("340100", "340200", "340300")
    _equals(load, small_hub)


def test_a_load_sent_by_counties_is_exact_and_uses_a_topic_for_each(small_hub: Any) -> None:
    load = million(20_000, seed=2, outlets=150, counties=64)
    assert load.publishers == tuple(sorted(registry.in_turn("340000", 2025)[:64]))
    assert {one.topic for one in load.messages} == {f"intake.{county}.reading" for county in load.publishers}
    assert load.answer_key.by_reason["RD-OUTLET-02"] > 0
    _equals(load, small_hub)


def test_a_load_cannot_have_more_publishers_than_outlets_or_counties() -> None:
    for counties, outlets in ((64, 40), (105, 2000)):
        with pytest.raises(ValueError, match="publishers"):
            million(1000, outlets=outlets, counties=counties)


def _equals(load: Load, small_hub: Any) -> None:
    assert len(load.messages) == load.answer_key.totals()["received"] == 20_000
    small_hub.take(load.registrations)
    assert {outcome for _, _, outcome, _ in small_hub.decided} == {Outcome.ACCEPTED}
    small_hub.decided.clear()
    small_hub.take(load.messages)
    assert compare(load.answer_key, small_hub.figures()) == []


def test_a_load_without_shares_is_accepted_whole() -> None:
    load = million(5000, seed=2, outlets=50, cities=2, faulty=0.0, duplicates=0.0, corrections=0.0)
    assert load.answer_key.totals()["accepted"] == 5000
