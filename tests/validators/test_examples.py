"""Every rule's good example keeps it and its bad example breaks it, judged by the real judge."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from validators import catalogue, judge, sample
from validators.check import checks_of
from validators.columns import column_types
from validators.rule import Layer, Rule

JUDGED = [rule for rule in catalogue.rules() if not rule.decided_by]


def codes_found(rule: Rule, kind: str, changes: Mapping[str, Any]) -> set[str]:
    frame = sample.frame(kind, [changes], needs=rule.needs)
    judgement = judge.judge(frame, judge.checks(kind, (Layer(rule.layer),)))
    assert rule.code not in judgement.not_evaluated
    return set(judgement.findings["code"])


def kinds_of_example(rule: Rule) -> list[str]:
    """The kinds whose contract has the fields of the examples: all, but for rules over every field of a sort."""
    named = {*rule.good, *rule.bad}
    kinds = [kind for kind in rule.kinds if named <= set(column_types(kind))]
    assert kinds if rule.each else kinds == list(rule.kinds)
    return kinds


@pytest.mark.parametrize("rule", JUDGED, ids=[rule.code for rule in JUDGED])
def test_the_good_example_keeps_the_rule_and_the_bad_one_breaks_it(rule: Rule) -> None:
    for kind in kinds_of_example(rule):
        assert rule.code not in codes_found(rule, kind, rule.good)
        assert rule.code in codes_found(rule, kind, rule.bad)


@pytest.mark.parametrize("rule", JUDGED, ids=[rule.code for rule in JUDGED])
def test_a_rule_judges_every_kind_it_names(rule: Rule) -> None:
    for kind in rule.kinds:
        assert list(checks_of(rule, kind))


@pytest.mark.parametrize("kind", sorted(sample.SAMPLES))
def test_the_sample_event_of_a_kind_breaks_no_rule_at_all(kind: str) -> None:
    assert judge.judge_event(kind, sample.frame(kind)).findings.rows() == []
