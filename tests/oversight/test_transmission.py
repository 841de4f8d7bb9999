"""Transmission effectiveness: examples worked out by hand, and equality with a plain recomputation hour by hour."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from huiliu.period import SHANGHAI
from oversight.transmission import lost, score
from oversight.transmission.declared import DECLARATIONS
from oversight.transmission.marks import CHECKED, EFFECTS, valid_flags
from oversight.transmission.registered import due
from oversight.transmission.score import PLAIN, Standing
from oversight.transmission.versions import VERSIONS
from oversight.transmission.windows import Windows, requirement, settled_on
from schemas.contract import codes
from sinks.reference import pollutant_ids
from tests.oversight import plain_transmission as slow
from tests.oversight.plain_transmission import Hour, midnight

WINDOWS = Windows()
DAY = date(2025, 6, 10)
COD, SO2 = pollutant_ids()["w01018"], pollutant_ids()["a21026"]
FOUR = tuple(pollutant_ids()[code] for code in CHECKED)
LONG_AFTER = datetime(2025, 9, 1, tzinfo=UTC)
LIMIT = pl.Schema(
    {
        "outlet": pl.Int32,
        "pollutant": pl.Int16,
        "valid_from": pl.Date,
        "valid_to": pl.Date,
        "registered_at": pl.Datetime("ms", "UTC"),
    }
)


def limit(**changes: Any) -> dict[str, Any]:
    usual = {"outlet": 1, "pollutant": COD, "valid_from": date(2020, 1, 1), "valid_to": None}
    return {**usual, "registered_at": datetime(2025, 1, 1, tzinfo=UTC), **changes}


def version(hour: int, **changes: Any) -> dict[str, Any]:
    """An hour's reading that arrived five minutes after it."""
    day = changes.get("day", DAY)
    received = midnight(day) + timedelta(hours=hour + 1, minutes=5)
    usual = {"outlet": 1, "pollutant": COD, "day": day, "hour": hour, "revision": 1, "received_at": received}
    return {**usual, "flag": "N", "mark": None, "measured": True, **changes}


def declaration(first: int, after: int, mark: str, **changes: Any) -> dict[str, Any]:
    """Recorded on the day itself and documented on the next."""
    usual = {"declaration": 1, "outlet": 1, "pollutant": None, "mark": mark}
    span = {"starts": midnight(DAY) + timedelta(hours=first), "ends": midnight(DAY) + timedelta(hours=after)}
    steps = {"recorded_at": midnight(DAY), "documented_at": midnight(DAY) + timedelta(days=1), "withdrawn_at": None}
    return {**usual, **span, **steps, **changes}


def frame(rows: list[dict[str, Any]], schema: pl.Schema) -> pl.DataFrame:
    """Moments in Shanghai become UTC, as the warehouse gives them."""
    utc = [{k: v.astimezone(UTC) if isinstance(v, datetime) else v for k, v in row.items()} for row in rows]
    return pl.DataFrame(utc, schema=schema, orient="row")


def split(versions: list[dict[str, Any]]) -> tuple[pl.DataFrame, pl.DataFrame]:
    """As the warehouse gives them: hours that need no second look as sets, the others with versions."""
    current: dict[Hour, dict[str, Any]] = {}
    for one in versions:
        hour = Hour(one["outlet"], one["pollutant"], one["day"], one["hour"])
        if hour not in current or one["revision"] > current[hour]["revision"]:
            current[hour] = one
    sets: dict[tuple[int, int, date], int] = {}
    simple = set()
    for hour, one in current.items():
        in_time = one["received_at"] <= slow.deadlines(hour.day, WINDOWS)[0]
        if in_time and one["flag"] in valid_flags() and one["mark"] is None and one["measured"]:
            key = (hour.outlet, hour.pollutant, hour.day)
            sets[key] = sets.get(key, 0) | 1 << hour.number
            simple.add(hour)
    plain = [{"outlet": o, "pollutant": p, "day": d, "plain": bits} for (o, p, d), bits in sets.items()]
    told = [v for v in versions if Hour(v["outlet"], v["pollutant"], v["day"], v["hour"]) not in simple]
    return frame(plain, PLAIN), frame(told, VERSIONS)


def standing(
    versions: list[dict[str, Any]],
    declarations: list[dict[str, Any]] | None = None,
    limits: list[dict[str, Any]] | None = None,
    as_of: datetime = LONG_AFTER,
    days: int = 1,
) -> Standing:
    last = DAY + timedelta(days=days - 1)
    wanted = due(frame(limits or [limit()], LIMIT), DAY, last, as_of, WINDOWS)
    return Standing(wanted, *split(versions), frame(declarations or [], DECLARATIONS), FOUR, as_of, WINDOWS)


