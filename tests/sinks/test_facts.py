"""Facts come back as they were sent, one row per key, and every superseded row is kept."""

from __future__ import annotations

from typing import Any

import polars as pl
import pytest
from polars.testing import assert_frame_equal
from sqlalchemy import text

from schemas.contract import KINDS, contract
from sinks import facts, register
from sinks.errors import AnotherWriter, ContentRefused, Unstorable
from sinks.fetch import fetch
from sinks.warehouse import Warehouse


@pytest.mark.parametrize("kind", KINDS)
def test_a_probed_row_says_what_the_event_said(kind: str, warehouse: Warehouse, loader: Any, sample: Any) -> None:
    if kind == "reading":
        loader.load("registration", sample.registrations({}))
    events = sample.of(kind, {"source_ref": "单据 1"})
    loader.load(kind, events)
    with warehouse.batch() as connection:
        found = facts.probe(connection, kind, events)
    columns = [*contract(kind).names, "flagged", "content", "received_at", "intake", "offset"]
    assert_frame_equal(found.select(columns), events.select(columns))


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind != "reading"])
def test_optional_fields_may_be_absent(kind: str, loader: Any, sample: Any, warehouse: Warehouse) -> None:
    empty = {f.name: [] if f.type == "array" else None for f in contract(kind).fields if f.null is not None}
    events = sample.of(kind, empty)
    loader.load(kind, events)
    with warehouse.batch() as connection:
        found = facts.probe(connection, kind, events)
    assert_frame_equal(found.select(contract(kind).names), events.select(contract(kind).names))


def test_probe_returns_only_keys_that_exist(warehouse: Warehouse, loader: Any, sample: Any) -> None:
    loader.load("registration", sample.registrations({}))
    loader.load("reading", sample.readings({"pollutant": "a21002"}, {"pollutant": "a21026"}))
    asked = sample.readings(
        {"pollutant": "a21026"}, {"pollutant": "a34013"}, {"mn": "nobody's"}, {"pollutant": "a21026", "period": "DAY"}
    )
    with warehouse.batch() as connection:
        assert facts.probe(connection, "reading", asked)["pollutant"].to_list() == ["a21026"]
        assert facts.probe(connection, "reading", asked.clear()).is_empty()


def test_a_correction_replaces_the_row_and_keeps_the_former_one(warehouse: Warehouse, loader: Any, sample: Any) -> None:
    loader.load("project", sample.projects({"cumulative_investment": 100}))
    loader.load("project", sample.projects({"cumulative_investment": 250, "revision": 2}))
    with warehouse.read() as connection:
        current = fetch(connection, "select revision, cumulative_investment, known_from from project")
        former = fetch(connection, "select revision, cumulative_investment, known_to, cause from project_history")
    assert current.select("revision", "cumulative_investment").rows() == [(2, 250)]
    assert former.select("revision", "cumulative_investment", "cause").rows() == [(1, 100, "superseded")]
    assert former["known_to"].to_list() == current["known_from"].to_list()


def test_a_row_superseded_within_its_own_batch_goes_straight_to_history(
    warehouse: Warehouse, loader: Any, sample: Any
) -> None:
    loader.load("award", sample.awards({"amount": 1}, {"amount": 2, "revision": 2}, {"amount": 3, "revision": 3}))
    with warehouse.read() as connection:
        assert fetch(connection, "select amount from award")["amount"].to_list() == [3]
        former = fetch(connection, "select amount, cause, known_from = known_to as never from award_history order by 1")
    assert former.rows() == [(1, "passing", True), (2, "passing", True)]


def test_what_was_known_on_a_moment_can_be_asked_for(warehouse: Warehouse, loader: Any, sample: Any) -> None:
    loader.load("registration", sample.registrations({}))
    moments: list[Any] = []
    for revision, average in enumerate([10.0, 20.0, 30.0], start=1):
        with warehouse.read() as connection:
            moments.append(connection.execute(text("select clock_timestamp()")).scalar_one())
        loader.load("reading", sample.readings({"average": average, "revision": revision}))
    moments.append("infinity")
    with warehouse.read() as connection:
        statement = "select average from reading_as_known(%(t)s::timestamptz)"
        known = [fetch(connection, statement, {"t": moment})["average"].to_list() for moment in moments]
    assert known == [[], [10.0], [20.0], [30.0]]


def test_readings_go_to_the_partition_of_their_shanghai_month(warehouse: Warehouse, loader: Any, sample: Any) -> None:
    loader.load("registration", sample.registrations({}))
    may = 1_777_564_800_000
    loader.load("reading", sample.readings({"start": may - 1}, {"start": may}, {"start": may + 31 * 86_400_000}))
    with warehouse.read() as connection:
        rows = fetch(connection, "select tableoid::regclass::text as month from reading order by start")
    assert rows["month"].to_list() == ["reading_2026_04", "reading_2026_05", "reading_2026_06"]


