"""From a city's figure to its counties, outlets, readings, exceedances and revisions, within the reader's rights."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import polars as pl
import pytest

from huiliu.outcome import Outcome
from sinks import drill, explain, figures, offsets, quarantine
from sinks.figures import Asked
from sinks.warehouse import Warehouse

DAY = 86_400_000
START = 1_777_564_800_000  # 2026-05-01 in Shanghai
MAY = (date(2026, 5, 1), date(2026, 5, 31))
PLACES = {"MN0001": "340104", "MN0002": "340104", "MN0003": "340111", "MN0004": "340204"}


@pytest.fixture
def may(loader: Any, sample: Any) -> None:
    """Four outlets of three counties and two cities over three days of May and one of June; every other is too high."""
    loader.load("registration", sample.registrations(*({"mn": mn, "division": d} for mn, d in PLACES.items())))
    rows = [
        {"mn": mn, "start": START + day * DAY, "average": 10.0 + day, "corrected": 50.0 if day % 2 else 20.0}
        for mn in PLACES
        for day in (0, 1, 3, 31)
    ]
    loader.load("reading", sample.readings(*rows))


@pytest.mark.usefixtures("may")
@pytest.mark.parametrize("scope", ["340000", "340100"])
def test_a_citys_counties_add_up_to_the_citys_figure(scope: str, warehouse: Warehouse) -> None:
    with warehouse.audit(scope) as connection:
        counties = drill.places(connection, "340100", "division", "a21026", "HOUR", *MAY)
        (city,) = figures.figures(
            connection, Asked(kind="reading", chosen={"city": "340100"}, by="month", last="2026-05")
        ).to_dicts()
    assert counties["division"].to_list() == ["340104", "340111"]
    sums = counties.select(pl.col(name).sum() for name in drill.MEASURES if name != "maximum").row(0, named=True)
    assert sums == {name: city[name] for name in sums}
    assert counties["maximum"].max() == city["maximum"]


@pytest.mark.usefixtures("may")
def test_a_countys_outlets_are_those_whose_readings_were_made_there(
    warehouse: Warehouse, loader: Any, sample: Any
) -> None:
    loader.load("registration", sample.registrations({"mn": "MN0001", "division": "340111", "revision": 2}))
    with warehouse.audit("340104") as connection:
        outlets = drill.places(connection, "340104", "outlet", "a21026", "HOUR", *MAY)
        elsewhere = drill.places(connection, "340204", "outlet", "a21026", "HOUR", *MAY)
    assert outlets["mn"].to_list() == ["MN0002"]  # a county does not see an outlet that is another's now
    assert elsewhere.is_empty()
    with warehouse.audit("340100") as connection:
        outlets = drill.places(connection, "340104", "outlet", "a21026", "HOUR", *MAY)
    assert sorted(outlets["mn"].to_list()) == ["MN0001", "MN0002"]
    assert [int(count) for count in outlets["readings"]] == [3, 3]


@pytest.mark.usefixtures("may")
def test_an_outlets_readings_come_in_the_order_of_time_and_as_they_were_known(
    warehouse: Warehouse, loader: Any, sample: Any
) -> None:
    with warehouse.read() as connection:
        known_at = connection.exec_driver_sql("select clock_timestamp()").scalar_one()
    loader.load("reading", sample.readings({"mn": "MN0001", "average": 77.0, "revision": 2}))
    asked = ("MN0001", "a21026", "HOUR", *MAY)
    with warehouse.read() as connection:
        now = drill.readings(connection, *asked)
        then = drill.readings(connection, *asked, known_at=known_at)
        first = drill.readings(connection, *asked, limit=2)
        second = drill.readings(connection, *asked, limit=2, after=first["start"][-1])
    assert now["average"].to_list() == [77.0, 11.0, 13.0]
    assert then["average"].to_list() == [10.0, 11.0, 13.0]
    assert [*first["average"], *second["average"]] == now["average"].to_list()
    assert now["limit_value"].to_list() == [35.0] * 3


@pytest.mark.usefixtures("may")
def test_exceedances_come_newest_first_page_by_page_within_a_division(warehouse: Warehouse) -> None:
    with warehouse.audit("340000") as connection:
        whole = drill.exceedances(connection, "340100", *MAY)
        pages = [drill.exceedances(connection, "340100", *MAY, limit=4)]
        while (page := drill.exceedances(connection, "340100", *MAY, limit=4, after=drill.after(pages[-1]))).height:
            pages.append(page)
        counted = drill.exceedance_counts(connection, "340000", *MAY)
        none = drill.exceedances(connection, "340100", *MAY, pollutant="a21002")
    assert [(mn, start.day) for mn, start in whole.select("mn", "start").rows()] == [
        (mn, day) for day in (3, 1) for mn in ("MN0003", "MN0002", "MN0001")
    ]
    assert pl.concat(pages).rows() == whole.rows()
    assert counted.select("division", "exceedances", "outlets").rows() == [
        ("340104", 4, 2), ("340111", 2, 1), ("340204", 2, 1),
    ]  # fmt: skip
    assert none.is_empty()


@pytest.mark.usefixtures("may")
def test_all_revisions_of_a_reading_are_told_newest_first(warehouse: Warehouse, loader: Any, sample: Any) -> None:
    for revision in (2, 3):
        loader.load("reading", sample.readings({"mn": "MN0001", "average": 70.0 + revision, "revision": revision}))
    with warehouse.audit("340104") as connection:
        key = drill.readings(connection, "MN0001", "a21026", "HOUR", *MAY).row(0, named=True)
        told = drill.revisions(connection, "reading", key)
    assert told.select("revision", "average", "cause").rows() == [
        (3, 73.0, None), (2, 72.0, "superseded"), (1, 10.0, "superseded"),
    ]  # fmt: skip


def test_a_range_of_offsets_is_told_with_what_each_led_to(
    warehouse: Warehouse, loader: Any, sample: Any, journal: Any
) -> None:
    topic = "intake.340100.reading"
    loader.load("registration", sample.registrations({}))
    with warehouse.batch() as connection:
        entry = journal.enter(connection, topic, [0, 1, 3], [2])
        rows = [{"offset": n, "start": START + n * DAY, "intake": entry.intake} for n in (0, 1, 3)]
        loader.within(connection, "reading", sample.readings(*rows), judged=True)
    with warehouse.batch() as connection:
        journal.enter(connection, topic, [4])
        loader.within(
            connection, "reading", sample.readings({"offset": 4, "revision": 2, "intake": entry.intake}), judged=True
        )
    # A stricter limit: the readings are judged anew, and known from now on in that form.
    loader.load("registration", sample.registrations({"revision": 2, "limits": [sample.limit(1.0)]}))
    with warehouse.read() as connection:
        told = offsets.records(connection, topic, 0, 0)
        page = offsets.entries(connection, topic, 0, limit=1)
        older = offsets.entries(connection, topic, 0, before=page[0]["first_offset"])
        account = explain.event(connection, topic, 0, 3)
        nothing = offsets.records(connection, topic, 0, 5)
    assert told["offset"].to_list() == [0, 1, 2, 3, 4]
    assert told["outcome"].to_list() == [
        Outcome.ACCEPTED, Outcome.ACCEPTED, Outcome.QUARANTINED, Outcome.ACCEPTED, Outcome.ACCEPTED,
    ]  # fmt: skip
    assert told["superseded"].to_list() == [True, False, None, False, False]
    assert told["exceeded"].to_list() == [False, True, None, True, True]
    assert [entry["first_offset"] for entry in (*page, *older)] == [4, 0]
    assert account is not None
    assert account.fact is not None
    assert account.fact["exceeded"]
    assert nothing.is_empty()


def test_quarantine_is_found_by_the_division_of_the_publisher(warehouse: Warehouse, journal: Any) -> None:
    with warehouse.batch() as connection:
        for code in ("340100", "340104", "340200"):
            entry = journal.enter(connection, f"intake.{code}.reading", [], [0, 1])
            place = {"intake": entry.intake, "offset": [0, 1]}
            records = pl.DataFrame(place, schema={"intake": pl.Int32, "offset": pl.Int64}).with_columns(
                *(pl.lit(None, pl.Binary).alias(name) for name in ("key", "value", "headers")),
                received_at=pl.lit(START), layer=pl.lit("event"), kind=pl.lit("reading"), publisher=pl.lit(code),
                rule_set=pl.lit("r"), not_evaluated=pl.lit("[]"), status=pl.lit("open"), awaits=pl.lit(None, pl.String),
            )  # fmt: skip
            quarantine.write(connection, records)
            names = ("value", "expected", "difference", "suggestion", "source_ref", "pattern")
            told = {name: pl.lit(None, pl.String) for name in names}
            found = records.select("intake", "offset", code=pl.Series(["A-1", "B-1"]), field=pl.lit("average"), **told)
            quarantine.write_findings(connection, found.with_columns(severity=pl.lit("error")))
    with warehouse.read() as connection:
        city = quarantine.entries(connection, division="340100")
        one = quarantine.entries(connection, division="340100", code="B-1")
        last = quarantine.entries(connection, code="B-1", after=(one[-1]["intake"], one[-1]["offset"]))
        assert quarantine.by_code(connection, "340100") == {"A-1": 2, "B-1": 2}
    assert [entry["publisher"] for entry in city] == ["340100"] * 2 + ["340104"] * 2
    assert [(entry["publisher"], entry["codes"]) for entry in (*one, *last)] == [
        (code, ["B-1"]) for code in ("340100", "340104", "340200")
    ]
    with warehouse.audit("340200") as connection:
        assert quarantine.by_code(connection) == {"A-1": 1, "B-1": 1}
        assert quarantine.entries(connection, division="340100") == []


def test_days_are_those_of_shanghai(warehouse: Warehouse, loader: Any, sample: Any) -> None:
    loader.load("registration", sample.registrations({}))
    loader.load("reading", sample.readings({"start": START - 1000}, {"start": START}))
    with warehouse.read() as connection:
        found = drill.readings(connection, "MN0001", "a21026", "HOUR", date(2026, 5, 1), date(2026, 5, 1))
    assert found["start"].to_list() == [datetime(2026, 4, 30, 16, tzinfo=UTC)]
