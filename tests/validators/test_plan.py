"""The plan of a suite: it says what a whole run of Great Expectations says, expectation by expectation."""

from __future__ import annotations

import threading
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from validators import catalogue, sample
from validators.gate import Blocking, Gate, run, to_pandas
from validators.plan import Plan
from validators.repeated import SAMPLED
from validators.rule import ALL_KINDS

SUITES = {kind: Blocking(kind) for kind in ALL_KINDS}
GATE = Gate()


def changes(kind: str) -> list[dict[str, Any]]:
    """The good and bad examples of every rule with an expectation, as changes to the sample."""
    rules = [rule for rule in catalogue.rules(kind) if rule.expectation is not None]
    columns = SUITES[kind].columns
    found = [{}, *({**example} for rule in rules for example in (rule.good, rule.bad))]
    return [one for one in found if not {*one} - {*columns, *sample.SAMPLES[kind]}]


@st.composite
def cases(draw: st.DrawFn) -> tuple[str, pl.DataFrame]:
    kind = draw(st.sampled_from(ALL_KINDS))
    rows = draw(st.lists(st.sampled_from(changes(kind)), min_size=1, max_size=4))
    return kind, sample.frame(kind, rows)


@given(cases())
@settings(max_examples=60, deadline=None)
def test_a_plan_holds_exactly_where_great_expectations_finds_nothing(case: tuple[str, pl.DataFrame]) -> None:
    kind, frame = case
    suite = SUITES[kind]
    data = to_pandas(frame, suite.columns)
    whole = run(data, suite.configurations, "BOOLEAN_ONLY")
    assert suite.plan.holds(data) == all(result.success for result in whole)


@given(cases())
@settings(max_examples=60, deadline=None)
def test_many_rows_are_judged_column_by_column_and_the_verdict_is_that_of_a_whole_run(
    case: tuple[str, pl.DataFrame],
) -> None:
    kind, few = case
    suite = SUITES[kind]
    frame = pl.concat([few] * (SAMPLED // few.height + 1)).with_columns(row=pl.int_range(pl.len(), dtype=pl.UInt32))
    whole = run(to_pandas(few, suite.columns), suite.configurations, "BOOLEAN_ONLY")
    assert frame.height > SAMPLED
    assert suite.holds(frame) == all(result.success for result in whole)


@pytest.mark.parametrize("kind", ALL_KINDS)
def test_each_planned_expectation_gives_the_verdict_of_a_whole_run(kind: str) -> None:
    suite = SUITES[kind]
    data = to_pandas(sample.frame(kind, changes(kind)), suite.columns)
    whole = run(data, suite.configurations, "BOOLEAN_ONLY")
    alone = [Plan([configuration]).holds(data) for configuration in suite.configurations]
    verdicts = {result.expectation_config.meta["code"]: result.success for result in whole}
    assert alone == [verdicts[configuration.meta["code"]] for configuration in suite.configurations]
    assert not all(alone)


def test_a_plan_is_used_again_and_remembers_no_rows() -> None:
    plan, columns = SUITES["reading"].plan, SUITES["reading"].columns
    good, bad = (to_pandas(sample.frame("reading", [change]), columns) for change in ({}, {"flag": "A"}))
    assert [plan.holds(data) for data in (good, bad, good, bad, good)] == [True, False, True, False, True]


def test_what_cannot_be_judged_does_not_hold() -> None:
    suite = SUITES["reading"]
    data = to_pandas(sample.frame("reading"), suite.columns)
    assert not suite.plan.holds(data.drop(columns="flag"))
    assert not suite.plan.holds(data.assign(average="18.4"))


def test_a_plan_judges_in_several_threads_at_once() -> None:
    suite = SUITES["nil"]
    data = [to_pandas(sample.frame("nil", [change]), suite.columns) for change in ({}, {"revision": 0})]
    found: list[tuple[int, bool]] = []

    def judge(number: int) -> None:
        found.extend((number, suite.plan.holds(data[number % 2])) for _ in range(5))

    threads = [threading.Thread(target=judge, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 20
    assert all(held == (number % 2 == 0) for number, held in found)


def test_the_gate_runs_great_expectations_whole_where_the_plan_does_not_hold() -> None:
    verdict = GATE.passes("reading", sample.frame("reading", [{}, {"flag": "A"}]))
    assert (verdict.success, verdict.failed_codes, verdict.bad_rows) == (False, ("RD-FLAG-01",), (1,))
