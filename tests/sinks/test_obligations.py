"""Obligations over a real warehouse: who owes, what came, what was granted, and what a reader sees of it."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import polars as pl
import pytest
from sqlalchemy import text

from huiliu.division import DivisionCode
from huiliu.period import SHANGHAI, day_start_ms
from oversight.obligations.duty_files import shipped
from oversight.obligations.known import owed, owers, pursued
from oversight.obligations.states import awaited, states
from sinks import obligations, publishers
from sinks.errors import Refused, WarehouseError
from sinks.obligations import Grant
from sinks.publishers import Publisher
from sinks.warehouse import Warehouse
from tests.sinks.conftest import HOUR, START

JULY = datetime(2026, 7, 20, tzinfo=UTC)
GRANT = Grant(obligation="AWARD", division=340103, reason="机构撤并", said_by="省厅 张三")


def ms(day: str, hour: int = 0) -> int:
    return day_start_ms(date.fromisoformat(day)) + hour * HOUR


@pytest.fixture
def hefei(warehouse: Warehouse, loader: Any, sample: Any) -> None:
    """Hefei publishes for its counties. Of May: 340104 reported projects in time, 340102 late; 340103 said nil."""
    kinds = ("award", "indicator", "nil", "project", "reading", "registration")
    with warehouse.batch() as connection:
        for code, carried in (("340100", kinds), ("340200", ("award",))):
            publishers.add(connection, Publisher(division=DivisionCode(code), kinds=carried))
            obligations.owe_from(connection, int(code), date(2026, 5, 1))
    at = {"reported_at": START, "month": "2026-05"}
    early = {**at, "project_code": "2605-340104-04-02-000001", "division": "340104", "received_at": ms("2026-06-03")}
    late = {**at, "project_code": "2605-340102-04-02-000002", "division": "340102", "received_at": ms("2026-06-20", 9)}
    loader.load("project", sample.projects(early, late))
    # Its next revision is about June: that May was reported stays known from the history.
    june = {"month": "2026-06", "revision": 2, "received_at": ms("2026-07-02"), "progress": 50.0}
    loader.load("project", sample.projects(early | june))
    loader.load(
        "nil", sample.nils({"division": "340103", "obligation": "PROJECT", "received_at": ms("2026-06-10", 23)})
    )
    award = {"division": "340104", "reported_at": ms("2026-06-05"), "received_at": ms("2026-06-05")}
    loader.load("award", sample.awards(award | {"approved_on": 20_588}))  # 2026-05-15
    loader.load("nil", sample.nils({"division": "340104", "obligation": "AWARD", "received_at": ms("2026-06-06")}))


def stated(
    warehouse: Warehouse, first: str, last: str, as_of: datetime = JULY, scope: str | None = None
) -> pl.DataFrame:
    with warehouse.read() if scope is None else warehouse.audit(scope) as connection:
        expected, told = owed(connection, shipped(), date.fromisoformat(first), date.fromisoformat(last), as_of)
    found, waiting = states(expected, told, as_of), awaited(expected, told, as_of)
    assert found.height + waiting.height == expected.height
    return found


def of(found: pl.DataFrame, obligation: str, *columns: str) -> dict[str, Any]:
    rows = found.filter(obligation=obligation).select("subject", *columns).iter_rows()
    return {row[0]: row[1:] for row in rows}


@pytest.mark.usefixtures("hefei")
def test_a_month_is_reported_in_time_late_confirmed_zero_or_missing(warehouse: Warehouse) -> None:
    found = of(stated(warehouse, "2026-05-01", "2026-05-31"), "PROJECT", "state", "on_time", "days_late")
    assert len(found) == 9  # the counties of Hefei; Wuhu publishes no projects
    assert found["340104"] == ("REPORTED", True, 0)
    assert found["340102"] == ("REPORTED", False, 10)
    assert found["340103"] == ("CONFIRMED_ZERO", True, 0)
    assert found["340111"] == ("MISSING", None, 40)


@pytest.mark.usefixtures("hefei")
def test_an_award_answers_the_month_of_its_steps_and_a_nil_beside_it_contradicts_it(warehouse: Warehouse) -> None:
    found = of(stated(warehouse, "2026-05-01", "2026-06-30"), "AWARD", "period", "state", "contradicted")
    assert len(found) == 9 + 7  # Hefei's and Wuhu's
    with warehouse.read() as connection:
        told = obligations.reports(connection, "award", ["2026-05", "2026-06"], JULY)
    assert told.select("division", "period").rows() == [(340104, "2026-05")]
    may = stated(warehouse, "2026-05-01", "2026-05-31")
    assert of(may, "AWARD", "state", "contradicted")["340104"] == ("REPORTED", True)


@pytest.mark.usefixtures("hefei")
def test_what_stood_on_a_day_is_what_had_been_received_by_then(warehouse: Warehouse) -> None:
    june = datetime(2026, 6, 15, tzinfo=UTC)
    assert of(stated(warehouse, "2026-05-01", "2026-05-31", june), "PROJECT", "state")["340102"] == ("MISSING",)
    before = datetime(2026, 6, 9, tzinfo=UTC)
    assert set(of(stated(warehouse, "2026-05-01", "2026-05-31", before), "PROJECT", "state")) == {"340104"}


@pytest.mark.usefixtures("hefei")
def test_exemptions_extensions_and_withdrawals_are_events_with_their_time(warehouse: Warehouse) -> None:
    with warehouse.batch() as connection:
        number = obligations.exempt(connection, GRANT, date(2026, 5, 1), date(2026, 12, 31))
        later = Grant(obligation="PROJECT", division=340111, reason="系统升级", said_by="李四")
        now = connection.execute(text("select now()")).scalar_one()
        obligations.extend(connection, later, "2026-05", datetime(2030, 1, 1, tzinfo=UTC))
    after = datetime(2027, 1, 5, tzinfo=UTC)
    assert now < after
    found = stated(warehouse, "2026-05-01", "2026-05-31", after)
    assert of(found, "AWARD", "state", "reason", "by", "number")["340103"] == (
        "EXEMPT", "机构撤并", "省厅 张三", number,
    )  # fmt: skip
    assert "340111" not in of(found, "PROJECT", "state")
    assert of(stated(warehouse, "2026-05-01", "2026-05-31"), "AWARD", "state")["340103"] == ("MISSING",)
    with warehouse.batch() as connection:
        obligations.withdraw(connection, number, "恢复报送", "张三")
    with warehouse.batch() as connection, pytest.raises(Refused, match=str(number)):
        obligations.withdraw(connection, number, "again", "张三")
    with warehouse.batch() as connection, pytest.raises(Refused, match="999"):
        obligations.withdraw(connection, 999, "no such", "张三")
    assert of(stated(warehouse, "2026-05-01", "2026-05-31", after), "AWARD", "state")["340103"] == ("MISSING",)


@pytest.mark.parametrize(
    "statement",
    [
        "update obligation_event set reason = 'x'",
        "delete from obligation_event",
        "truncate obligation_event",
        """insert into obligation_event (event, obligation, division, period, until, reason, said_by)
            values ('EXTEND', 'AWARD', 340103, '2026-05', now() - interval '1 s', 'r', 'b')""",
    ],
)
def test_what_was_granted_is_never_changed_and_no_deadline_lies_in_the_past(
    warehouse: Warehouse, statement: str
) -> None:
    with warehouse.batch() as connection:
        obligations.exempt(connection, GRANT, date(2026, 5, 1), date(2026, 5, 31))
    with pytest.raises(WarehouseError), warehouse.batch() as connection:
        connection.execute(text(statement))


def test_a_day_of_an_outlet_is_reported_once_twenty_of_its_hours_have_come(
    warehouse: Warehouse, loader: Any, sample: Any
) -> None:
    at = {"reported_at": START - HOUR, "received_at": START - HOUR}
    loader.load("registration", sample.registrations(*({**at, "mn": f"MN000{n}"} for n in range(1, 4))))
    hours = [
        {"mn": mn, "start": START + n * HOUR, "received_at": START + (n + 1) * HOUR + late * HOUR, "content": n}
        for mn, count, late in (("MN0001", 24, 0), ("MN0002", 20, 17), ("MN0003", 19, 0))
        for n in range(count)
    ]
    loader.load("reading", sample.readings(*hours))
    again = hours[0] | {"revision": 2, "content": 99, "received_at": START + 90 * HOUR}
    loader.load("reading", sample.readings(again))
    found = stated(warehouse, "2026-05-01", "2026-05-01")
    assert of(found, "READING", "state", "hours", "on_time", "days_late") == {
        "MN0001": ("REPORTED", 24, True, 0),
        "MN0002": ("REPORTED", 20, False, 1),  # its twentieth hour came at 13:00 of the next day
        "MN0003": ("MISSING", 19, None, 79),
    }


@pytest.mark.usefixtures("hefei")
@pytest.mark.parametrize(("scope", "counties"), [("340100", 9), ("340104", 1), ("340200", 0), ("340000", 9), ("", 0)])
def test_a_reader_is_shown_the_obligations_of_its_division(warehouse: Warehouse, scope: str, counties: int) -> None:
    found = of(stated(warehouse, "2026-05-01", "2026-05-31", scope=scope), "PROJECT", "state")
    assert len(found) == counties
    if scope == "340104":
        assert found == {"340104": ("REPORTED",)}
    with warehouse.batch() as connection:
        obligations.exempt(connection, GRANT, date(2026, 5, 1), date(2026, 12, 31))
    with warehouse.audit(scope) as connection:
        assert obligations.events(connection).height == (scope in ("340100", "340000"))


@pytest.mark.usefixtures("hefei")
def test_oversight_pursues_what_ended_no_longer_ago_than_its_duty_says(warehouse: Warehouse) -> None:
    with warehouse.read() as connection:
        now, much_later = (
            pursued(connection, [d for d in shipped() if d.obligation == "PROJECT"], datetime(2026, m, 20, tzinfo=UTC))
            for m in (7, 11)
        )
    assert set(now["period"]) == {"2026-05", "2026-06"}
    assert {"2026-05", "2026-10"} <= set(much_later["period"])


@pytest.mark.usefixtures("hefei")
def test_a_publisher_owes_from_the_day_said_or_that_of_its_registration(warehouse: Warehouse) -> None:
    with warehouse.batch() as connection:
        publishers.add(connection, Publisher(division=DivisionCode("340100"), kinds=("award",)))
        publishers.add(connection, Publisher(division=DivisionCode("340300"), kinds=("award",)))
    with warehouse.read() as connection:
        found = owers(connection, shipped(), JULY).filter(owed_by="PUBLISHERS", kind="award")
        today = connection.execute(text("select now()")).scalar_one().astimezone(SHANGHAI).date()
    assert dict(found.select("subject", "since").iter_rows()) == {
        "340100": date(2026, 5, 1), "340200": date(2026, 5, 1), "340300": today,
    }  # fmt: skip
    with warehouse.batch() as connection, pytest.raises(Refused, match="340400"):
        obligations.owe_from(connection, 340400, date(2026, 5, 1))
