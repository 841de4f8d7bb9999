"""Reports over a real warehouse: figures equal plain SQL, earlier states come back, issued reports stay as they are."""

from __future__ import annotations

import hashlib
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from sqlalchemy import text

from commands.main import COMMANDS, module_file
from huiliu.period import day_start_ms, parse
from oversight.cases.keeping import act_kept, judge_kept
from oversight.facts import given
from oversight.facts_known import known
from oversight.obligations import duty_files
from oversight.obligations.known import owed
from oversight.obligations.states import states
from oversight.reports.correction import Base, corrigendum
from oversight.reports.errors import ReportError
from oversight.reports.freezing import Asked, between, freeze
from oversight.reports.section import Section
from oversight.reports.snapshot import Snapshot, thaw
from oversight.rule_files import shipped
from oversight.standing import standing
from oversight.transmission.windows import Windows
from sinks import report_figures, reports
from sinks.errors import Refused, UnknownName, WarehouseError
from sinks.reports import Frozen, Issued
from sinks.warehouse import Warehouse
from tests.commands.conftest import huiliu as huiliu
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


@pytest.mark.usefixtures("province")
def test_lights_are_the_matters_that_oversight_finds(warehouse: Warehouse) -> None:
    lit = section(frozen(warehouse), "lit")
    with warehouse.read() as connection:
        facts = known(connection, report_figures.moment(connection))
        months = facts.frame("project_month").filter(pl.col("month") <= "2026-05")
        end = datetime.fromtimestamp(PERIOD.end_ms / 1000, UTC)
        only = given(project=months.sort("month").unique("project_code", keep="last"), project_month=months)
        matters = standing(shipped(), only, end)
    assert cells(lit, "light", "rule", "value") == {
        row["subject"]: (row["severity"], row["rule"], row["value"]) for row in matters.iter_rows(named=True)
    }
    assert lit.rows
    by_city = cells(section(frozen(warehouse), "lights"), "red", "yellow")
    for city, counts in by_city.items():
        ours = [light for place, light in zip(lit.column("city"), lit.column("light"), strict=True) if place == city]
        assert counts == (ours.count("RED"), ours.count("YELLOW"))


def entered(warehouse: Warehouse, sample: Any, journal: Any) -> None:
    """The ledger has everything that was loaded."""
    with warehouse.batch() as connection:
        journal.enter(connection, "intake.340100.project", list(range(next(sample.offsets))))


@pytest.mark.usefixtures("province")
def test_a_later_correction_is_told_cell_by_cell_with_the_events_that_made_it(
    warehouse: Warehouse, loader: Any, sample: Any, journal: Any
) -> None:
    entered(warehouse, sample, journal)
    before = frozen(warehouse)
    base = Base(1, "某工信〔2026〕1号", "通报", "2026-06-10T09:00:00+08:00", before)
    assert corrected(warehouse, base) is None  # nothing came: nothing to correct

    more = {"project_code": CODE.format(9), "division": "340204", "revision": 2, "cumulative_investment": 500_000}
    loader.load("project", sample.projects(more))
    loader.load("award", sample.awards({"award_number": "A-9", "division": "340104"}))
    found, now = corrected(warehouse, base), frozen(warehouse)
    assert found is not None
    # Oracle: all cells of both, as flat mappings; what differs is what the corrigendum lists, and nothing else.
    old, new = flat(before), flat(now)
    expected = {key for key in old.keys() | new.keys() if old.get(key) != new.get(key)}
    headings = {(one.title, column.heading): column.name for one in now.sections for column in one.columns}
    table = section(found, "differences")
    assert {(row[0], row[1], headings[str(row[0]), str(row[3])]) for row in table.rows} == expected
    told = {(row[0], row[1], row[3]): row[4:] for row in table.rows}
    assert told["奖补资金兑现", "340100", "批准笔数"] == ("1", "2", "+1", "奖补报送 1 条")
    assert told["重点项目进展", "340200", "投资完成率"] == ("40.00%", "50.00%", "+10 个百分点", "项目报送 1 条")
    events = section(found, "events")
    assert {(row[0], row[1], row[3]) for row in events.rows} == {
        ("项目报送", "340200", f"{CODE.format(9)} 2026-05"),
        ("奖补报送", "340100", "A-9 2026"),
    }
    assert thaw(found.content).content == found.content


def corrected(warehouse: Warehouse, base: Base) -> Snapshot | None:
    now = frozen(warehouse)
    with warehouse.read() as connection:
        return corrigendum(base, now, between(connection, base.stood, now), "更正报送")


def flat(snapshot: Snapshot) -> dict[tuple[Any, ...], Any]:
    """By title, row and column every cell that is no name."""
    told = {}
    for one in snapshot.sections:
        named = [*((one.row_key(row), row) for row in one.rows), *([("合计", one.total)] if one.total else [])]
        for key, row in named:
            for column, cell in list(zip(one.columns, row, strict=True))[one.key :]:
                if not column.name.endswith("_name") and cell is not None:
                    told[one.title, key, column.name] = cell
    return told