def figures(found: Standing, state: str) -> tuple[int, ...]:
    """excluded, due, received, valid."""
    row = score.rates(found.counts(), ()).row(0, named=True)
    return tuple(row[f"{state}_{name}"] for name in ("excluded", "due", "received", "valid"))


FULL = [version(hour) for hour in range(24)]
LATE_NEXT_DAY = midnight(DAY) + timedelta(days=1, hours=13)
WITHIN_TEN = midnight(DAY) + timedelta(days=8)
TOO_LATE = midnight(DAY) + timedelta(days=11, seconds=1)
LAST_MOMENT = midnight(DAY) + timedelta(days=11)
AFTER_THE_TENTH = midnight(date(2025, 7, 11)) + timedelta(seconds=1)
ON_THE_TENTH = midnight(date(2025, 7, 11))

CASES: list[tuple[str, list[dict[str, Any]], list[dict[str, Any]], tuple[int, ...], tuple[int, ...]]] = [
    ("all hours arrived", FULL, [], (0, 24, 24, 24), (0, 24, 24, 24)),
    ("one hour never came", FULL[1:], [], (0, 24, 23, 23), (0, 24, 23, 23)),
    ("one at fault", [*FULL[1:], version(0, flag="D")], [], (0, 24, 24, 23), (0, 24, 24, 23)),
    ("one without a value", [*FULL[1:], version(0, measured=False)], [], (0, 24, 24, 23), (0, 24, 24, 23)),
    ("re-sent after noon", [*FULL[1:], version(0, received_at=LATE_NEXT_DAY)], [], (0, 24, 23, 23), (0, 24, 24, 24)),
    ("at the last moment", [*FULL[1:], version(0, received_at=LAST_MOMENT)], [], (0, 24, 23, 23), (0, 24, 24, 24)),
    ("re-sent too late", [*FULL[1:], version(0, received_at=TOO_LATE)], [], (0, 24, 23, 23), (0, 24, 23, 23)),
    (
        "a standard check an hour a day: 23 of 24 count as all",
        [*FULL[1:], version(0, mark="STANDARD_CHECK", flag="C")], [], (1, 23, 23, 23), (1, 23, 23, 23),
    ),
    (
        "two hours of standard check: the second costs its point",
        [*FULL[2:], version(0, mark="STANDARD_CHECK"), version(1, mark="STANDARD_CHECK")],
        [], (1, 23, 23, 22), (1, 23, 23, 22),
    ),
    (
        "stopped by mark, in time",
        [*FULL[6:], *(version(n, mark="STOPPED", flag="F") for n in range(6))], [], (6, 18, 18, 18), (6, 18, 18, 18),
    ),
    ("starting up measures too", [*FULL[1:], version(0, mark="STARTING")], [], (0, 24, 24, 24), (0, 24, 24, 24)),
    ("calibrated", [*FULL[1:], version(0, mark="CALIBRATION")], [], (0, 24, 24, 23), (0, 24, 24, 23)),
    ("shutdown declared, nothing sent", FULL[6:], [declaration(0, 6, "STOPPED")], (6, 18, 18, 18), (6, 18, 18, 18)),
    (
        "shutdown without document",
        FULL[6:], [declaration(0, 6, "STOPPED", documented_at=None)], (6, 18, 18, 18), (0, 24, 18, 18),
    ),
    (
        "document on the tenth", FULL[6:], [declaration(0, 6, "STOPPED", documented_at=ON_THE_TENTH)],
        (6, 18, 18, 18), (6, 18, 18, 18),
    ),
    (
        "document after the tenth", FULL[6:], [declaration(0, 6, "STOPPED", documented_at=AFTER_THE_TENTH)],
        (6, 18, 18, 18), (0, 24, 18, 18),
    ),
    (
        "declared after noon of the next day", FULL[6:], [declaration(0, 6, "STOPPED", recorded_at=LATE_NEXT_DAY)],
        (0, 24, 18, 18), (6, 18, 18, 18),
    ),
    (
        "withdrawn later", FULL[6:], [declaration(0, 6, "STOPPED", withdrawn_at=WITHIN_TEN)],
        (6, 18, 18, 18), (0, 24, 18, 18),
    ),
    ("declared at fault although flagged N", FULL, [declaration(0, 2, "FAULT")], (0, 24, 24, 22), (0, 24, 24, 22)),
    (
        "declared for another factor", FULL[6:], [declaration(0, 6, "STOPPED", pollutant=SO2)],
        (0, 24, 18, 18), (0, 24, 18, 18),
    ),
    (
        "measured by hand, documented",
        [*FULL[1:], version(0, flag="S", mark="MANUAL", received_at=WITHIN_TEN)], [declaration(0, 1, "MANUAL")],
        (0, 24, 23, 23), (0, 24, 24, 24),
    ),
    (
        "measured by hand, no document",
        [*FULL[1:], version(0, flag="S", mark="MANUAL", received_at=WITHIN_TEN)], [],
        (0, 24, 23, 23), (0, 24, 23, 23),
    ),
    (
        "flag mended by hand, no document: the original flag comes back",
        [*FULL[1:], version(0, flag="D"), version(0, revision=2, received_at=WITHIN_TEN)], [],
        (0, 24, 24, 23), (0, 24, 24, 23),
    ),
    (
        "flag mended by hand, documented",
        [*FULL[1:], version(0, flag="D"), version(0, revision=2, received_at=WITHIN_TEN)],
        [declaration(0, 1, "MANUAL")], (0, 24, 24, 23), (0, 24, 24, 24),
    ),
    (
        "corrected within the day needs none",
        [*FULL[1:], version(0, flag="D"), version(0, revision=2, received_at=LATE_NEXT_DAY - timedelta(hours=2))],
        [], (0, 24, 24, 24), (0, 24, 24, 24),
    ),
]  # fmt: skip


