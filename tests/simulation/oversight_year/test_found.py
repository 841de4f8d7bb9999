"""The hub's own rules find what was planted, and nothing else; the cases of it go the way of their divisions."""

from __future__ import annotations

import random

import pytest

from oversight.cases.case import fold
from oversight.cases.event import from_json
from oversight.rule_files import shipped
from simulation.oversight_year.case_loop import Loop
from simulation.oversight_year.comparison import compare, from_matters, from_spans
from simulation.oversight_year.judging import Judged, judged, looped, monitor_spans
from simulation.oversight_year.key import TOPICS
from simulation.oversight_year.size import SMALL, Size
from simulation.oversight_year.year import OversightYear

#: How often the small year is judged, days: what lasts as long must be found.
EVERY = 3
SMALL_KINDS = ("project-", "award-", "indicator-", "report-")
MONITORS = {topic for topic in TOPICS if not topic.startswith(SMALL_KINDS)}
#: A year whole, of few projects: what comes back after a month and more.
SPARSE = Size(cities=2, outlets=14, projects=70, awards=60, months=12)


@pytest.fixture(scope="module")
def year() -> OversightYear:
    return OversightYear(11, SPARSE)


@pytest.fixture(scope="module")
def stood(year: OversightYear) -> Judged:
    return list(judged(year, shipped(), every_days=2))


@pytest.fixture(scope="module")
def loop(year: OversightYear, stood: Judged) -> Loop:
    return looped(year, shipped(), stood)


def test_all_planted_projects_and_awards_are_found_and_no_innocent_is() -> None:
    year = OversightYear(11, SMALL)
    found = from_matters(list(judged(year, shipped(), EVERY)))
    for line in compare(year.key, year.innocents, found):
        if line.topic.startswith(SMALL_KINDS):
            assert (line.share, line.false, line.innocents_found) == (1.0, 0, 0), line
            assert (line.days_to_open_most or 0.0) <= EVERY


@pytest.mark.parametrize("seed", [11, 12, 13])
def test_all_that_befell_monitors_is_found_within_days_and_no_innocent_is(seed: int) -> None:
    year = OversightYear(seed, SMALL)
    found = from_spans(monitor_spans(year, shipped()))
    lines = [line for line in compare(year.key, year.innocents, found) if line.topic in MONITORS]
    assert len(lines) == len(MONITORS)
    for line in lines:
        assert (line.share, line.false, line.innocents_found) == (1.0, 0, 0), line
        # flat and hugging are patterns of several days; a step is known when two days after it are
        assert (line.days_to_open_most or 0.0) <= 5.0


def test_cases_open_and_close_with_what_stands(year: OversightYear, loop: Loop) -> None:
    for line in compare(year.key, year.innocents, loop.found()):
        if line.topic.startswith(SMALL_KINDS):
            assert (line.share, line.false, line.innocents_found) == (1.0, 0, 0), line


def test_divisions_that_never_answer_go_up_and_answers_of_another_division_change_nothing(loop: Loop) -> None:
    went = {row["way"]: row for row in loop.by_way()}
    assert went["NEVER"]["signed for"] == went["NEVER"]["reported"] == 0
    assert went["NEVER"]["escalated"] > 0
    assert went["OF_ANOTHER"]["signed for"] == 0
    assert loop.refused["CASE-DIVISION"] > 0
    assert went["ASKS_FOR_TIME"]["extended"] > 0
    assert went["TWICE"]["reported"] == went["TWICE"]["cases"] + went["TWICE"]["returned"] + went["TWICE"]["reopened"]


def test_what_comes_back_within_thirty_days_is_the_same_case_and_later_a_new_one(
    year: OversightYear, loop: Loop
) -> None:
    told = loop.recurrences(year.key)
    assert told["within"] > 0
    assert told["after"] > 0
    assert told["reopened"] == told["within"]
    assert told["new"] == told["after"]


def test_cases_rebuilt_from_their_log_in_any_order_and_doubled_are_the_same(loop: Loop) -> None:
    log = [event.as_json() for event in loop.events]
    delivered = [*log, *random.Random(3).sample(log, len(log) // 3)]
    random.Random(4).shuffle(delivered)
    own: dict[str, dict[int, dict[str, object]]] = {}
    for told in delivered:  # number and sequence are an event's identity: what comes twice is kept once
        own.setdefault(told["number"], {})[told["sequence"]] = told
    for number, events in own.items():
        assert fold(from_json(events[sequence]) for sequence in sorted(events)) == loop.cases[number]
    assert own.keys() == loop.cases.keys()
