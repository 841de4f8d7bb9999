"""Whatever happens to cases in whatever order, what must hold of them holds."""

from __future__ import annotations

from collections import Counter
from datetime import date, datetime, timedelta
from itertools import pairwise
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from oversight.cases.answer import Answer, respond
from oversight.cases.case import Case, fold
from oversight.cases.errors import ActRefused, TransitionRefused
from oversight.cases.event import CaseEvent
from oversight.cases.judgement import judge
from oversight.cases.official import ACTS, act
from oversight.cases.transitions import TRANSITIONS
from tests.oversight.cases.findings import DATA, DOCUMENT, NINE, found, frame

SUBJECTS = ("P1", "P2", "P3")
DIVISIONS = (340102, 340103)
PIECE = {"media_type": "application/pdf", "size": 9}
STANDING = st.dictionaries(
    st.sampled_from(SUBJECTS),
    st.tuples(
        st.sampled_from(("NOTICE", "YELLOW", "RED")), st.sampled_from(DIVISIONS), st.sampled_from((DATA, DOCUMENT))
    ),
)


class Cases(RuleBasedStateMachine):
    """Judgements, answers (lost, late, twice, of others) and officials, with the time only going on."""

    def __init__(self) -> None:
        super().__init__()
        self.now: datetime = NINE
        self.live: dict[str, Case] = {}
        self.log: list[CaseEvent] = []
        self.sent: list[Answer] = []
        self.judged: list[tuple[datetime, Any, Any]] = []

    @initialize()
    def something_stands(self) -> None:
        self.judge({"P1": ("YELLOW", 340102, DATA), "P2": ("RED", 340103, DOCUMENT)}, [DATA, DOCUMENT])

    def take(self, events: Any) -> None:
        for event in events:
            self.log.append(event)
            self.live[event.number] = fold(one for one in self.log if one.number == event.number)

    @rule(days=st.sampled_from((1, 2, 5, 12, 31)))
    def time_goes_on(self, days: int) -> None:
        self.now += timedelta(days=days)

    @rule(standing=STANDING, rules=st.sampled_from(([DATA, DOCUMENT], [DATA], [DOCUMENT])))
    def judge(self, standing: Any, rules: Any) -> None:
        rows = [found(subject, sev, by, div) for subject, (sev, div, by) in standing.items() if by in rules]
        judged = judge(self.live.values(), frame(rows), rules, self.now)
        backwards = judge(reversed(self.live.values()), frame(reversed(rows)), reversed(rules), self.now)
        assert judged == backwards, "the order of rows decides nothing"
        self.take(judged.events)
        assert not judge(self.live.values(), frame(rows), rules, self.now).events, "the same judgement twice"
        self.judged.append((self.now, rows, rules))

    @precondition(lambda self: self.judged)
    @rule(data=st.data())
    def judge_as_before(self, data: st.DataObject) -> None:
        moment, rows, rules = data.draw(st.sampled_from(self.judged))
        events = judge(self.live.values(), frame(rows), rules, moment).events
        late = {number for number, case in self.live.items() if case.last_at > moment}
        assert not late & {event.number for event in events}, "a judgement of before moves what happened since"

    @precondition(lambda self: self.live)
    @rule(
        data=st.data(),
        action=st.sampled_from(("ACKNOWLEDGE", "REPORT", "REQUEST_TIME", "OBJECT")),
        sequence=st.integers(1, 6),
        division=st.sampled_from(("340102", "340103", "340100", "340202")),
        days=st.integers(-5, 60),
        digest=st.sampled_from(("ab" * 32, "cd" * 32, "")),
        lost=st.booleans(),
    )
    def answer(
        self, data: st.DataObject, action: str, sequence: int, division: str, days: int, digest: str, lost: bool
    ) -> None:
        answer = Answer(
            division=division,
            case_number=data.draw(st.sampled_from(sorted(self.live))),
            sequence=sequence,
            action=action,
            requested_until=(self.now + timedelta(days=days)).date() if action == "REQUEST_TIME" else None,
            evidence=({"name": "a.pdf", "sha256": digest, **PIECE},) if digest else (),
        )
        self.sent.append(answer)
        if not lost:
            self.deliver(answer)

    @precondition(lambda self: self.sent)
    @rule(data=st.data())
    def an_answer_comes_late_or_again(self, data: st.DataObject) -> None:
        self.deliver(data.draw(st.sampled_from(self.sent)))

    def deliver(self, answer: Answer) -> None:
        before = self.live[answer.case_number]
        answered = respond(before, answer, self.now)
        assert not (answered.refusal and answered.events), "refused or applied, never both"
        self.take(answered.events)
        if answered.refusal:
            assert self.live[answer.case_number] == before
        else:
            assert respond(self.live[answer.case_number], answer, self.now).events == (), "the same answer twice"
            assert answer.division in (before.division, "340100")

    @precondition(lambda self: self.live)
    @rule(data=st.data(), word=st.sampled_from(sorted(ACTS)), days=st.integers(-5, 60))
    def official(self, data: st.DataObject, word: str, days: int) -> None:
        case = self.live[data.draw(st.sampled_from(sorted(self.live)))]
        until: date = (self.now + timedelta(days=days)).date()
        twin = any(other.open and other.cause == case.cause for other in self.live.values())
        if word == "reopen" and twin:
            return  # the warehouse refuses a second open case of a cause
        try:
            self.take(act(case, word, "王处长", "核实", self.now, until))
        except (ActRefused, TransitionRefused):
            assert self.live[case.number] == case

    @invariant()
    def an_open_case_has_an_owner_and_a_next_date(self) -> None:
        for case in self.live.values():
            assert case.open == bool(case.owner) == (case.next_date is not None), case
            assert case.open == (case.closed_at is None) == (not case.basis)

    @invariant()
    def a_cause_has_one_open_case(self) -> None:
        assert not [c for c, n in Counter(case.cause for case in self.live.values() if case.open).items() if n > 1]

    @invariant()
    def the_log_alone_makes_the_cases(self) -> None:
        for number, case in self.live.items():
            events = [event for event in self.log if event.number == number]
            assert fold(events) == case
            assert [event.sequence for event in events] == list(range(1, len(events) + 1))
            assert all(a.at <= b.at for a, b in pairwise(events)), "time goes backwards"
            assert case.state in {step.to for step in TRANSITIONS.values()} - {None, "FOUND"}


TestCases = Cases.TestCase
TestCases.settings = settings(
    max_examples=25, stateful_step_count=25, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
