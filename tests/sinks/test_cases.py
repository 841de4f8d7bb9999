"""Cases in the warehouse: the state kept is the fold of the events kept, and nothing comes twice."""

from __future__ import annotations

import json
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from sqlalchemy import text

from oversight.cases.answer import Answer
from oversight.cases.errors import ActRefused
from oversight.cases.keeping import act_kept, answer_kept, case_of, events_of, judge_kept, rebuilt
from oversight.errors import CalendarUnknown
from oversight.rule_files import Rules
from sinks import cases
from sinks.errors import WarehouseError
from sinks.warehouse import Warehouse
from streams import oversight_judging
from tests.oversight.cases.findings import DATA, DOCUMENT, day, found, frame

RULES = Rules((DATA, DOCUMENT))
NUMBER = "DB-340102-2025-000001"
FORM = json.loads((Path(__file__).parents[2] / "schemas/directive/1.json").read_text())


def judged(warehouse: Warehouse, number: int, *rows: dict[str, Any]) -> list[str]:
    with warehouse.batch() as connection:
        return [event.kind for event in judge_kept(connection, RULES, frame(rows), day(number)).events]


def answered(warehouse: Warehouse, number: int, offset: int, **said: Any) -> str:
    answer = Answer(**({"division": "340102", "case_number": NUMBER, "sequence": 1, "action": "REPORT"} | said))
    with warehouse.batch() as connection:
        place = ("intake.340102.response", 0, offset)
        refusal = answer_kept(connection, place, answer, day(number), RULES).refusal
    return refusal.code if refusal else ""


def told(warehouse: Warehouse) -> list[dict[str, Any]]:
    with warehouse.batch() as connection:
        return [row["body"] for row in cases.untold(connection, 100)]


def test_a_case_is_kept_told_answered_and_closed_and_nothing_comes_twice(warehouse: Warehouse) -> None:
    assert judged(warehouse, 0, found()) == ["FOUND", "ASSIGNED"]
    assert judged(warehouse, 0, found()) == []
    assert answered(warehouse, 1, 0) == ""
    assert answered(warehouse, 1, 0) == "", "the same record again"
    assert answered(warehouse, 1, 1) == "", "the same answer from another place"
    assert answered(warehouse, 1, 2, division="340202", sequence=2) == "CASE-DIVISION"
    assert answered(warehouse, 1, 3, case_number="DB-340102-2025-000009") == "CASE-UNKNOWN"
    assert judged(warehouse, 2) == ["CHECKING", "CLOSED"]
    with warehouse.read() as connection:
        kinds = [event.kind for event in events_of(connection, NUMBER)]
        outcomes = [(row["outcome"], row["code"]) for row in cases.answers(connection, NUMBER)]
        assert rebuilt(connection, [NUMBER]) == []
    assert kinds == ["FOUND", "ASSIGNED", "ACKNOWLEDGED", "REPORTED", "CHECKING", "CLOSED"]
    assert outcomes == [("APPLIED", None), ("AGAIN", None), ("REFUSED", "CASE-DIVISION")]
    bodies = told(warehouse)
    assert [body["kind"] for body in bodies] == ["ASSIGNED", "ANSWER_REFUSED", "ANSWER_REFUSED", "CLOSED"]
    for body in bodies:
        jsonschema.validate(body, FORM)
    assert bodies[0]["title"]["zh"] == "项目 P1 落后 12 个百分点"
    assert bodies[0]["answer"]["topic"] == "intake.340102.response"


def test_what_went_up_is_told_to_the_city_too(warehouse: Warehouse) -> None:
    judged(warehouse, 0, found())
    assert judged(warehouse, 4, found()) == ["ESCALATED"]
    assert [body["addressee"] for body in told(warehouse)] == ["340102", "340102", "340100"]


