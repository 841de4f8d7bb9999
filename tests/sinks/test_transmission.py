"""The assessment of transmission over a real warehouse: history says what came when, declarations are kept."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from random import Random
from typing import Any

import psycopg
import pytest
from sqlalchemy import text

from huiliu.period import SHANGHAI
from oversight.transmission.assessment import Assessment, Scope, assess
from oversight.transmission.score import COUNTS
from oversight.transmission.windows import Windows
from sinks import declarations
from sinks.declarations import Declaration
from sinks.errors import Refused, WarehouseError
from sinks.reference import pollutant_ids
from sinks.warehouse import Warehouse
from tests.oversight import plain_transmission as slow
from tests.sinks.conftest import HOUR, START

DAY = date(2026, 5, 1)
SO2 = pollutant_ids()["a21026"]
LONG_AFTER = datetime(2026, 9, 1, tzinfo=UTC)


@pytest.fixture
def month(loader: Any, sample: Any) -> None:
    """Two outlets in two cities; of the first day each has 24 hours, received five minutes after the hour.

    The first outlet: hour 1 flagged D and mended at noon of 3 May; hour 2 sent at 13:00 of 2 May; hour 3 never.
    """
    at = {"reported_at": START - HOUR, "received_at": START - HOUR}
    loader.load(
        "registration",
        sample.registrations({**at, "mn": "MN0001"}, {**at, "mn": "MN0002", "division": "340204"}),
    )
    first = [{**_hour("MN0001", n), "flag": "D" if n == 1 else "N"} for n in range(24) if n != 3]
    first[2]["received_at"] = START + 37 * HOUR
    loader.load("reading", sample.readings(*first, *(_hour("MN0002", n) for n in range(24))))
    loader.load("reading", sample.readings(_hour("MN0001", 5) | {"revision": 1}))  # the same again is no second hour
    mended = _hour("MN0001", 1) | {"revision": 2, "received_at": START + 60 * HOUR}
    loader.load("reading", sample.readings(mended))


def _hour(mn: str, number: int) -> dict[str, Any]:
    start = START + number * HOUR
    return {"mn": mn, "start": start, "received_at": start + HOUR + 300_000, "content": number}


def assessed(warehouse: Warehouse, as_of: datetime = LONG_AFTER, **scope: Any) -> Assessment:
    with warehouse.read() as connection:
        return assess(connection, Scope(first=DAY, last=DAY, as_of=as_of, **scope), Windows())


def told(found: Assessment, state: str) -> list[tuple[int, ...]]:
    names = [f"{state}_{name}" for name in ("excluded", "due", "received", "valid")]
    return found.rates("city").select(names).rows()


@pytest.mark.usefixtures("month")
def test_immediate_is_as_received_by_noon_and_a_repair_without_document_lapses(warehouse: Warehouse) -> None:
    found = assessed(warehouse)
    assert found.rates("city")["city"].to_list() == ["340100", "340200"]
    assert told(found, "immediate") == [(0, 24, 22, 21), (0, 24, 24, 24)]
    assert told(found, "completed") == [(0, 24, 23, 22), (0, 24, 24, 24)]
    reasons = dict(found.hours("completed").select("hour", "reason").iter_rows())
    assert reasons == {1: "LAPSED", 3: "MISSING"}
    open_still = assessed(warehouse, datetime(2026, 6, 9, tzinfo=UTC))
    assert told(open_still, "completed")[0] == (0, 24, 23, 23)
    assert told(assessed(warehouse, datetime(2026, 5, 2, 4, 30, tzinfo=UTC)), "completed")[0] == (0, 24, 22, 21)


def test_random_histories_equal_a_plain_recomputation(loader: Any, sample: Any, warehouse: Warehouse) -> None:
    """Through the tables: what the database counts as sets, and what it hands over as versions, are all versions."""
    random = Random(7)
    at = {"reported_at": START - HOUR, "received_at": START - HOUR}
    names = ["MN0001", "MN0002"]
    loader.load("registration", sample.registrations(*({**at, "mn": mn} for mn in names)))
    told: list[dict[str, Any]] = []
    for mn in names:
        for number in range(48):
            received = sorted(random.choice(LATER) for _ in range(random.choice([0, 1, 1, 1, 2, 3])))
            told += [_version(random, mn, number, n, after) for n, after in enumerate(received, 1)]
    for revision in (1, 2, 3):  # each in a batch of its own, the third together with nothing that it supersedes
        rows = [row for row in told if row["revision"] == revision]
        loader.load("reading", sample.readings(*rows))
    with warehouse.read() as connection:
        ids = {row.mn: row.id for row in connection.execute(text("select mn, id from outlet"))}
    versions = [_plainly(row, ids[row["mn"]]) for row in told]
    limits = [{"outlet": i, "pollutant": SO2, "valid_from": date(1970, 1, 1), "valid_to": None,
               "registered_at": datetime.fromtimestamp((START - HOUR) / 1000, UTC)} for i in ids.values()]  # fmt: skip
    last = DAY + timedelta(days=1)
    for as_of in (LONG_AFTER, datetime(2026, 5, 6, tzinfo=UTC), datetime(2026, 5, 2, 5, tzinfo=UTC)):
        with warehouse.read() as connection:
            found = assess(connection, Scope(first=DAY, last=last, as_of=as_of), Windows())
        due = slow.due_hours(limits, DAY, last, as_of, Windows())
        total = found.total().row(0, named=True)
        for state in ("immediate", "completed"):
            verdicts = slow.verdicts(due, versions, [], as_of, Windows(), (), completed=state == "completed")
            counted = slow.counts(verdicts)
            assert {n: total[f"{state}_{n}"] for n in COUNTS[1:]} == {n: counted[n] for n in COUNTS[1:]}, (state, as_of)


#: Hours after the reading's own hour at which a version may arrive: around noon of the next day, and the tenth day.
LATER = (0.1, 0.1, 0.1, 5, 11, 13, 30, 36, 37, 90, 240, 263, 265, 300)


def _version(random: Random, mn: str, number: int, revision: int, after: float) -> dict[str, Any]:
    start = START + number * HOUR
    value = random.choice([20.0, 20.0, 20.0, None])
    return {
        "mn": mn, "start": start, "revision": revision, "received_at": start + HOUR + int(after * HOUR),
        "average": value, "corrected": value, "flag": random.choice(["N", "N", "N", "D", "S"]),
        "mark": random.choice([None, None, None, "STOPPED", "MANUAL", "FAULT", "STARTING"]),
    }  # fmt: skip


def _plainly(row: dict[str, Any], outlet: int) -> dict[str, Any]:
    start = datetime.fromtimestamp(row["start"] / 1000, SHANGHAI)
    return {
        "outlet": outlet, "pollutant": SO2, "day": start.date(), "hour": start.hour, "revision": row["revision"],
        "received_at": datetime.fromtimestamp(row["received_at"] / 1000, UTC), "flag": row["flag"],
        "mark": row["mark"], "measured": row["average"] is not None,
    }  # fmt: skip


@pytest.mark.usefixtures("month")
def test_a_reader_is_given_the_figures_of_its_division_only(warehouse: Warehouse) -> None:
    with warehouse.audit("340200") as connection:
        found = assess(connection, Scope(first=DAY, last=DAY, as_of=LONG_AFTER), Windows())
    assert found.rates("city")["city"].to_list() == ["340200"]


@pytest.mark.usefixtures("month")
def test_a_reading_that_waited_for_its_registration_counts_from_when_it_came_first(warehouse: Warehouse) -> None:
    with warehouse.batch() as connection:
        at = {"hour": datetime.fromtimestamp((START + 2 * HOUR) / 1000, UTC), "first": START + 3 * HOUR}
        connection.execute(text(WAITED), at)
    assert told(assessed(warehouse), "immediate")[0] == (0, 24, 23, 22)


WAITED = """
with place as (
    insert into intake (topic, partition, division, kind) values ('intake.340100.reading', 7, 340100, 'reading')
    returning id
)
insert into quarantine (intake, "offset", received_at, layer, kind, rule_set, not_evaluated, status, awaits,
    closed_intake, closed_offset)
