"""The synthetic year is what its answer key says, by plain recounting; and always the same."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import polars as pl
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from oversight.facts import AWARD, INDICATOR, PROJECT
from simulation.awards import allowed
from simulation.oversight_year import marks, monitor_key
from simulation.oversight_year.episodes import CITY, FACTOR, OUTLET, Episode
from simulation.oversight_year.key import TOPICS
from simulation.oversight_year.monitors import hour_ms
from simulation.oversight_year.size import SMALL, moment
from simulation.oversight_year.year import OversightYear
from validators.policies import clause


@pytest.fixture(scope="module")
def year() -> OversightYear:
    return OversightYear(7, SMALL)


@pytest.fixture(scope="module")
def readings(year: OversightYear) -> pl.DataFrame:
    return pl.concat([year.readings(city, month) for city in SMALL.codes for month in SMALL.calendar])


@given(seed=st.integers(0, 2**32))
@settings(max_examples=8, deadline=None)
def test_the_same_seed_gives_the_same_bytes(seed: int) -> None:
    one, other = OversightYear(seed, SMALL), OversightYear(seed, SMALL)
    city, month = SMALL.codes[-1], SMALL.calendar[1]
    assert other.readings(city, month).equals(one.readings(city, month))  # readings first: the order is no matter
    assert one.key.equals(other.key)
    assert one.innocents.equals(other.innocents)
    assert all(one.versions[kind].equals(other.versions[kind]) for kind in ("project", "award", "indicator"))


def test_another_seed_gives_another_year(year: OversightYear) -> None:
    other = OversightYear(8, SMALL)
    assert not year.versions["project"].equals(other.versions["project"])
    assert not year.readings("340100", SMALL.first).equals(other.readings("340100", SMALL.first))


def test_even_the_small_year_has_each_kind_of_episode_and_each_topic(year: OversightYear) -> None:
    befallen = {episode.kind.name for episode in year.monitors.episodes}
    assert befallen == {kind.name for kind in (*FACTOR, *OUTLET, *CITY)}
    # Three months are too few to fall behind the target of a year.
    assert set(year.key.filter("due")["topic"]) == set(TOPICS) - {"indicator-behind"}


@given(seed=st.integers(0, 2**32))
@settings(max_examples=10, deadline=None)
def test_no_span_of_the_key_is_empty_or_lies_over_another_of_its_topic_and_subject(seed: int) -> None:
    key = OversightYear(seed, SMALL).key
    assert key.filter(pl.col("closes_at") <= pl.col("opens_at")).is_empty()
    after = key.with_columns(
        before=pl.col("closes_at").shift(1).over("topic", "subject"),
        follows=pl.int_range(pl.len()).over("topic", "subject") > 0,
    ).filter("follows")
    assert after.filter(pl.col("before").is_null() | (pl.col("before") > pl.col("opens_at"))).is_empty()


@given(seed=st.integers(0, 2**32))
@example(seed=803)  # a project that started in time, whose report of it is withheld
@settings(max_examples=8, deadline=None)
def test_nobody_is_both_planted_and_innocent_of_one_topic_at_one_time(seed: int) -> None:
    year = OversightYear(seed, SMALL)
    both = year.innocents.join(year.key.filter("due"), on=("topic", "subject"))
    meet = (pl.col("opens_at") < pl.col("until_at")) & (
        pl.col("closes_at").is_null() | (pl.col("closes_at") > pl.col("from_at"))
    )
    # An outlet may be counted low for another reason than the one it looks like in another month.
    assert both.filter(meet & ~pl.col("topic").str.ends_with("-effectiveness")).is_empty()


def test_facts_have_the_shape_that_detectors_ask_for_and_no_version_from_the_future(year: OversightYear) -> None:
    as_of = moment(date(2025, 3, 20), 12)
    facts = year.facts(as_of)
    for name, shape in (("project", PROJECT), ("project_month", PROJECT), ("award", AWARD), ("indicator", INDICATOR)):
        frame = facts.frame(name)
        assert frame.schema == shape
        assert not frame.is_empty()
        assert frame.filter(pl.col("known_from") > as_of).is_empty()
    assert year.known("project", as_of)["project_code"].is_unique().all()


def test_a_project_behind_is_behind_by_its_own_dates_and_the_near_one_is_not(year: OversightYear) -> None:
    months = year.known("project_month", moment(SMALL.after)).filter(
        pl.col("stage").is_in(("PRELIMINARY", "STARTED", "BUILDING", "STOPPED"))
    )
    end = pl.col("month").add("-01").str.to_date().dt.month_end()
    done = ((end - pl.col("planned_start")).dt.total_days() + 1).clip(0)
    whole = (pl.col("planned_completion") - pl.col("planned_start")).dt.total_days() + 1
    behind = months.with_columns(behind=(100 * done / whole).clip(0, 100) - pl.col("progress"))
    worst = dict(behind.group_by("project_code").agg(pl.col("behind").max()).iter_rows())
    lit = set(year.key.filter(pl.col("topic") == "project-behind")["subject"])
    for life in year.small.projects:
        far = worst.get(life.project.code, 0.0)
        assert (far >= marks.YELLOW_POINTS) == (life.project.code in lit), (life.course.name, far)
        if not life.course.guilty:
            assert far < marks.YELLOW_POINTS, life.course.name
    assert any(
        9.0 < worst[life.project.code] < 10.0 for life in year.small.projects if life.course.name == "near-yellow"
    )


def test_innocent_awards_are_within_their_clause_to_the_fen(year: OversightYear) -> None:
    for life in year.small.awards:
        told = [report.event for report in life.reports]
        if life.scheme is None or not life.scheme.guilty:
            for event in told:
                terms = clause(event["policy"], event["clause"])
                most = allowed(terms, event["basis"], event["payee_count"], uplift=event["uplift"])
                assert most is None or event["amount"] <= most
        if life.scheme is not None and life.scheme.name == "stacked-below":
            terms = clause(told[0]["policy"], told[0]["clause"])
            most = allowed(terms, told[0]["basis"], 1, uplift=False)
            assert most is not None
            assert most - 20_000 < sum({event["award_number"]: event["amount"] for event in told}.values()) <= most


def test_every_valid_hour_over_its_limit_is_planted_and_every_planted_one_is_over(
    year: OversightYear, readings: pl.DataFrame
) -> None:
    unmarked = pl.col("mark").is_null() | (pl.col("mark") == "RUNNING")
    over = readings.filter(
        (pl.coalesce("corrected", "average") > pl.col("limit_value")) & (pl.col("flag") == "N") & unmarked
    )
    seen = set(over.select(pl.format("{}/{}", "mn", "pollutant_code"), pl.col("start").dt.epoch("ms")).iter_rows())
    planted = {
        (monitor_key.named(year.monitors, episode)[0], hour_ms(SMALL, hour))
        for episode in year.monitors.episodes
        if episode.kind.name in ("hour-over", "over-running", "day-over")
        for hour in range(episode.since, episode.until)
    }
    assert seen == planted


def test_values_of_episodes_look_as_they_should(year: OversightYear, readings: pl.DataFrame) -> None:
    def judged(name: str) -> np.ndarray:
        episode = next(one for one in year.monitors.episodes if one.kind.name == name)
        own = _hours(readings, year, episode)
        return (own["corrected"].fill_null(own["average"]) / own["limit_value"]).to_numpy()

    assert len(np.unique(judged("frozen"))) == 1
    assert len(judged("still-short")) <= 3
    assert judged("near-limit").max() == pytest.approx(1.0, abs=1e-4)
    assert judged("flat").std() < 0.1 * judged("quiet-short").std()
    assert judged("hugging").min() > 0.94
    assert judged("hugging").max() <= 1.0
    assert judged("high-steady").max() < 1.0
    assert judged("over-marked").min() > 1.0
    assert judged("over-flagged").min() > 1.0


def _hours(readings: pl.DataFrame, year: OversightYear, episode: Episode) -> pl.DataFrame:
    subject = monitor_key.named(year.monitors, episode)[0]
    start = pl.col("start").dt.epoch("ms")
    within = (start >= hour_ms(SMALL, episode.since)) & (start < hour_ms(SMALL, episode.until))
    return readings.filter((pl.format("{}/{}", "mn", "pollutant_code") == subject) & within)


def test_effectiveness_of_the_key_is_that_of_the_hours_received(year: OversightYear, readings: pl.DataFrame) -> None:
    month, city = SMALL.calendar[1], SMALL.codes[0]
    counted = monitor_key.counted(7, year.monitors, SMALL, city, month)
    start = pl.col("start").dt.convert_time_zone("Asia/Shanghai")
    good = readings.filter(
        (pl.col("city") == int(city))
        & (start.dt.month() == month.month)
        & (pl.col("flag") == "N")
        & ~pl.col("mark").is_in(["MAINTENANCE", "CALIBRATION"]).fill_null(False)
    )
    valid = dict(good.group_by("mn").len().iter_rows())
    assert dict(counted.select("mn", "valid").iter_rows()) == valid


def test_silent_monitors_send_nothing_and_stops_that_look_like_it_are_declared(
    year: OversightYear, readings: pl.DataFrame
) -> None:
    declared = set(year.declarations["outlet"])
    for episode in year.monitors.episodes:
        if episode.kind.name in ("silent", "declared-stop", "undocumented-stop"):
            own = readings.filter(pl.col("outlet") == episode.outlet)
            start = pl.col("start").dt.epoch("ms")
            within = (start >= hour_ms(SMALL, episode.since)) & (start < hour_ms(SMALL, episode.until))
            assert own.filter(within).is_empty()
            assert (episode.outlet in declared) == (episode.kind.name != "silent")


def test_a_duty_whose_report_is_missing_has_no_fact(year: OversightYear) -> None:
    told = year.versions["project"]
    missing = [
        duty for duty in year.small.duties if duty.fate in ("MISSING", "EXEMPT") and duty.obligation == "PROJECT"
    ]
    assert missing
    for duty in missing:
        assert told.filter((pl.col("division") == int(duty.division)) & (pl.col("month") == duty.period)).is_empty()
        assert duty.met_at is None
    late = [duty for duty in year.small.duties if duty.fate == "LATE"]
    assert late
    assert all(
        duty.met_at is not None and duty.met_at.astimezone(moment(SMALL.first).tzinfo).day == 24 for duty in late
    )
    assert all(duty.met_at - moment(duty.month) > timedelta(days=40) for duty in late if duty.met_at)
