"""What becomes of a case, day by day."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

import pytest

from oversight.cases.answer import Answer, respond
from oversight.cases.case import Case, applied, fold
from oversight.cases.errors import ActRefused, TransitionRefused
from oversight.cases.event import CaseEvent, from_json
from oversight.cases.judgement import judge
from oversight.cases.official import act
from oversight.cases.transitions import TRANSITIONS
from oversight.rule import Rule
from tests.oversight.cases.findings import DATA, DOCUMENT, RULES, day, found, frame, rule

SHA = "ab" * 32


class Log:
    """The events so far, and the cases that they make."""

    def __init__(self, rules: Iterable[Rule] = RULES) -> None:
        self.rules = tuple(rules)
        self.events: list[CaseEvent] = []

    @property
    def cases(self) -> list[Case]:
        numbers = dict.fromkeys(event.number for event in self.events)
        return [fold(event for event in self.events if event.number == number) for number in numbers]

    @property
    def case(self) -> Case:
        (only,) = self.cases
        return only

    def judge(self, at: datetime, *rows: dict[str, Any]) -> list[str]:
        judged = judge(self.cases, frame(rows), self.rules, at)
        assert not judged.refused
        self.events += judged.events
        assert not judge(self.cases, frame(rows), self.rules, at).events, "judged again, something changed"
        return [event.kind for event in judged.events]

    def answer(self, at: datetime, action: str, sequence: int, **more: Any) -> str:
        said = {"division": "340102", "case_number": self.case.number, "text": "已办", **more}
        answered = respond(self.case, Answer(action=action, sequence=sequence, **said), at)
        self.events += answered.events
        return answered.refusal.code if answered.refusal else " ".join(event.kind for event in answered.events)

    def act(self, at: datetime, word: str, until: date | None = None) -> list[str]:
        events = act(self.case, word, "王处长", "现场核实", at, until)
        self.events += events
        return [event.kind for event in events]


def test_a_case_goes_from_found_to_closed_by_fresh_facts() -> None:
    log = Log()
    assert log.judge(day(0), found()) == ["FOUND", "ASSIGNED"]
    assert log.case.number == "DB-340102-2025-000001"
    assert (log.case.owner, log.case.next_date, log.case.mend_by) == ("340102", date(2025, 3, 6), date(2025, 3, 13))
    assert log.answer(day(1), "ACKNOWLEDGE", 1) == "ACKNOWLEDGED"
    assert log.case.next_date == date(2025, 3, 13)
    assert log.judge(day(2), found()) == ["RECTIFYING"]
    assert log.answer(day(5), "REPORT", 2) == "REPORTED"
    assert log.judge(day(6), found()) == ["CHECKING"]
    assert log.case.owner == "PROVINCE"
    assert log.judge(day(7)) == ["CHECKING", "CLOSED"]
    assert (log.case.basis, log.case.owner, log.case.next_date) == ("FRESH_DATA", "", None)


def test_what_nobody_looked_for_is_not_taken_as_mended() -> None:
    log = Log()
    log.judge(day(0), found())
    log.rules = (DOCUMENT,)
    assert log.judge(day(1)) == []
    assert log.case.open


def test_a_finding_still_there_at_the_end_of_the_check_is_returned() -> None:
    log = Log()
    log.judge(day(0), found())
    assert log.answer(day(1), "REPORT", 1) == "ACKNOWLEDGED REPORTED"
    log.judge(day(2), found())
    assert log.judge(day(11), found()) == []
    assert log.judge(day(12), found()) == ["RETURNED"]
    assert (log.case.state, log.case.owner, log.case.next_date) == ("RECTIFYING", "340102", date(2025, 3, 25))


def test_what_is_late_goes_up_level_by_level_and_each_once() -> None:
    log = Log()
    log.judge(day(0), found())
    assert log.judge(day(3), found()) == []
    assert log.judge(day(4), found()) == ["ESCALATED"]
    assert log.case.level == "CITY"
    assert log.judge(day(20), found()) == ["ESCALATED", "ESCALATED"]
    assert log.case.level == "LEADER"
    assert log.answer(day(20), "ACKNOWLEDGE", 1, division="340100") == "ACKNOWLEDGED", "its city answers as well now"


def test_a_document_that_misses_its_date_brings_the_finding_back() -> None:
    log = Log()
    log.judge(day(0), found(by=DOCUMENT))
    log.answer(day(1), "REPORT", 1)
    assert log.judge(day(2)) == [], "without its document nothing is closed"
    assert (log.case.owner, log.case.next_date) == ("340102", date(2025, 4, 10))
    assert log.judge(day(39)) == ["CHECKING", "RETURNED"]
    assert log.case.state == "RECTIFYING"
    piece = {"name": "整改报告.pdf", "sha256": SHA, "media_type": "application/pdf", "size": 9}
    assert log.answer(day(40), "REPORT", 2, evidence=(piece,)) == "REPORTED"
    assert log.judge(day(41)) == ["CHECKING", "CLOSED"]
    assert log.case.basis == "DOCUMENT"


def test_a_cause_found_again_within_thirty_days_reopens_its_case_and_later_opens_another() -> None:
    log = Log()
    log.judge(day(0), found())
    log.judge(day(1))
    assert log.judge(day(31), found()) == ["REOPENED"]
    assert log.case.number == "DB-340102-2025-000001"
    log.judge(day(32))
    assert log.judge(day(63), found()) == ["FOUND", "ASSIGNED"]
    assert [case.number for case in log.cases] == ["DB-340102-2025-000001", "DB-340102-2025-000002"]


def test_an_older_case_that_an_official_reopened_is_the_case_of_its_cause() -> None:
    log = Log()
    log.judge(day(0), found())
    log.judge(day(1))
    log.judge(day(63), found())
    log.judge(day(64))
    first, second = log.cases
    log.events += act(first, "reopen", "王处长", "复查", day(65))
    assert log.judge(day(66), found()) == []
    assert [case.open for case in log.cases] == [True, False]
    assert log.judge(day(67)) == ["CHECKING", "CLOSED"]
    assert log.judge(day(68), found()) == ["REOPENED"]
    assert [case.open for case in log.cases] == [True, False], second.number


def test_a_cause_that_keeps_coming_back_must_rest_before_it_closes() -> None:
    log = Log()
    for number in (0, 2, 4):
        log.judge(day(number), found())
        last = log.judge(day(number + 1))
    assert last == ["CHECKING"], "back twice in sixty days"
    assert log.judge(day(7), found()) == ["RETURNED"]
    assert log.judge(day(8)) == ["CHECKING"]
    assert log.judge(day(12)) == []
    assert log.judge(day(13)) == ["CLOSED"]
    assert log.events[-1].data["flips"] == 3
    assert len(log.cases) == 1


def test_graver_and_lighter_findings_of_a_cause_are_its_one_case() -> None:
    log = Log()
    other = rule("OV-T-OTHER", family=DATA.family)
    log.rules = (*RULES, other)
    log.judge(day(0), found(), found(severity="NOTICE", by=other))
    assert log.judge(day(1), found(), found(severity="RED", by=other)) == ["WORSENED"]
    assert (log.case.severity, log.case.rule) == ("RED", "OV-T-OTHER")
    assert log.judge(day(2), found()) == ["EASED"]


def test_a_subject_that_moves_takes_its_case_to_the_other_division() -> None:
    log = Log()
    log.judge(day(0), found())
    log.answer(day(1), "ACKNOWLEDGE", 1)
    assert log.judge(day(2), found(division=340103)) == ["TRANSFERRED"]
    assert (log.case.state, log.case.division, log.case.owner) == ("ASSIGNED", "340103", "340103")


def test_more_time_is_asked_for_and_granted_or_refused_by_the_province() -> None:
    log = Log()
    log.judge(day(0), found())
    assert log.answer(day(1), "REQUEST_TIME", 1, requested_until=date(2025, 3, 1)) == "CASE-UNTIL"
    assert log.answer(day(1), "REQUEST_TIME", 1, requested_until=date(2025, 3, 13)) == "CASE-UNTIL"
    assert log.answer(day(1), "REQUEST_TIME", 1, requested_until=date(2025, 4, 1)) == "ACKNOWLEDGED EXTENSION_ASKED"
    with pytest.raises(ActRefused, match="2025-03-01"):
        log.act(day(2), "extend", date(2025, 3, 1))
    assert log.act(day(2), "refuse") == ["EXTENSION_REFUSED"]
    assert log.case.next_date == date(2025, 3, 13)
    with pytest.raises(ActRefused):
        log.act(day(2), "refuse")
    log.answer(day(3), "REQUEST_TIME", 2, requested_until=date(2025, 4, 1))
    assert log.act(day(4), "extend") == ["EXTENDED"]
    assert (log.case.next_date, log.case.asked_until) == (date(2025, 4, 1), None)
    log.answer(day(5), "REQUEST_TIME", 3, requested_until=date(2025, 5, 1))
    log.answer(day(6), "REPORT", 4)
    assert log.case.asked_until is None, "who has reported needs no more time"


def test_an_objection_waits_for_the_province_and_is_not_overruled_by_time() -> None:
    log = Log()
    log.judge(day(0), found())
    assert log.answer(day(1), "OBJECT", 1) == "ACKNOWLEDGED OBJECTED"
    assert log.case.owner == "PROVINCE"
    assert log.judge(day(3), found()) == []
    assert log.judge(day(5), found()) == ["ESCALATED"]
    assert log.act(day(6), "close") == ["CHECKING", "CLOSED"]
    assert log.judge(day(7), found()) == [], "the finding that an official closed over stays settled"
    assert log.judge(day(8), found(severity="RED")) == ["REOPENED"], "a graver one does not"


def test_answers_that_cannot_be_are_refused_and_change_nothing() -> None:
    log = Log()
    log.judge(day(0), found())
    piece = {"name": "a.pdf", "sha256": SHA, "media_type": "application/pdf", "size": 9}
    assert log.answer(day(1), "ACKNOWLEDGE", 1, division="340202") == "CASE-DIVISION"
    assert log.answer(day(1), "ACKNOWLEDGE", 1, division="340100") == "CASE-DIVISION", "not before it was escalated"
    assert log.answer(day(1), "ACKNOWLEDGE", 3) == "ACKNOWLEDGED"
    before = log.case
    assert log.answer(day(2), "ACKNOWLEDGE", 3) == "", "sent again: nothing"
    assert log.answer(day(2), "REPORT", 2) == "CASE-SEQUENCE"
    assert log.answer(day(2), "REPORT", 3) == "CASE-SEQUENCE"
    assert log.answer(day(2), "ACKNOWLEDGE", 4) == "CASE-STATE"
    assert log.case == before
    assert log.answer(day(3), "REPORT", 4, evidence=(piece,)) == "REPORTED"
    assert log.answer(day(3), "REPORT", 5, evidence=(piece | {"sha256": "cd" * 32},)) == "CASE-EVIDENCE"
    assert log.answer(day(3), "REPORT", 4, revision=2, text="补充", evidence=(piece,)) == "REPORTED", "a correction"
    log.judge(day(4))
    assert log.answer(day(5), "REPORT", 6) == "CASE-CLOSED"
    assert log.answer(day(5), "REPORT", 4, revision=2, text="补充", evidence=(piece,)) == ""
    unknown = Answer(division="340102", case_number="DB-340102-2025-000099", sequence=1, action="REPORT")
    refusal = respond(None, unknown, day(5)).refusal
    assert refusal is not None
    assert refusal.code == "CASE-UNKNOWN"


def test_an_event_that_is_not_in_the_table_is_refused_with_the_states_in_which_it_is() -> None:
    log = Log()
    log.judge(day(0), found())
    for kind, transition in TRANSITIONS.items():
        if "ASSIGNED" not in transition.states:
            with pytest.raises(TransitionRefused, match=log.case.number):
                applied(log.case, log.case.event(kind, "hub", day(1), ""))
    with pytest.raises(TransitionRefused, match="UNHEARD"):
        applied(log.case, log.case.event("UNHEARD", "hub", day(1), ""))
    with pytest.raises(TransitionRefused):
        applied(log.case, log.case.event("ACKNOWLEDGED", "hub", day(-1), ""))


def test_a_date_beyond_the_calendar_refuses_its_cause_alone() -> None:
    late = rule("OV-T-LATE", days_are="WORKDAY")
    moment = datetime(2099, 1, 5, 1, tzinfo=day(0).tzinfo)
    judged = judge([], frame([found("P1"), found("P2", by=late)]), (DATA, late), moment)
    assert [event.kind for event in judged.events] == ["FOUND", "ASSIGNED"]
    (refused,) = judged.refused
    assert refused.cause == "ov-t-late P2"
    assert "2099" in refused.reason


def test_working_days_are_those_of_the_calendar() -> None:
    log = Log([rule(days_are="WORKDAY")])
    log.judge(datetime(2025, 4, 3, 1, tzinfo=day(0).tzinfo), found())
    assert log.case.next_date == date(2025, 4, 9), "4 to 6 April are 清明"


def test_events_are_the_same_after_a_turn_through_json() -> None:
    log = Log()
    log.judge(day(0), found())
    log.answer(day(1), "REPORT", 1)
    assert fold(from_json(event.as_json()) for event in log.events) == log.case
