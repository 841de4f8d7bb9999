"""Reports over a real warehouse: figures equal plain SQL, earlier states come back, issued reports stay as they are."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import text

from huiliu.period import day_start_ms, parse
from oversight.reports.errors import ReportError
from oversight.reports.freezing import Asked, freeze
from oversight.reports.section import Section
from oversight.reports.snapshot import Snapshot
from oversight.transmission.windows import Windows
from sinks import reports
from sinks.errors import Refused, UnknownName, WarehouseError
from sinks.reports import Frozen, Issued
from sinks.warehouse import Warehouse
from tests.sinks.conftest import HOUR, START

PERIOD = parse("2026-05")
EARLIER = START - 30 * 24 * HOUR
WHEN = datetime(2026, 6, 2, tzinfo=UTC)
CODE = "2605-340104-04-02-{:06}"


@pytest.fixture
def province(loader: Any, sample: Any) -> None:
    """Two cities: outlets with hours of May and April, projects told month by month, awards, indicators."""
    long_ago = {"reported_at": EARLIER - HOUR, "received_at": EARLIER - HOUR}
    outlets = ({**long_ago, "mn": "MN0001"}, {**long_ago, "mn": "MN0002", "division": "340204"})
    loader.load("registration", sample.registrations(*outlets))
    hours = [
        {"mn": mn, "outlet__division": place, "division": place, "start": begin + hour * HOUR, "corrected": value,
         "received_at": begin + hour * HOUR + 300_000}
        for mn, place, value in (("MN0001", "340104", 40.0), ("MN0002", "340204", 20.0))
        for begin, count in ((START, 30), (EARLIER, 10))
        for hour in range(count)
    ]  # fmt: skip
    # ``judged``: by the limits that are registered, as streams do.
    loader.load("reading", sample.readings(*hours), judged=True)
    loader.load("project", sample.projects(*({"project_code": CODE.format(n), "month": "2026-04"} for n in range(5))))
    may = {"month": "2026-05", "revision": 2, "cumulative_investment": 700_000}
    told = [{"project_code": CODE.format(n), **may} for n in (0, 1)]
    loader.load("project", sample.projects(*told, {"project_code": CODE.format(9), "division": "340204"}))
    loader.load("project", sample.projects({"project_code": CODE.format(0), "month": "2026-06", "revision": 3}))
    day = day_start_ms(PERIOD.first) // 86_400_000 + 5
    loader.load(
        "award",
        sample.awards(
            {"award_number": "A-1", "status": "PAID", "paid_amount": 30_000, "paid_on": day},
            {"award_number": "A-2", "division": "340204"},
            {"award_number": "A-3", "status": "PROPOSED"},
        ),
    )
    loader.load("indicator", sample.indicators({"division": "340100", "indicator": "energy-intensity"}))


def frozen(warehouse: Warehouse, as_of: datetime | None = None) -> Snapshot:
    with warehouse.read() as connection:
        return freeze(connection, Asked("month", "340000", PERIOD, as_of), Windows())


def section(snapshot: Snapshot, code: str) -> Section:
    found = snapshot.section(code)
    assert found is not None
    assert found.absent is None
    return found


def cells(of: Section, *names: str) -> dict[Any, tuple[Any, ...]]:
    return {row[0]: tuple(row[of.at(name)] for name in names) for row in of.rows}


def rows(warehouse: Warehouse, statement: str) -> dict[Any, tuple[Any, ...]]:
    with warehouse.read() as connection:
        return {str(row[0]): tuple(row[1:]) for row in connection.execute(text(statement))}


@pytest.mark.usefixtures("province")
def test_figures_are_those_of_plain_sql(warehouse: Warehouse) -> None:
    snapshot = frozen(warehouse)
    over = rows(
        warehouse,
        "select city, count(*) filter (where exceeded), count(*) filter (where valid) from reading"
        " where start >= '2026-05-01 00:00+08' and start < '2026-06-01 00:00+08' and period = 2 group by city",
    )
    assert over["340100"] == (30, 30)
    assert cells(section(snapshot, "exceedances"), "hours", "hours_valid") == over
    assert cells(section(snapshot, "exceedances"), "hours_change")["340100"] == (20,)
    # Of the projects of the first city five are there; two were told in May; what was told of June does not count.
    assert cells(section(snapshot, "projects"), "projects", "told", "cumulative", "added") == {
        "340100": (5, 2, 2 * 700_000 + 3 * 400_000, 600_000),
        "340200": (1, 1, 400_000, 400_000),
    }
    assert cells(section(snapshot, "awards"), "awards", "amount", "paid", "paid_now") == {
        "340100": (1, 50_000, 30_000, 30_000),
        "340200": (1, 50_000, 0, 0),
    }
    due = section(snapshot, "effectiveness")
    assert cells(due, "due", "valid")["340100"] == (31 * 24, 30)
    assert all(figure == control for one in snapshot.sections for _, figure, control in one.control)
    assert sum(len(one.control) for one in snapshot.sections) > 10


@pytest.mark.usefixtures("province")
def test_a_report_as_of_an_earlier_moment_is_as_it_would_have_been_then(
    warehouse: Warehouse, loader: Any, sample: Any
) -> None:
    before = frozen(warehouse)
    at = datetime.fromisoformat(before.as_of)
    corrected = {"project_code": CODE.format(1), "month": "2026-05", "revision": 9}
    loader.load("project", sample.projects({**corrected, "cumulative_investment": 1}))
    mended = {"mn": "MN0001", "start": START, "revision": 2, "corrected": 1.0}
    loader.load("reading", sample.readings({**mended, "received_at": START + 200 * HOUR}), judged=True)
    after = frozen(warehouse)
    assert cells(section(after, "exceedances"), "hours")["340100"] == (29,)
    assert cells(section(after, "projects"), "cumulative")["340100"] == (700_000 + 1 + 3 * 400_000,)
    assert frozen(warehouse, at).section("exceedances") == before.section("exceedances")
    assert frozen(warehouse, at).section("projects") == before.section("projects")
    assert frozen(warehouse, at).section("awards") == before.section("awards")


@pytest.mark.usefixtures("province")
def test_a_moment_to_come_and_a_period_to_come_are_refused(warehouse: Warehouse) -> None:
    with pytest.raises(ReportError, match="2100"):
        frozen(warehouse, datetime(2100, 1, 1, tzinfo=UTC))
    with warehouse.read() as connection, pytest.raises(ReportError, match="2099"):
        freeze(connection, Asked("year", "340000", parse("2099")), Windows())


def kept(warehouse: Warehouse, content: bytes) -> str:
    digest = hashlib.sha256(content).hexdigest()
    told = Frozen(sha256=digest, kind="month", province="340000", period="2026-05", as_of=WHEN, content=content)
    with warehouse.batch() as connection:
        reports.keep(connection, told)
        reports.keep(connection, told)
    return digest


def issue(warehouse: Warehouse, digest: str, corrects: int | None = None) -> int:
    with warehouse.batch() as connection:
        number, _ = reports.numbering(connection)
        reports.issue(
            connection,
            Issued(number=number, kind="month", province="340000", period="2026-05", snapshot=digest, stands=digest,
                   imprint={"organ": "某厅"}, pdf_sha256="aa" * 32, xlsx_sha256="bb" * 32, corrects=corrects),
        )  # fmt: skip
    return number


def test_issued_reports_are_numbered_without_gaps_and_never_changed(warehouse: Warehouse) -> None:
    first, second, third = (kept(warehouse, content) for content in (b"{1}", b"{2}", b"{3}"))
    assert issue(warehouse, first) == 1
    with pytest.raises(Refused, match="1"):
        issue(warehouse, second)  # the same period again
    assert issue(warehouse, second, corrects=1) == 2  # the refused one took no number
    with pytest.raises(Refused, match="2"):
        issue(warehouse, third, corrects=1)  # corrected already
    for statement in (
        "update report set issued_by = 'x'",
        "delete from report",
        "truncate report",
        "update report_snapshot set content = 'x'",
        "delete from report_snapshot",
    ):
        with pytest.raises(WarehouseError, match="corrigendum"), warehouse.batch() as connection:
            connection.execute(text(statement))
    with warehouse.read() as connection:
        assert [(told.number, told.corrects, told.corrected_by) for told in reports.listed(connection)] == [
            (2, 1, None),
            (1, None, 2),
        ]
        assert reports.content(connection, first[:9]) == b"{1}"
        for prefix in ("", "%", "0' or", "zz"):
            with pytest.raises(UnknownName):
                reports.content(connection, prefix)