select place.id, 1, :first, 'event', 'reading', 'x', '[]', 'corrected', 'MN0001', reading.intake, reading."offset"
from reading, place where reading.start = :hour and reading.outlet = (select id from outlet where mn = 'MN0001')
"""


@pytest.mark.usefixtures("month")
def test_scopes_are_one_outlet_one_division_one_factor(warehouse: Warehouse) -> None:
    assert told(assessed(warehouse, mn="MN0002"), "completed") == [(0, 24, 24, 24)]
    assert told(assessed(warehouse, division="340204"), "completed") == [(0, 24, 24, 24)]
    assert len(told(assessed(warehouse, division="340000"), "completed")) == 2
    assert assessed(warehouse, pollutant="a21002").counts.is_empty()
    assert assessed(warehouse, mn="MN9").outlets.is_empty()


@pytest.mark.usefixtures("month")
def test_a_documented_shutdown_leaves_the_denominator(warehouse: Warehouse) -> None:
    number = _declared(warehouse, recorded_at=datetime(2026, 5, 2, tzinfo=UTC))
    assert told(assessed(warehouse), "immediate")[0] == (2, 22, 22, 21)
    assert told(assessed(warehouse), "completed")[0] == (0, 24, 23, 22)
    with warehouse.batch() as connection:
        declarations.document(connection, number, "皖环〔2026〕7号", b"\1" * 32, "王五")
        connection.execute(text("update declaration_step set recorded_at = '2026-06-01'"))
    assert told(assessed(warehouse), "completed")[0] == (2, 22, 22, 21)
    assert assessed(warehouse).hours("completed", excluded=True)["declaration"].to_list() == [number] * 2


def _declared(warehouse: Warehouse, recorded_at: datetime, **changes: Any) -> int:
    start = datetime(2026, 5, 1, 2, tzinfo=SHANGHAI)
    said: dict[str, Any] = {"mn": "MN0001", "mark": "STOPPED", "starts": start, "ends": start + timedelta(hours=2)}
    with warehouse.batch() as connection:
        number = declarations.declare(
            connection, Declaration(**{**said, "reason": "停炉检修", "declared_by": "李四", **changes})
        )
        connection.execute(text("update declaration set recorded_at = :at"), {"at": recorded_at})
    return number


@pytest.mark.usefixtures("month")
def test_what_is_declared_stays_and_is_said_once(warehouse: Warehouse) -> None:
    number = _declared(warehouse, recorded_at=datetime(2026, 5, 2, tzinfo=UTC))
    with warehouse.batch() as connection:
        declarations.withdraw(connection, number, "李四")
    with warehouse.read() as connection:
        (row,) = declarations.listed(connection, "MN0001").to_dicts()
    assert (row["mark"], row["withdrawn_by"], row["document"], row["pollutant"]) == ("STOPPED", "李四", None, None)
    for again in (number, number + 1):
        with pytest.raises(Refused), warehouse.batch() as connection:
            declarations.withdraw(connection, again, "李四")


@pytest.mark.usefixtures("month")
@pytest.mark.parametrize(
    "wrong",
    [{"mn": "MN0009"}, {"ends": datetime(2026, 5, 1, 2, tzinfo=SHANGHAI)}, {"ends": datetime(2026, 5, 1, 4, 30)}],
)
def test_a_declaration_that_cannot_be_is_refused(wrong: dict[str, Any], warehouse: Warehouse) -> None:
    with pytest.raises(Refused):
        _declared(warehouse, datetime(2026, 5, 2, tzinfo=UTC), **wrong)


@pytest.mark.usefixtures("month")
def test_writers_only_add_declarations_and_readers_see_those_of_their_division(
    warehouse: Warehouse, warehouse_uri: str
) -> None:
    _declared(warehouse, datetime(2026, 5, 2, tzinfo=UTC))
    with warehouse.audit("340200") as connection:
        assert connection.execute(text("select count(*) from declaration")).scalar_one() == 0
    with warehouse.audit("340100") as connection:
        assert connection.execute(text("select count(*) from declaration")).scalar_one() == 1
    with psycopg.connect(warehouse_uri) as writer, pytest.raises(psycopg.errors.InsufficientPrivilege):
        writer.execute("set role huiliu_writer; update declaration set mark = 'FAULT'")
    with pytest.raises(WarehouseError), warehouse.audit("340100") as connection:
        connection.execute(text("delete from declaration_step"))
