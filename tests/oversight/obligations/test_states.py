"""The states of obligations partition what was expected, for any moment of twenty years and any order of telling."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from random import Random
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from huiliu.period import SHANGHAI
from oversight.errors import CalendarUnknown
from oversight.obligations.duty_files import shipped
from oversight.obligations.expected import EXPECTED, KEY, OWER, expected
from oversight.obligations.states import ANSWER, EXEMPTION, EXTENSION, NIL, STATES, Told, awaited, states
from oversight.obligations.timeliness import timeliness
from tests.oversight.obligations.plain_states import state as plainly

FIRST, LAST = date(2006, 1, 1), date(2025, 12, 31)
DAYS = (LAST - FIRST).days + 1
ABSENT = {"number", "reason", "granted_by"}
SCHEMAS = {"answers": ANSWER, "nils": NIL, "exemptions": EXEMPTION, "extensions": EXTENSION}
Rows = dict[str, list[dict[str, Any]]]


def at(day: date, hour: int = 0) -> datetime:
    return datetime.combine(day, time(hour), SHANGHAI).astimezone(UTC)


def owers(*rows: tuple[str, str, str, int, str], since: date = FIRST) -> pl.DataFrame:
    told = [
        {"owed_by": by, "kind": kind, "level": level, "division": division, "city": 340100, "subject": subject,
         "since": since, "until": None}
        for by, kind, level, division, subject in rows
    ]  # fmt: skip
    return pl.DataFrame(told, schema=OWER, orient="row")


OWING = owers(
    ("DIVISIONS", "project", "county", 340104, "340104"),
    ("DIVISIONS", "project", "county", 340202, "340202"),
    ("DIVISIONS", "indicator", "city", 340100, "340100"),
    ("OUTLETS", "reading", "county", 340104, "MN-A"),
    ("OUTLETS", "reading", "county", 340104, "MN-B"),
)
DUTIES = [replace(duty, valid_from=FIRST) for duty in shipped()]


def told_of(rows: Rows) -> Told:
    return Told(**{name: pl.DataFrame(rows[name], schema=SCHEMAS[name], orient="row") for name in SCHEMAS})


def some(random: Random, owed: list[dict[str, Any]], share: float) -> Rows:
    """Random answers, statements, exemptions and extensions, early, late, before their time, and of others."""
    rows: Rows = {name: [] for name in SCHEMAS}
    for row in owed:
        if random.random() > share:
            continue
        when = row["due"] + timedelta(hours=random.randint(-2000, 2000))
        grant = {
            "number": random.randint(1, 10**6), "obligation": row["obligation"], "division": row["division"],
            "subject": random.choice([None, row["subject"], "somebody else"]), "reason": "r", "granted_by": "b",
            "recorded_at": when,
        }  # fmt: skip
        match random.randint(0, 4):
            case 0 | 1:
                kept = {name: row[name] for name in KEY}
                rows["answers"].append({**kept, "received": random.choice([when, when, None]), "hours": None})
            case 2:
                kept = {name: row[name] for name in ("obligation", "division", "period")}
                rows["nils"].append({**kept, "received": when, "reason": "none"})
            case 3:
                withdrawn = random.choice([None, when + timedelta(days=random.randint(0, 90))])
                span = {"first": row["first"], "last": row["last"] + timedelta(days=random.randint(-1, 60))}
                rows["exemptions"].append({**grant, **span, "withdrawn_at": withdrawn})
            case _:
                until = when + timedelta(days=random.randint(1, 40))
                rows["extensions"].append({**grant, "period": row["period"], "until": until})
    return rows


@given(st.integers(0, DAYS - 1), st.integers(0, 23), st.integers(0, 2**32), st.sampled_from([0.05, 0.5, 0.95]))
@settings(max_examples=5, deadline=None)
def test_the_states_partition_what_was_expected_over_twenty_years_of_days(
    day: int, hour: int, seed: int, share: float
) -> None:
    random, as_of = Random(seed), at(FIRST + timedelta(days=day), hour)
    owed = expected(DUTIES, OWING, FIRST, LAST, as_of)
    rows = some(random, owed.to_dicts(), share)
    found, waiting = states(owed, told_of(rows), as_of), awaited(owed, told_of(rows), as_of)

    both = pl.concat([found, waiting])
    assert both.height == owed.height == both.select(KEY).n_unique()
    assert both.select(KEY).sort(KEY).equals(owed.select(KEY).sort(KEY))
    assert set(found["state"]) <= set(STATES)
    assert waiting.filter(pl.col("due") <= as_of).is_empty()

    for several in rows.values():
        random.shuffle(several)
        several += random.sample(several, k=len(several) // 3)  # told again
    assert states(owed, told_of(rows), as_of).equals(found)


@given(st.integers(0, 1500), st.integers(0, 2**32))
@settings(max_examples=15, deadline=None)
def test_each_state_is_that_of_a_plain_reading_of_what_was_told_by_then(day: int, seed: int) -> None:
    random, last = Random(seed), date(2012, 3, 31)
    as_of = at(last - timedelta(days=day // 20), day % 24)
    owed = expected(DUTIES, OWING, date(2011, 11, 1), last, as_of)
    rows = some(random, owed.to_dicts(), 0.8)
    for _ in range(3):  # several of one obligation
        for name, more in some(random, owed.to_dicts(), 0.3).items():
            rows[name] += more
    found = pl.concat([states(owed, told_of(rows), as_of), awaited(owed, told_of(rows), as_of)])
    by_key = {tuple(row[n] for n in KEY): (row["state"], row["received"], row["days_late"]) for row in found.to_dicts()}
    for row in owed.to_dicts():
        assert by_key[tuple(row[n] for n in KEY)] == plainly(row, rows, as_of), row


@given(st.integers(0, 400), st.integers(0, 400), st.integers(0, 2**32))
@settings(max_examples=25, deadline=None)
def test_what_is_told_later_does_not_change_what_stood_at_a_moment(day: int, more: int, seed: int) -> None:
    random, as_of = Random(seed), at(date(2019, 1, 1) + timedelta(days=day), 13)
    owed = expected(DUTIES, OWING, date(2018, 11, 1), date(2020, 3, 1), as_of)
    rows = some(random, owed.to_dicts(), 0.7)
    known: Rows = {
        name: [row for row in several if (row.get("received") or row.get("recorded_at") or as_of) <= as_of]
        for name, several in rows.items()
    }
    assert states(owed, told_of(known), as_of).equals(states(owed, told_of(rows), as_of))
    later = expected(DUTIES, OWING, date(2018, 11, 1), date(2020, 3, 1), as_of + timedelta(days=more))
    assert owed.select(EXPECTED.names()).join(later, on=EXPECTED.names(), how="anti").is_empty()


@pytest.mark.parametrize(
    ("obligation", "period", "last_day"),
    [
        ("PROJECT", "2024-09", "2024-10-10"),
        ("PROJECT", "2025-04", "2025-05-12"),  # the 10th is a Saturday
        ("PROJECT", "2026-01", "2026-02-10"),
        ("PROJECT", "2025-09", "2025-10-10"),
        ("PROJECT", "2026-09", "2026-10-10"),  # a Saturday that is worked
        ("INDICATOR", "2024", "2025-02-05"),  # 31 January lies in Spring Festival
        ("INDICATOR", "2025", "2026-02-02"),  # a Saturday
    ],
)
def test_a_deadline_that_is_no_working_day_is_the_next_one(obligation: str, period: str, last_day: str) -> None:
    owed = expected(DUTIES, OWING, date(2024, 1, 1), date(2026, 10, 1), at(date(2026, 11, 1)))
    row = owed.filter(obligation=obligation, period=period).row(0, named=True)
    assert row["due"] == at(date.fromisoformat(last_day) + timedelta(days=1))


def test_a_report_on_the_last_day_is_in_time_and_one_a_moment_later_is_late() -> None:
    owed = expected(DUTIES, OWING, date(2024, 9, 1), date(2024, 9, 30), at(date(2024, 12, 1))).filter(
        obligation="PROJECT"
    )
    due = at(date(2024, 10, 11))
    rows: Rows = {name: [] for name in SCHEMAS}
    rows["answers"] = [
        {"obligation": "PROJECT", "subject": subject, "period": "2024-09", "received": received}
        for subject, received in (("340104", due - timedelta(milliseconds=1)), ("340202", due))
    ]
    found = states(owed, told_of(rows), at(date(2024, 12, 1)))
    assert found.select("subject", "on_time", "days_late").rows() == [("340104", True, 0), ("340202", False, 1)]


def test_a_year_that_nobody_has_told_of_is_refused_only_once_its_deadline_can_have_passed() -> None:
    december = {"first": date(2026, 12, 1), "last": date(2026, 12, 31)}
    ahead = expected(DUTIES, OWING, **december, as_of=at(date(2027, 1, 10)))
    assert "2026-12" in ahead["period"].to_list()
    with pytest.raises(CalendarUnknown, match="2027"):
        expected(DUTIES, OWING, **december, as_of=at(date(2027, 1, 11)))


def test_nobody_owes_a_period_that_began_before_they_did_or_ended_after() -> None:
    late = OWING.with_columns(since=date(2024, 3, 2), until=date(2024, 6, 29))
    owed = expected(DUTIES, late, date(2024, 1, 1), date(2024, 12, 31), at(date(2025, 1, 1)))
    assert sorted(set(owed.filter(obligation="PROJECT")["period"])) == ["2024-04", "2024-05"]
    assert owed.filter(obligation="READING")["last"].min() == date(2024, 3, 2)


def test_a_nil_beside_a_report_is_said_to_contradict_it_and_rates_add_up() -> None:
    as_of = at(date(2024, 12, 1))
    owed = expected(DUTIES, OWING, date(2024, 9, 1), date(2024, 10, 31), as_of).filter(obligation="PROJECT")
    rows: Rows = {name: [] for name in SCHEMAS}
    early, late = at(date(2024, 10, 5)), at(date(2024, 10, 15))
    rows["answers"] = [{"obligation": "PROJECT", "subject": "340104", "period": "2024-09", "received": early}]
    rows["nils"] = [
        {"obligation": "PROJECT", "division": 340104, "period": "2024-09", "received": early, "reason": "无"},
        {"obligation": "PROJECT", "division": 340202, "period": "2024-09", "received": late, "reason": "无"},
    ]
    rows["exemptions"] = [
        {"number": 7, "obligation": "PROJECT", "division": 340202, "subject": None, "reason": "撤并",
         "granted_by": "省厅", "recorded_at": early, "first": date(2024, 10, 1), "last": date(2024, 12, 31),
         "withdrawn_at": None}
    ]  # fmt: skip
    found = states(owed, told_of(rows), as_of)
    assert found.select("subject", "period", "state", "contradicted", "reason", "by", "days_late").rows() == [
        ("340104", "2024-09", "REPORTED", True, None, None, 0),
        ("340104", "2024-10", "MISSING", False, None, None, 20),
        ("340202", "2024-09", "CONFIRMED_ZERO", False, "无", None, 5),
        ("340202", "2024-10", "EXEMPT", False, "撤并", "省厅", None),
    ]
    total = timeliness(found, ["obligation"]).row(0, named=True)
    assert (total["owed"], total["on_time"], total["late_week"], total["missing"], total["exempt"]) == (3, 1, 1, 1, 1)
    assert total["complete"] == pytest.approx(2 / 3)
    assert total["timely"] == pytest.approx(1 / 3)