def test_officials_act_by_name_and_are_refused_with_the_reason(warehouse: Warehouse) -> None:
    judged(warehouse, 0, found())

    def act(word: str, number: str = NUMBER) -> str:
        with warehouse.batch() as connection:
            return act_kept(connection, number, word, "王处长", "已核实", day(1), RULES).state

    with pytest.raises(ActRefused, match="000009"):
        act("close", "DB-340102-2025-000009")
    assert act("close") == "CLOSED"
    assert act("reopen") == "ASSIGNED"
    with warehouse.read() as connection:
        last = events_of(connection, NUMBER)[-1]
    assert (last.actor, last.reason, last.kind) == ("王处长", "已核实", "REOPENED")


def test_an_older_case_that_was_reopened_is_judged_and_not_its_closed_successor(warehouse: Warehouse) -> None:
    for number, rows in ((0, [found()]), (1, []), (63, [found()]), (64, [])):
        judged(warehouse, number, *rows)
    with warehouse.batch() as connection:
        act_kept(connection, NUMBER, "reopen", "王处长", "复查", day(65), RULES)
    assert judged(warehouse, 66, found()) == []
    assert judged(warehouse, 67) == ["CHECKING", "CLOSED"]


def test_a_judgement_that_cannot_be_made_is_recorded_and_closes_nothing(
    warehouse: Warehouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    judged(warehouse, 0, found())

    def blind(*_: object) -> None:
        raise CalendarUnknown(date(2099, 1, 5), 2004, 2026)

    monkeypatch.setattr(oversight_judging, "standing", blind)
    assert oversight_judging.judge_now(warehouse, RULES, day(1)).refused
    with warehouse.read() as connection:
        case = case_of(connection, NUMBER)
        recorded = connection.execute(text("select refused from judgement order by id desc limit 1")).scalar_one()
    assert case is not None
    assert case.open
    assert "2099" in recorded[0]["reason"]


def test_events_can_only_be_added(warehouse: Warehouse) -> None:
    judged(warehouse, 0, found())
    with pytest.raises(WarehouseError), warehouse.batch() as connection:
        connection.execute(text("update case_event set actor = 'nobody'"))
    with pytest.raises(WarehouseError), warehouse.batch() as connection:
        connection.execute(text("update oversight_case set next_date = null"))
    with warehouse.read() as connection:
        case = case_of(connection, NUMBER)
    assert case is not None
    assert case.owner == "340102"


def test_a_state_that_somebody_wrote_beside_the_events_is_seen(warehouse: Warehouse) -> None:
    judged(warehouse, 0, found())
    with warehouse.batch() as connection:
        connection.execute(text("update oversight_case set severity = 'NOTICE'"))
    with warehouse.read() as connection:
        assert rebuilt(connection, [NUMBER]) == [NUMBER]


def test_readers_see_the_cases_of_their_division_alone(warehouse: Warehouse) -> None:
    judged(warehouse, 0, found("P1"), found("P2", division=340202))
    for division, expected in (("340100", 1), ("340000", 2), ("340302", 0)):
        with warehouse.audit(division) as connection:
            assert len(cases.listed(connection)) == expected
            assert connection.execute(text("select count(distinct number) from case_event")).scalar_one() == expected
            assert connection.execute(text("select count(*) from directive")).scalar_one() == expected


def test_closures_without_new_data_are_sampled_the_same_way_by_the_same_seed(warehouse: Warehouse) -> None:
    judged(warehouse, 0, *(found(f"P{number}") for number in range(6)))
    for serial in range(1, 5):
        with warehouse.batch() as connection:
            act_kept(connection, f"DB-340102-2025-{serial:06}", "close", "王处长", "已核实", day(1), RULES)
    judged(warehouse, 2)
    with warehouse.read() as connection:
        first, counts = cases.closures(connection, day(0) - timedelta(days=1), "2025Q1", 3)
        assert cases.closures(connection, day(0), "2025Q1", 3)[0] == first
    assert len(first) == 3
    assert counts == {"OFFICIAL": 4, "FRESH_DATA": 2}
