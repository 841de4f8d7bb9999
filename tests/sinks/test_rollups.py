"""Rollups equal a recomputation from the facts, whatever comes in whatever order from whatever worker."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from typing import Any

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from polars.testing import assert_frame_equal
from sqlalchemy import text

from sinks import facts, register, rollups
from sinks.errors import UnknownName
from sinks.fetch import fetch
from sinks.warehouse import Warehouse

DAY = 86_400_000
MNS = ("MN0001", "MN0002", "MN0003")
VALUES = st.none() | st.floats(-100, 9e9) | st.sampled_from([0.0, 0.1, 1e-7, 0.0000005, 9e9, 50.0])


def differences(warehouse: Warehouse) -> dict[str, list[dict[str, Any]]]:
    with warehouse.read() as connection:
        frames = {kind: rollups.differences(connection, kind) for kind in rollups.ROLLUPS}
    return {kind: frame.to_dicts() for kind, frame in frames.items() if frame.height}


def register_outlets(loader: Any, sample: Any) -> None:
    divisions = dict(zip(MNS, ("340104", "340104", "340204"), strict=True))
    loader.load("registration", sample.registrations(*({"mn": mn, "division": d} for mn, d in divisions.items())))


reading = st.fixed_dictionaries(
    {
        "mn": st.sampled_from(MNS),
        "pollutant": st.sampled_from(["a21026", "a21002"]),
        "start": st.sampled_from([1_777_564_800_000, 1_777_564_800_000 + 3_600_000, 1_777_564_800_000 + DAY]),
        "average": VALUES,
        "maximum": VALUES,
        "cumulative": VALUES,
        "corrected": VALUES,
        "flag": st.sampled_from(["N", "N", "N", "D"]),
        "mark": st.sampled_from([None, None, "CALIBRATION"]),
    }
)
project = st.fixed_dictionaries(
    {
        "project_code": st.sampled_from(["P1", "P2", "P3"]),
        "division": st.sampled_from(["340104", "340204", "340100"]),
        "stage": st.sampled_from(["BUILDING", "COMPLETED"]),
        "planned_investment": st.integers(0, 2**63 - 1),
        "cumulative_investment": st.integers(0, 10**12),
    }
)
award = st.fixed_dictionaries(
    {
        "award_number": st.sampled_from(["A1", "A2", "A3"]),
        "status": st.sampled_from(["APPROVED", "PAID"]),
        "amount": st.integers(0, 2**63 - 1),
        "paid_amount": st.none() | st.integers(0, 10**12),
        "payee_count": st.integers(1, 5),
    }
)
indicator = st.fixed_dictionaries(
    {
        "indicator": st.sampled_from(["GVA", "R&D"]),
        "value": st.floats(allow_nan=False, allow_infinity=False),
    }
)
limit = st.fixed_dictionaries(
    {
        "pollutant": st.sampled_from(["a21026", "a21002"]),
        "value": st.sampled_from([0.0, 35.0, 50.0]),
        "unit": st.just("mg/m3"),
        "norm": st.none(),
        "valid_from": st.sampled_from([0, 20_574, 20_575]),
        "valid_to": st.none() | st.sampled_from([20_574, 30_000]),
    }
)
registration = st.fixed_dictionaries(
    {
        "mn": st.sampled_from(MNS),
        "division": st.sampled_from(["340104", "340204"]),
        "limits": st.lists(limit, max_size=3),
    }
)
KINDS = {"registration": registration, "reading": reading, "project": project, "award": award, "indicator": indicator}


@st.composite
def batches(draw: st.DrawFn) -> list[tuple[str, int, list[dict[str, Any]]]]:
    """Batches of one kind each with the shard that loads them; revisions rise, so later ones correct earlier ones."""
    revision = 1  # 1 registers the outlets
    made = []
    for _ in range(draw(st.integers(1, 6))):
        kind = draw(st.sampled_from(sorted(KINDS)))
        rows = []
        for row in draw(st.lists(KINDS[kind], min_size=1, max_size=6)):
            revision += 1
            rows.append({**row, "revision": revision})
        made.append((kind, draw(st.integers(0, 2)), rows))
    return made


@given(sequence=batches())
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_sequence_of_batches_and_corrections_leaves_no_difference(
    sequence: list[tuple[str, int, list[dict[str, Any]]]], warehouse: Warehouse, loader: Any, sample: Any
) -> None:
    register_outlets(loader, sample)
    for kind, shard, rows in sequence:
        loader.load(kind, sample.of(kind, *rows), shard, judged=True)
        assert differences(warehouse) == {}
        assert judged_by_another_limit(warehouse).is_empty()
    with warehouse.batch() as connection:
        before = {kind: totals(connection, kind) for kind in rollups.ROLLUPS}
        for kind in rollups.ROLLUPS:
            rollups.fold(connection, kind)
            assert_frame_equal(totals(connection, kind), before[kind])
            rollups.rebuild(connection, kind)
            assert_frame_equal(totals(connection, kind), before[kind])
        empty = "truncate reading, project, award, indicator, registration, rollup_reading, rollup_project,"
        connection.execute(text(f"{empty} rollup_award, rollup_indicator"))
    assert differences(warehouse) == {}


def judged_by_another_limit(warehouse: Warehouse) -> pl.DataFrame:
    """Readings whose limit is not the one that the registrations as they stand put in force."""
    in_force = """
        select (l ->> 'value')::float8 from jsonb_array_elements(registration.limits) l
        where l ->> 'pollutant' = pollutant.code
            and (l ->> 'valid_from')::int <= shanghai_day(start) - date '1970-01-01'
            and coalesce((l ->> 'valid_to')::int, 99999) >= shanghai_day(start) - date '1970-01-01'
        order by (l ->> 'valid_from')::int desc, (l ->> 'value')::float8 limit 1"""
    over = f"valid and coalesce(coalesce(corrected, average) > ({in_force}), false)"
    statement = f"""
        select mn, start, limit_value, exceeded, ({in_force}) as in_force, {over} as over
        from reading join outlet on outlet.id = outlet join registration using (mn)
            join pollutant on pollutant.id = reading.pollutant
        where limit_value is distinct from ({in_force}) or exceeded <> ({over})"""
    with warehouse.read() as connection:
        return fetch(connection, statement)


VIEWS = {
    "reading": "reading_by_day",
    "project": "project_by_stage",
    "award": "award_by_clause",
    "indicator": "indicator_by_period",
}


def totals(connection: Any, kind: str) -> pl.DataFrame:
    group = ", ".join(rollups.ROLLUPS[kind].group)
    return fetch(connection, f"select * from {VIEWS[kind]} order by {group}")


def test_figures_of_a_day_are_those_of_its_valid_readings(warehouse: Warehouse, loader: Any, sample: Any) -> None:
    register_outlets(loader, sample)
    loader.load(
        "reading",
        sample.readings(
            {"average": 10.0, "maximum": 12.0, "cumulative": 0.1, "corrected": 40.0},
            {"mn": "MN0002", "average": 20.5, "maximum": None, "cumulative": 0.2},
            {"period": "DAY", "average": 1.0},
            {"start": 1_777_564_800_000 + 3_600_000, "average": 99.0, "maximum": 999.0, "flag": "D"},
        ),
    )
    with warehouse.read() as connection:
        rows = fetch(connection, "select * from reading_by_day where period = 2").to_dicts()
    pollutant = 340100, rows[0]["pollutant"], 2
    assert [tuple(row.values())[:3] for row in rows] == [pollutant]
    shown = {name: rows[0][name] for name in ("readings", "valid", "average", "maximum", "mass_kg", "exceedances")}
    assert shown == {
        "readings": 3, "valid": 2, "average": 15.25, "maximum": 20.5, "mass_kg": Decimal("0.3"), "exceedances": 1,
    }  # fmt: skip


def test_a_month_adds_its_days_up(warehouse: Warehouse, loader: Any, sample: Any) -> None:
    register_outlets(loader, sample)
    loader.load("reading", sample.readings({"average": 10.0}, {"start": 1_777_564_800_000 + DAY, "average": 20.0}))
    with warehouse.read() as connection:
        months = fetch(connection, "select month::text, readings, average from reading_by_month")
    assert months.rows() == [("2026-05-01", 2, 15.0)]


def test_a_group_that_loses_its_maximum_gets_the_next_one(warehouse: Warehouse, loader: Any, sample: Any) -> None:
    register_outlets(loader, sample)
    loader.load("reading", sample.readings({"maximum": 90.0}), shard=1)
    loader.load("reading", sample.readings({"mn": "MN0002", "maximum": 70.0}), shard=2)
    loader.load("reading", sample.readings({"maximum": 5.0, "revision": 2}), shard=3)
    with warehouse.read() as connection:
        assert fetch(connection, "select maximum from reading_by_day")["maximum"].to_list() == [70.0]
    loader.load("reading", sample.readings({"mn": "MN0002", "maximum": None, "average": None, "revision": 2}), shard=1)
    with warehouse.read() as connection:
        assert fetch(connection, "select maximum from reading_by_day")["maximum"].to_list() == [5.0]


def test_two_workers_that_both_take_a_maximum_away_agree_on_what_is_left(
    warehouse: Warehouse, loader: Any, sample: Any, blocked: Any
) -> None:
    register_outlets(loader, sample)
    loader.load("reading", sample.readings({"maximum": 9.0}), shard=1)
    loader.load("reading", sample.readings({"mn": "MN0002", "maximum": 7.0}), shard=2)
    first = sample.readings({"maximum": 3.0, "revision": 2})
    second = sample.readings({"mn": "MN0002", "maximum": 2.0, "revision": 2})
    with ThreadPoolExecutor(1) as pool:
        with warehouse.batch() as connection:
            loader.within(connection, "reading", first, 1)
            other = pool.submit(loader.load, "reading", second, 2)
            blocked()
        other.result()
    assert differences(warehouse) == {}
    with warehouse.read() as connection:
        assert fetch(connection, "select maximum from reading_by_day")["maximum"].to_list() == [3.0]


def test_a_reading_corrected_out_of_a_city_leaves_nothing_behind(
    warehouse: Warehouse, loader: Any, sample: Any
) -> None:
    loader.load("registration", sample.registrations({"division": "340104"}))
    loader.load("reading", sample.readings({"maximum": 30.0}))
    loader.load("registration", sample.registrations({"division": "340204", "revision": 2}))
    loader.load("reading", sample.readings({"maximum": 10.0, "revision": 2}), shard=1)
    with warehouse.read() as connection:
        assert fetch(connection, "select city, maximum from reading_by_day").rows() == [(340200, 10.0)]
    assert differences(warehouse) == {}


def test_a_rollup_that_was_tampered_with_is_told_by_group(warehouse: Warehouse, loader: Any, sample: Any) -> None:
    loader.load("project", sample.projects({}))
    with warehouse.batch() as connection:
        connection.execute(text("update rollup_project set planned = planned + 1"))
    found = differences(warehouse)["project"]
    assert [(row["stored_planned"], row["recomputed_planned"]) for row in found] == [(1_000_001, 1_000_000)]
    with warehouse.batch() as connection:
        rollups.rebuild(connection, "project")
    assert differences(warehouse) == {}


def test_a_kind_without_rollup_changes_none_and_has_none(warehouse: Warehouse, sample: Any) -> None:
    rows = facts.encode("nil", sample.nils({}))
    with warehouse.batch() as connection:
        rollups.apply(connection, "nil", rows, rows.clear(), 0)
        with pytest.raises(UnknownName, match="nil"):
            rollups.recompute(connection, "nil")


def test_recomputing_gives_the_figures_that_were_added_up(warehouse: Warehouse, loader: Any, sample: Any) -> None:
    loader.load("award", sample.awards({"paid_amount": 7}, {"award_number": "A-2", "amount": 1}))
    with warehouse.read() as connection:
        found = rollups.recompute(connection, "award")
    assert found.select("awards", "payees", "amount", "paid").rows() == [(2, 2, 50_001, 7)]


def limits_by_order(order: str, warehouse: Warehouse, loader: Any, sample: Any) -> list[tuple[Any, ...]]:
    strict = sample.registrations({"revision": 2, "limits": [sample.limit(20.5)]})
    loader.load("registration", sample.registrations({"limits": [sample.limit(35.0)]}))
    if order == "readings first":
        loader.load("reading", sample.readings({"corrected": 21.0}, {"pollutant": "a21002", "limit__value": None}))
        loader.load("registration", strict)
    else:
        loader.load("registration", strict)
        rows = ({"corrected": 21.0, "limit__value": 20.5}, {"pollutant": "a21002", "limit__value": None})
        loader.load("reading", sample.readings(*rows))
    assert differences(warehouse) == {}
    with warehouse.read() as connection:
        return fetch(connection, "select limit_value, exceeded from reading order by pollutant").rows()


@pytest.mark.parametrize("order", ["readings first", "limit first"])
def test_exceedance_is_the_same_whichever_of_limit_and_reading_came_first(
    order: str, warehouse: Warehouse, loader: Any, sample: Any
) -> None:
    assert limits_by_order(order, warehouse, loader, sample) == [(None, False), (20.5, True)]
    with warehouse.read() as connection:
        assert fetch(connection, "select exceedances from reading_by_day order by pollutant").rows() == [(0,), (1,)]


def test_a_reading_judged_anew_keeps_its_former_judgement_in_history(
    warehouse: Warehouse, loader: Any, sample: Any
) -> None:
    limits_by_order("readings first", warehouse, loader, sample)
    with warehouse.read() as connection:
        former = fetch(connection, "select limit_value, exceeded, cause, known_to from reading_history")
        now = fetch(connection, "select known_from from reading where exceeded")
        before = "select exceeded from reading_as_known((select known_to - interval '1 ms' from reading_history))"
        known = fetch(connection, f"{before} where limit_value = 35")
    assert former.select("limit_value", "exceeded", "cause").rows() == [(35.0, False, "rejudged")]
    assert former["known_to"].to_list() == now["known_from"].to_list()
    assert known.rows() == [(False,)]


def test_the_strictest_of_the_newest_limits_of_the_day_holds(warehouse: Warehouse, loader: Any, sample: Any) -> None:
    day = 20_574  # 2026-05-01
    loader.load("registration", sample.registrations({}))
    loader.load("reading", sample.readings({}, {"start": 1_777_564_800_000 + DAY}))
    limits = [
        sample.limit(5.0, valid_to=day - 1),
        sample.limit(35.0, valid_to=day),
        sample.limit(40.0, valid_from=day, valid_to=day),
        sample.limit(38.0, valid_from=day, valid_to=day),
        sample.limit(1.0, valid_from=day + 2),
        sample.limit(1.0, pollutant="no such factor"),
    ]
    loader.load("registration", sample.registrations({"revision": 2, "limits": limits}))
    with warehouse.read() as connection:
        assert fetch(connection, "select limit_value from reading order by start").rows() == [(38.0,), (None,)]


def test_the_register_is_read_again_only_when_it_changed(warehouse: Warehouse, loader: Any, sample: Any) -> None:
    loader.load("registration", sample.registrations({}))
    with warehouse.batch() as connection:
        known = register.load(connection, None)
        assert register.load(connection, known) is known
    loader.load("registration", sample.registrations({"mn": "MN0002", "limits": []}))
    with warehouse.batch() as connection:
        newer = register.load(connection, known)
    assert newer.outlets["mn"].to_list() == ["MN0001", "MN0002"]
    assert (newer.outlets.schema, newer.limits.schema) == (register.OUTLETS, register.LIMITS)


def test_a_limit_cannot_change_under_a_batch_that_judges_by_it(
    warehouse: Warehouse, loader: Any, sample: Any, blocked: Any
) -> None:
    loader.load("registration", sample.registrations({}))
    change = sample.registrations({"revision": 2, "limits": [sample.limit(1.0)]})
    with ThreadPoolExecutor(1) as pool:
        with warehouse.batch() as connection:
            loader.within(connection, "reading", sample.readings({}))
            other = pool.submit(loader.load, "registration", change)
            blocked()
        other.result()
    with warehouse.read() as connection:
        assert fetch(connection, "select limit_value, exceeded from reading").rows() == [(1.0, True)]
    assert differences(warehouse) == {}