@pytest.mark.parametrize(
    ("versions", "declarations", "immediate", "completed"), [c[1:] for c in CASES], ids=[c[0] for c in CASES]
)
def test_a_day_of_one_factor_as_worked_out_by_hand(
    versions: list[dict[str, Any]],
    declarations: list[dict[str, Any]],
    immediate: tuple[int, ...],
    completed: tuple[int, ...],
) -> None:
    found = standing(versions, declarations)
    assert figures(found, "immediate") == immediate
    assert figures(found, "completed") == completed


def test_rates_multiply_and_sums_are_of_hours_not_of_rates() -> None:
    missing_two = [version(n) for n in range(22)]
    one_bad = [version(n, outlet=2, flag="D" if n == 0 else "N") for n in range(24)]
    found = standing([*missing_two, *one_bad], limits=[limit(), limit(outlet=2)])
    first, second = score.rates(found.counts(), ("outlet",)).iter_rows(named=True)
    assert first["completed_transmission"] == pytest.approx(22 / 24)
    assert second["completed_validity"] == pytest.approx(23 / 24)
    total = score.rates(found.counts(), ()).row(0, named=True)
    assert total["completed_effectiveness"] == pytest.approx(45 / 48)
    assert total["completed_effectiveness"] == pytest.approx(
        total["completed_transmission"] * total["completed_validity"]
    )


def test_what_is_due_begins_with_the_registration_and_ends_with_the_limit() -> None:
    at_nine = (midnight(DAY) + timedelta(hours=8, minutes=1)).astimezone(UTC)
    late = standing([], limits=[limit(registered_at=at_nine)])
    assert figures(late, "immediate")[1] == 15
    assert due(frame([limit(valid_to=DAY - timedelta(days=1))], LIMIT), DAY, DAY, LONG_AFTER, WINDOWS).is_empty()
    assert due(frame([limit()], LIMIT), DAY, DAY, midnight(DAY) + timedelta(days=1), WINDOWS).is_empty()
    assert due(frame([limit(), limit()], LIMIT), DAY, DAY, LONG_AFTER, WINDOWS).height == 1


def test_a_repair_stands_provisionally_until_the_tenth_of_the_next_month() -> None:
    mended = [*FULL[1:], version(0, flag="D"), version(0, revision=2, received_at=WITHIN_TEN)]
    assert figures(standing(mended, as_of=ON_THE_TENTH), "completed") == (0, 24, 24, 24)
    assert figures(standing(mended, as_of=AFTER_THE_TENTH), "completed") == (0, 24, 24, 23)
    assert figures(standing(mended, as_of=WITHIN_TEN - timedelta(seconds=1)), "completed") == (0, 24, 24, 23)
    assert settled_on(WINDOWS, DAY) == date(2025, 7, 11)
    assert settled_on(WINDOWS, date(2025, 6, 30)) == date(2025, 7, 11)
    assert settled_on(WINDOWS, date(2025, 1, 31)) == date(2025, 2, 11)
    assert settled_on(Windows(repair_days=20), date(2025, 12, 31)) == date(2026, 1, 21)


def test_every_lost_hour_is_listed_with_its_reason() -> None:
    versions = [
        *FULL[6:],
        version(1, flag="B"),
        version(2, mark="MAINTENANCE"),
        version(3, measured=False),
        version(4, received_at=LATE_NEXT_DAY),
        version(5, flag="S", mark="MANUAL", received_at=WITHIN_TEN),
    ]
    found = standing(versions, [declaration(23, 24, "FAULT")])
    completed = lost.hours_of(found, "completed")
    reasons = dict(completed.select("hour", "reason").iter_rows())
    assert reasons == {0: "MISSING", 1: "FLAG", 2: "MARK", 3: "EMPTY", 5: "LAPSED", 23: "DECLARED"}
    immediate = dict(lost.hours_of(found, "immediate").select("hour", "reason").iter_rows())
    assert immediate == {**reasons, 4: "LATE", 5: "MISSING"}
    assert completed["start"][0] == midnight(DAY)
    assert set(completed["reason"]) <= set(lost.REASONS)


