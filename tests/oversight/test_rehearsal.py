"""Rehearsals over frames: one pass over the whole time tells what judging moment by moment does."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from oversight.facts import Facts
from oversight.facts import given as facts_given
from oversight.monitors.reading import OUTLET
from oversight.rehearsal import Rehearsal, moments, rehearse
from oversight.rule_files import FOLDER, Rules, load
from tests.oversight.monitors.hours import SO2, at, reading, readings

OUTLETS = pl.DataFrame([(1, "MN1", 340104, 340100), (2, "MN2", 340202, 340200)], schema=OUTLET, orient="row")
HOURLY = load([FOLDER / "OV-RD-HOUR.json"])


def candidate(folder: Path, red: float) -> Rules:
    rule = json.loads((FOLDER / "OV-RD-HOUR.json").read_text("utf-8"))
    rule["versions"][0]["parameters"]["red"]["number"] = red
    file = folder / "OV-RD-HOUR.json"
    file.write_text(json.dumps(rule), "utf-8")
    return load([file])


def facts(rows: pl.DataFrame, before: datetime | None = None) -> Facts:
    known = rows if before is None else rows.filter(pl.col("received_at") <= before)
    return facts_given(reading=known, outlet=OUTLETS)


def run(rows: pl.DataFrame, stricter: Rules, *, one_pass: bool) -> Rehearsal:
    judged = [at(hour) + timedelta(minutes=30) for hour in range(3, 80, 11)]
    over = facts(rows) if one_pass else None
    return rehearse(lambda moment: facts(rows, moment), HOURLY, stricter, judged, lambda done, of: None, (), over)


@settings(max_examples=6, deadline=None)
@given(
    st.lists(st.tuples(st.sampled_from([1, 2]), st.integers(0, 70), st.integers(1, 8), st.integers(0, 30)), max_size=5)
)
def test_one_pass_tells_the_changes_that_judging_every_moment_tells(
    tmp_path_factory: object, told: list[tuple[int, int, int, int]]
) -> None:
    over = {(outlet, hour + n): (160.0, late) for outlet, hour, long, late in told for n in range(long)}
    rows = readings(
        *(
            reading(hour, over.get((outlet, hour), (50.0, 0))[0], outlet=outlet, pollutant=SO2,
                    late=over.get((outlet, hour), (50.0, 0))[1])
            for outlet in (1, 2)
            for hour in range(80)
        )
    )  # fmt: skip
    stricter = candidate(tmp_path_factory.mktemp("rules"), 1.5)  # type: ignore[attr-defined]
    exact, passed = (run(rows, stricter, one_pass=one_pass) for one_pass in (False, True))
    compared = ("city", "cause", "change", "first", "last", "moments", "severity_before", "severity_after")
    assert passed.runs.select(compared).rows() == exact.runs.select(compared).rows()
    assert passed.by_city().rows() == exact.by_city().rows()


def test_an_exceedance_by_half_flips_to_red_under_a_stricter_rule(tmp_path: Path) -> None:
    rows = readings(*(reading(hour, 160.0 if 10 <= hour < 12 else 50.0, outlet=2) for hour in range(80)))
    (run_,) = run(rows, candidate(tmp_path, 1.5), one_pass=True).changes().rows(named=True)
    assert (run_["city"], run_["change"], run_["severity_before"], run_["severity_after"]) == (
        340200, "FLIPS", "YELLOW", "RED",
    )  # fmt: skip
    assert (run_["value"], run_["unit"], run_["rule_after"]) == (1.6, "multiple", "OV-RD-HOUR")


def test_moments_end_with_the_last_day_and_are_its_last_millisecond() -> None:
    judged = moments(date(2025, 1, 1), date(2025, 1, 10), 4)
    assert [moment.day for moment in judged] == [2, 6, 10]
    assert judged[-1] == datetime(2025, 1, 10, 15, 59, 59, 999_000, tzinfo=UTC)