def test_two_batches_may_open_the_same_month_at_once(warehouse: Warehouse, loader: Any, sample: Any) -> None:
    loader.load("registration", sample.registrations({}, {"mn": "MN0002"}))
    with warehouse.batch() as one:
        loader.within(one, "reading", sample.readings({"start": 0}))
        with pytest.raises(Exception, match="lock timeout"), warehouse.batch() as two:
            two.execute(text("set local lock_timeout = '300ms'"))
            loader.within(two, "reading", sample.readings({"mn": "MN0002", "start": 0}))
    loader.load("reading", sample.readings({"mn": "MN0002", "start": 0}))
    with warehouse.read() as connection:
        assert connection.execute(text("select count(*) from reading")).scalar_one() == 2


def test_a_fresh_key_that_exists_means_another_writer(warehouse: Warehouse, loader: Any, sample: Any) -> None:
    events = sample.nils({})
    loader.load("nil", events)
    rows = facts.encode("nil", events)
    with pytest.raises(AnotherWriter, match="23505"), warehouse.batch() as connection:
        facts.write(connection, "nil", rows, rows.clear(), rows.clear(), rows.clear())


def test_superseding_a_row_that_is_gone_means_another_writer(warehouse: Warehouse, sample: Any) -> None:
    rows = facts.encode("nil", sample.nils({}))
    with pytest.raises(AnotherWriter), warehouse.batch() as connection:
        facts.write(connection, "nil", rows.clear(), rows, rows, rows.clear())


@pytest.mark.parametrize(
    "wrong",
    [
        {"average": float("nan")},
        {"average": float("inf")},
        {"minimum": 1e10},
        {"flag": "N\x00"},
        {"reported_at": 2**62},
    ],
)
def test_what_postgresql_refuses_is_told_as_content(
    wrong: dict[str, Any], warehouse: Warehouse, loader: Any, sample: Any
) -> None:
    loader.load("registration", sample.registrations({}))
    with pytest.raises(ContentRefused):
        loader.load("reading", sample.readings(wrong))
    with warehouse.read() as connection:
        assert connection.execute(text("select count(*) from reading")).scalar_one() == 0


def test_a_reading_of_an_unregistered_outlet_is_not_stored(warehouse: Warehouse, sample: Any) -> None:
    with warehouse.batch() as connection, pytest.raises(Unstorable, match="offset"):
        facts.encode("reading", sample.readings({}), register.load(connection, None))


@pytest.mark.parametrize(
    ("reading", "valid", "exceeded"),
    [
        ({"corrected": 36.0}, True, True),
        ({"corrected": 35.0, "average": 99.0}, True, False),
        ({"corrected": None, "average": 36.0}, True, True),
        ({"corrected": None, "average": None}, True, False),
        ({"corrected": 36.0, "flag": "D"}, False, False),
        ({"corrected": 36.0, "mark": "CALIBRATION"}, False, False),
        ({"corrected": 36.0, "mark": "RUNNING"}, True, True),
        ({"corrected": 36.0, "limit__value": None}, True, False),
    ],
)
def test_only_a_valid_reading_can_exceed_its_limit(
    reading: dict[str, Any], valid: bool, exceeded: bool, loader: Any, sample: Any, warehouse: Warehouse
) -> None:
    loader.load("registration", sample.registrations({}))
    with warehouse.batch() as connection:
        known = register.load(connection, None)
    assert facts.encode("reading", sample.readings(reading), known).select("valid", "exceeded").row(0) == (
        valid,
        exceeded,
    )


def test_a_time_of_receipt_beyond_the_calendar_does_no_harm(loader: Any, sample: Any, warehouse: Warehouse) -> None:
    loader.load("nil", sample.nils({"received_at": 2**62}, {"period": "2026-06", "received_at": -1}))
    with warehouse.read() as connection:
        assert fetch(connection, "select received_at from nil order by 1")["received_at"].dt.year().to_list() == [
            1970,
            9999,
        ]


def test_a_frame_read_back_has_the_types_it_had(warehouse: Warehouse) -> None:
    statement = """select * from (values
        (1::int2, 2::int4, 3::int8, 1.5::float8, true, 'é'::text, '\\x00ff'::bytea, date '2026-05-01',
         timestamptz '2026-05-01 00:00+08', '[1]'::jsonb, 12345678901234567890.5::numeric),
        (null, null, null, null, null, null, null, null, null, null, null))
        rows (i2, i4, i8, f8, yes, t, b, d, ts, j, n)"""
    with warehouse.read() as connection:
        frame = fetch(connection, statement)
        empty = fetch(connection, f"select * from ({statement}) q where i2 = 7")
    assert frame.schema == empty.schema
    assert frame.row(1) == (None,) * 11
    assert frame.dtypes[:8] == [pl.Int16, pl.Int32, pl.Int64, pl.Float64, pl.Boolean, pl.String, pl.Binary, pl.Date]
    assert [str(value) for value in frame.row(0)[5:]] == [
        "é", "b'\\x00\\xff'", "2026-05-01", "2026-04-30 16:00:00+00:00", "[1]", "12345678901234567890.500000",
    ]  # fmt: skip