def test_every_mark_of_the_code_list_has_an_effect() -> None:
    assert set(EFFECTS) == {entry.code for entry in codes("mark")}


def test_requirements_are_found_by_region_and_year() -> None:
    assert requirement("340100", 2015).passing == 0.75
    assert requirement("340100", 2025).passing == 0.95
    assert requirement("340100", 2025).city_floor == 0.90


# Around every deadline of the days, and anywhere between.
EDGES = [
    midnight(DAY) + timedelta(days=d, hours=h, seconds=s)
    for d, h in ((0, 0), (1, 0), (1, 12), (2, 12), (11, 0), (12, 0), (31, 0), (40, 0))
    for s in (0, 1)
]
moments = st.sampled_from(EDGES)
maybe = st.none() | moments
MARKS = [None, None, "STOPPED", "STANDARD_CHECK", "MANUAL", "FAULT", "STARTING"]


@st.composite
def readings(draw: st.DrawFn) -> list[dict[str, Any]]:
    """Up to three versions of some hours, each received after the one before."""
    found = []
    hours = st.tuples(st.sampled_from([1, 2]), st.sampled_from([COD, SO2]), st.integers(0, 1), st.integers(0, 3))
    for outlet, pollutant, day, hour in draw(st.sets(hours, max_size=12)):
        received = sorted(draw(st.lists(moments, min_size=1, max_size=3)))
        for revision, moment in enumerate(received, 1):
            found.append(
                version(
                    hour, outlet=outlet, pollutant=pollutant, day=DAY + timedelta(days=day), revision=revision,
                    received_at=moment, flag=draw(st.sampled_from(["N", "N", "D", "S", "3"])),
                    mark=draw(st.sampled_from(MARKS)),
                    measured=draw(st.sampled_from([True, True, False])),
                )
            )  # fmt: skip
    return found


@st.composite
def declared(draw: st.DrawFn) -> list[dict[str, Any]]:
    found = []
    for number in range(draw(st.integers(0, 3))):
        first = draw(st.integers(-2, 26))
        found.append(
            declaration(
                first, first + draw(st.integers(1, 8)), draw(st.sampled_from(sorted(EFFECTS))), declaration=number,
                outlet=draw(st.sampled_from([1, 2])), pollutant=draw(st.sampled_from([None, COD, SO2])),
                recorded_at=draw(moments), documented_at=draw(maybe), withdrawn_at=draw(maybe),
            )
        )  # fmt: skip
    return found


@given(readings(), declared(), moments, st.sampled_from(EDGES[:4]))
@settings(max_examples=150, deadline=None)
def test_figures_and_lost_hours_equal_a_plain_recomputation(
    versions: list[dict[str, Any]], declarations: list[dict[str, Any]], as_of: datetime, registered_at: datetime
) -> None:
    limits = [
        limit(), limit(pollutant=SO2, valid_to=DAY), limit(outlet=2, registered_at=registered_at.astimezone(UTC)),
        limit(outlet=2, pollutant=SO2),
    ]  # fmt: skip
    versions = [v for v in versions if v["received_at"] >= midnight(v["day"])]
    wanted = slow.due_hours(limits, DAY, DAY + timedelta(days=1), as_of, WINDOWS)
    if not wanted:
        return
    found = standing(versions, declarations, limits, as_of, days=2)
    total = score.rates(found.counts(), ()).row(0, named=True)
    for state in score.STATES:
        told = slow.verdicts(wanted, versions, declarations, as_of, WINDOWS, FOUR, completed=state == "completed")
        counted = slow.counts(told)
        assert total["registered"] == counted["registered"]
        assert {n: total[f"{state}_{n}"] for n in score.COUNTS[1:]} == {n: counted[n] for n in score.COUNTS[1:]}
        listed = lost.hours_of(found, state).select("outlet", "pollutant", "day", "hour").rows()
        assert {Hour(*row) for row in listed} == {h for h, verdict in told.items() if verdict in ("missing", "invalid")}
        away = lost.hours_of(found, state, excluded=True).select("outlet", "pollutant", "day", "hour").rows()
        assert {Hour(*row) for row in away} == {h for h, verdict in told.items() if verdict == "excluded"}


def test_moments_are_those_of_shanghai() -> None:
    assert slow.deadlines(DAY, WINDOWS)[0] == datetime(2025, 6, 11, 12, tzinfo=SHANGHAI)