@pytest.mark.usefixtures("province")
def test_cases_and_obligations_are_told_as_oversight_has_them(warehouse: Warehouse) -> None:
    found = datetime(2026, 5, 20, tzinfo=UTC)
    with warehouse.batch() as connection:
        connection.execute(
            text(
                "insert into publisher (division, kinds, channel, owes_from)"
                " values (340200, '{project}', 'KAFKA', '2026-01-01')"
            )
        )
    with warehouse.batch() as connection:
        facts = known(connection, report_figures.moment(connection))
        judged = judge_kept(connection, shipped(), standing(shipped(), facts, found), found)
        opened = {event.number for event in judged.events}
    with warehouse.batch() as connection:  # in June: it must not tell in the report of May
        act_kept(connection, min(opened), "close", "李明", "已完工", datetime(2026, 6, 5, tzinfo=UTC), shipped())
    snapshot = frozen(warehouse)
    table = section(snapshot, "cases")
    assert table.of_total("opened") == table.of_total("open") == len(opened) > 0
    assert table.of_total("closed") == table.of_total("handled") == 0
    owed_ = section(snapshot, "obligations")
    with warehouse.read() as connection:
        at = datetime.fromisoformat(snapshot.as_of).astimezone(UTC)
        expected, told = owed(connection, duty_files.shipped(), PERIOD.first, PERIOD.last, at)
        plain = states(expected, told, at)
    for state, name in (("REPORTED", "reported"), ("MISSING", "missing"), ("CONFIRMED_ZERO", "zero")):
        assert owed_.of_total(name) == plain.filter(pl.col("state") == state).height
    assert owed_.of_total("due") == plain.height > 0


@pytest.mark.usefixtures("province")
def test_every_figure_is_opened_by_the_command_that_the_evidence_names(
    warehouse: Warehouse, warehouse_uri: str, huiliu: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HUILIU_DATABASE", warehouse_uri)
    monkeypatch.setenv("HUILIU_KAFKA", "127.0.0.1:9")
    monkeypatch.setenv("HUILIU_PUBLISHER_PASSWORD", "x")
    commands = {command.name for command in COMMANDS if module_file(command.name).exists()}
    told = {one.code: next(iter(one.opening.values())) for one in frozen(warehouse).sections if one.opening}
    opened = {code: command for code, command in told.items() if command.split()[1] in commands}
    assert {"effectiveness", "exceedances", "projects", "lights", "awards", "indicators"} <= opened.keys()
    for command in opened.values():
        answer = huiliu(*command.split()[1:])
        assert answer.code == 0, (command, answer.err)
    projects = huiliu(*opened["projects"].split()[1:], "--json").last["figures"]
    assert projects


@pytest.mark.usefixtures("province")
def test_a_batch_that_commits_while_a_report_begins_is_either_in_it_or_not(
    warehouse: Warehouse, loader: Any, sample: Any
) -> None:
    with warehouse.read() as connection:
        loader.load("award", sample.awards({"award_number": "A-7"}))  # begun after the report's transaction
        snapshot = freeze(connection, Asked("month", "340000", PERIOD), Windows())
    assert cells(section(snapshot, "awards"), "awards")["340100"][0] in (1, 2)


@pytest.mark.usefixtures("province")
def test_a_report_is_frozen_issued_verified_and_corrected_from_the_command_line(
    warehouse: Warehouse, warehouse_uri: str, loader: Any, sample: Any, journal: Any, huiliu: Any, tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    monkeypatch.setenv("HUILIU_DATABASE", warehouse_uri)
    monkeypatch.setenv("HUILIU_KAFKA", "127.0.0.1:9")
    entered(warehouse, sample, journal)
    out = ("--into", str(tmp_path / "out"), "--json")
    draft = huiliu("report", "month", "2026-05", *out).last
    issued_ = huiliu("report", "issue", draft["snapshot"][:12], "--organ", "某厅", "--by", "李明", *out).last
    assert issued_["number"] == 1
    for file in (*draft["files"].values(), *issued_["files"].values()):
        assert huiliu("report", "verify", file, "--json").last["genuine"]
    assert huiliu("report", "show", "1", *out).last["same"]
    changed = tmp_path / "changed.pdf"
    changed.write_bytes(Path(issued_["files"]["pdf"]).read_bytes() + b"\n")
    refused = huiliu("report", "verify", str(changed))
    assert (refused.code, "已被改动" in refused.out) == (3, True)
    assert huiliu("report", "verify", str(Path(__file__))).code == 3
    assert "无须更正" in huiliu("report", "corrigendum", "1").out
    again = huiliu("report", "month", "2026-05", *out).last
    second = huiliu("report", "issue", again["snapshot"], "--organ", "某厅", "--by", "李明", *out)
    assert (second.code, "corrigendum 1" in second.err) == (2, True)

    late = {"project_code": CODE.format(9), "division": "340204", "revision": 2, "cumulative_investment": 500_000}
    loader.load("project", sample.projects(late))
    found = huiliu("report", "corrigendum", "1", "--reason", "芜湖市更正报送", *out).last
    assert found["differences"]
    correction = huiliu("report", "issue", found["snapshot"], "--organ", "某厅", "--by", "李明", *out).last
    assert (correction["number"], correction["corrects"], correction["stands"]) == (2, 1, found["stands"])
    assert "已由第 2 号更正" in huiliu("report", "verify", issued_["files"]["pdf"]).out
    assert huiliu("report", "corrigendum", "1").code == 2
    assert "无须更正" in huiliu("report", "corrigendum", "2").out
    assert [row["number"] for row in json.loads(huiliu("report", "list", "--json").out)] == [2, 1]


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
