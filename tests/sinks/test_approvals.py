"""Approvals over a real warehouse: cells are made of the facts that are there, and only what is corrected reopens."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import text
from typer.testing import CliRunner

from commands.approval import app
from huiliu.errors import HuiliuError
from oversight.approvals import register
from oversight.approvals.decision import Act, Reason, Refusal
from oversight.approvals.scope import Matter
from oversight.approvals.standing import Action, Event, State
from sinks import approvals
from sinks.approvals import Scope
from sinks.warehouse import Warehouse

PERIODS = {"project": "2026-05", "award": "2026", "indicator": "2026-05", "reading": "2026-05"}
CODES = ("2605-340104-04-02-123456", "2605-340111-04-02-123456", "2605-340104-04-02-999999")
PROJECT = Matter("project", "2026-05")


def act(warehouse: Warehouse, action: Action, division: str, by: str, seen: str | None = None, why: str = "") -> Any:
    """Say it, having seen what is there now, or a hash of before."""
    with warehouse.batch() as connection:
        here = register.load(connection, PROJECT, division).standings[division].hash
        said = Act(
            action=action, division=division, by=by, actor="王", at=datetime.now(UTC), seen=seen or here[:12], why=why
        )
        return register.say(connection, PROJECT, said)


def states(warehouse: Warehouse) -> dict[str, str]:
    with warehouse.read() as connection:
        found = register.load(connection, PROJECT, "340000").standings
    return {division: one.state.value for division, one in found.items()}


@pytest.mark.parametrize("kind", PERIODS)
def test_cells_are_the_rollups_figures_as_reported_and_a_correction_changes_one_of_them(
    kind: str, warehouse: Warehouse, loader: Any, sample: Any
) -> None:
    if kind == "reading":
        loader.load("registration", sample.registrations({}))
    changed = {"project": "stage", "award": "status", "indicator": "indicator", "reading": "start"}[kind]
    other = {"stage": "COMPLETED", "status": "PAID", "indicator": "IVA", "start": 1_777_564_800_000 + 86_400_000}
    key = {"project": "project_code", "award": "award_number"}.get(kind)
    more = {changed: other[changed]} | ({key: "2605-340104-04-02-999999"} if key else {})
    loader.load(kind, sample.of(kind, {}, more))
    scope = Scope("340100", kind, PERIODS[kind])
    with warehouse.read() as connection:
        before = register.cells_of(connection, scope)
        rolled = connection.execute(text(f"select count(*) from rollup_{kind}")).scalar_one()
    assert len(before) == rolled == 2
    assert {one.division for one in before} == {"340104"}
    loader.load(kind, sample.of(kind, {"revision": 2, "source_ref": "更正", "content": 7}))
    with warehouse.read() as connection:
        now = register.cells_of(connection, scope)
        moment = approvals.changed(connection, scope)[0]
        then = register.cells_of(connection, scope, moment.replace(microsecond=max(0, moment.microsecond - 1)))
        assert not register.cells_of(connection, Scope("340200", kind, PERIODS[kind]))
    assert len([one for one in now if now[one] != before[one]]) == 1
    assert now.keys() == before.keys() == then.keys()


def test_a_months_projects_stay_that_months_when_later_months_follow(
    warehouse: Warehouse, loader: Any, sample: Any
) -> None:
    loader.load("project", sample.projects({}))
    with warehouse.read() as connection:
        before = register.cells_of(connection, Scope("340104", "project", "2026-05"))
    loader.load("project", sample.projects({"revision": 2, "month": "2026-06", "cumulative_investment": 900_000}))
    with warehouse.read() as connection:
        assert register.cells_of(connection, Scope("340104", "project", "2026-05")) == before
        (june,) = register.cells_of(connection, Scope("340104", "project", "2026-06")).values()
    assert june.figures["cumulative"] == 900_000


def test_confirmations_climb_and_a_correction_opens_only_its_cell_and_those_above(
    warehouse: Warehouse, loader: Any, sample: Any
) -> None:
    rows = [{"project_code": code, "division": code[5:11]} for code in CODES]
    loader.load("project", sample.projects(*rows[:2], rows[2] | {"stage": "COMPLETED"}))
    early = act(warehouse, Action.CONFIRMED, "340100", "340100")
    assert isinstance(early, Refusal) and early.reason is Reason.CHILDREN_FIRST
    for division in ("340104", "340111", "340100"):
        assert isinstance(act(warehouse, Action.CONFIRMED, division, division), Event)
    assert isinstance(act(warehouse, Action.ACCEPTED, "340100", "340000"), Event)
    assert set(states(warehouse).values()) == {"ACCEPTED", "CONFIRMED"}
    loader.load("project", sample.projects(rows[0] | {"revision": 2, "planned_investment": 2_000_000}))
    assert states(warehouse) == {
        "340000": "OPEN", "340100": "REOPENED", "340104": "REOPENED", "340111": "CONFIRMED",
    }  # fmt: skip
    with warehouse.read() as connection:
        (touched,) = register.load(connection, PROJECT, "340104").standings["340104"].touched
    assert touched.before is not None and touched.after is not None
    assert (touched.before.figures["planned"], touched.after.figures["planned"]) == (1_000_000, 2_000_000)


def test_who_saw_other_figures_is_refused_shown_the_difference_and_recorded(
    warehouse: Warehouse, loader: Any, sample: Any
) -> None:
    loader.load("project", sample.projects({}))
    with warehouse.read() as connection:
        seen = register.load(connection, PROJECT, "340104").standings["340104"].hash
    loader.load("project", sample.projects({"revision": 2, "planned_investment": 3_000_000}))
    refused = act(warehouse, Action.CONFIRMED, "340104", "340104", seen)
    assert isinstance(refused, Refusal) and refused.reason is Reason.CHANGED
    (change,) = refused.changes
    assert change.before is not None and change.after is not None
    assert (change.before.figures["planned"], change.after.figures["planned"]) == (1_000_000, 3_000_000)
    stranger = act(warehouse, Action.CONFIRMED, "340104", "340200")
    assert isinstance(stranger, Refusal) and stranger.reason is Reason.NOT_YOURS
    with warehouse.read() as connection:
        kept = approvals.refusals(connection, "project", "2026-05")
        assert not approvals.said(connection, "project", "2026-05")
    assert [(one["reason"], one["said_by"], one["actor"]) for one in kept] == [
        ("NOT_YOURS", 340200, "王"), ("CHANGED", 340104, "王"),
    ]  # fmt: skip


def test_a_publisher_without_figures_confirms_that_there_are_none(warehouse: Warehouse) -> None:
    with warehouse.batch() as connection:
        connection.execute(
            text(
                "insert into publisher (division, kinds, channel, cadence) values (340104, '{project}', 'kafka', '{}')"
            )
        )
    assert isinstance(act(warehouse, Action.CONFIRMED, "340104", "340104"), Event)
    assert states(warehouse)["340104"] == "CONFIRMED"


def test_a_reader_sees_what_was_said_of_its_division_alone(warehouse: Warehouse, loader: Any, sample: Any) -> None:
    rows = [{"project_code": code, "division": code[5:11]} for code in CODES[:2]]
    loader.load("project", sample.projects(*rows))
    for division in ("340104", "340111"):
        assert isinstance(act(warehouse, Action.CONFIRMED, division, division), Event)
    act(warehouse, Action.CONFIRMED, "340111", "340104")
    for table, seen in (("approval", [340111]), ("approval_refusal", [340111])):
        with warehouse.audit("340111") as connection:
            assert list(connection.execute(text(f"select division from {table}")).scalars()) == seen
        with warehouse.audit("340200") as connection:
            assert connection.execute(text(f"select count(*) from {table}")).scalar_one() == 0


def test_what_was_said_comes_back_as_it_was_said(warehouse: Warehouse, loader: Any, sample: Any) -> None:
    loader.load("project", sample.projects({}))
    said = act(warehouse, Action.CONFIRMED, "340104", "340104")
    with warehouse.read() as connection:
        found = register.load(connection, PROJECT, "340104")
    (event,) = found.events
    assert replace(event, at=said.at, number=said.number) == said
    assert found.standings["340104"].state is State.CONFIRMED
    assert json.dumps([dict(cell.figures) for cell in event.cells.values()]) == json.dumps(
        [dict(cell.figures) for cell in said.cells.values()]
    )


@pytest.fixture
def program(warehouse_uri: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Any) -> Any:
    """``huiliu approval`` with these arguments, about the sample's projects: exit code and both outputs."""
    told = {"HUILIU_DATABASE": warehouse_uri, "HUILIU_KAFKA": "127.0.0.1:9", "HUILIU_HOME": str(tmp_path)}
    for variable, value in {**told, "HUILIU_LANGUAGE": "zh", "COLUMNS": "200"}.items():
        monkeypatch.setenv(variable, value)

    def run(*arguments: str) -> tuple[int, str]:
        answer = CliRunner().invoke(app, [*arguments, "--kind", "project", "--period", "2026-05"])
        if answer.exception is not None and not isinstance(answer.exception, SystemExit):
            raise answer.exception
        return answer.exit_code, answer.output

    return run


