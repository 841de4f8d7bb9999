"""Share found, false ones and days are counted as people would count them."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from oversight.matter import MATTER
from simulation.oversight_year.comparison import FAMILIES, FOUND, compare, from_matters
from simulation.oversight_year.size import SMALL, moment
from simulation.oversight_year.year import OversightYear

YEAR = OversightYear(3, SMALL)


def _found(key: pl.DataFrame, opens: timedelta = timedelta(), closes: timedelta = timedelta()) -> pl.DataFrame:
    """Somebody who finds each planted span so long after it opens, and its end so long after that."""
    return key.select(
        pl.col("topic").replace(FAMILIES).alias("family"),
        "subject",
        (pl.col("opens_at") + opens).alias("opened_at"),
        (pl.col("closes_at") + closes).alias("closed_at"),
        "severity",
    ).cast(dict(FOUND))


def test_who_finds_exactly_the_key_has_all_and_nothing_false() -> None:
    lines = compare(YEAR.key, YEAR.innocents, _found(YEAR.key))
    assert [line.topic for line in lines] == sorted(set(YEAR.key["topic"]))
    assert all(line.share == 1.0 and line.false == 0 and line.innocents_found == 0 for line in lines)
    assert all(line.days_to_open in (0.0, None) for line in lines)


@given(opens=st.integers(0, 20), closes=st.integers(0, 20), seed=st.integers(0, 1000))
@settings(max_examples=20, deadline=None)
def test_days_are_those_by_which_somebody_is_late(opens: int, closes: int, seed: int) -> None:
    year = OversightYear(seed, SMALL)
    apart = year.key.filter(pl.len().over("topic", "subject") == 1).filter(
        pl.col("due") & pl.col("closes_at").is_not_null()
    )
    apart = apart.filter(~pl.col("topic").is_in(list(FAMILIES)))
    lengthy = apart.filter(pl.col("closes_at") - pl.col("opens_at") > timedelta(days=21))
    for line in compare(
        lengthy, year.innocents.clear(), _found(lengthy, timedelta(days=opens), timedelta(days=closes))
    ):
        assert (line.share, line.days_to_open, line.days_to_close) == (1.0, float(opens), float(closes))


def test_an_accused_innocent_is_counted_as_false_and_by_name() -> None:
    innocent = YEAR.innocents.filter(pl.col("topic") == "award-over-cap")
    accused = innocent.select(
        family=pl.col("topic"), subject=pl.col("subject"), opened_at="from_at", closed_at="until_at",
        severity=pl.lit("RED"),
    ).cast(dict(FOUND))  # fmt: skip
    line = next(one for one in compare(YEAR.key, YEAR.innocents, accused) if one.topic == "award-over-cap")
    assert (line.found, line.false, line.innocents_found) == (0, innocent.height, innocent.height)


def test_what_follows_from_something_planted_is_neither_asked_for_nor_false() -> None:
    following = YEAR.key.filter(~pl.col("due"))
    assert not following.is_empty()
    lines = compare(YEAR.key, YEAR.innocents, _found(following))
    assert sum(line.false for line in lines) == 0


def test_a_span_begins_and_ends_with_the_moments_at_which_its_matter_stands() -> None:
    days = [datetime(2025, 3, day, tzinfo=UTC) for day in range(1, 7)]
    standing = {1: "YELLOW", 2: "RED", 4: "YELLOW", 5: "YELLOW"}
    judged = [(at, _matter(standing[n]) if n in standing else MATTER.to_frame()) for n, at in enumerate(days)]
    spans = from_matters(judged)
    assert spans.select("opened_at", "closed_at", "severity").rows() == [
        (days[1], days[3], "RED"),
        (days[4], None, "YELLOW"),
    ]
    assert spans["family"].to_list() == ["project-light"] * 2


def _matter(severity: str) -> pl.DataFrame:
    row = {
        "rule": "OV-PJ-POINTS", "version": 1, "cause": "project-light P", "division": 340102, "subject": "P",
        "period": "2025-02", "severity": severity, "seen": moment(date(2025, 3, 1)), "value": 11.0, "threshold": 10.0,
        "unit": "point", "evidence": "[]",
    }  # fmt: skip
    plain = {name: pl.Datetime("us", "UTC") if name == "seen" else kind for name, kind in MATTER.items()}
    row["seen"] = moment(date(2025, 3, 1)).astimezone(UTC)
    return pl.DataFrame([row], schema=plain).cast(dict(MATTER))