def test_the_commands_show_say_and_refuse(program: Any, warehouse: Warehouse, loader: Any, sample: Any) -> None:
    loader.load("project", sample.projects({}))
    code, out = program("show", "340104", "--json")
    shown = json.loads(out)
    assert (code, shown["state"], len(shown["cells"])) == (0, "OPEN", 1)
    seen = shown["hash"][:12]
    code, out = program("confirm", "340104", "--hash", "0" * 12, "--by", "李某", "--json")
    assert (code, json.loads(out)["refused"]) == (2, "CHANGED")
    code, out = program("confirm", "340104", "--hash", seen, "--by", "李某")
    assert code == 0 and "已确认" in out and seen in out
    code, out = program("accept", "340100", "--hash", seen, "--by", "王某")
    assert code == 2 and "340100 合肥市 现为“未确认”" in out
    city = json.loads(program("show", "340100", "--json")[1])["hash"]
    assert program("confirm", "340100", "--hash", city, "--by", "市")[0] == 0
    assert program("list")[0] == 3
    assert program("accept", "340100", "--hash", city, "--by", "省")[0] == 0
    code, out = program("list", "--json")
    assert code == 0
    assert {one["division"]: one["state"] for one in json.loads(out)["standings"]} == {
        "340000": "ACCEPTED", "340100": "ACCEPTED", "340104": "CONFIRMED",
    }  # fmt: skip
    loader.load("project", sample.projects({"revision": 2, "planned_investment": 2_000_000}))
    code, out = program("list")
    assert code == 3 and "因更正重开" in out and "1 格有更正" in out
    code, out = program("show", "340104")
    assert "10,000.00" in out and "20,000.00" in out and "李某" in out and "未办理" in out
    assert program("return", "340104", "--by", "省", "--why", "核对投资额")[0] == 0
    assert "已退回" in program("list")[1]


@pytest.mark.parametrize("given", ["", "abc", "z" * 12, "0" * 65])
def test_a_hash_that_is_none_is_refused_before_anything_is_asked(program: Any, given: str) -> None:
    with pytest.raises(HuiliuError, match="12"):
        program("confirm", "340104", "--hash", given, "--by", "李某")
