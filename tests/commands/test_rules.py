"""The rules on the command line."""

from __future__ import annotations

from typing import Any

import pytest

from validators import catalogue
from validators.rule import Layer


def test_all_rules_are_listed_and_can_be_narrowed(huiliu: Any) -> None:
    everything = huiliu("rules", "list", "--json").last
    assert [rule["code"] for rule in everything["rules"]] == [rule.code for rule in catalogue.rules()]
    assert everything["rule_set"] == catalogue.RULE_SET
    few = huiliu("rules", "list", "--kind", "reading", "--layer", "reference", "--json").last["rules"]
    assert [rule["code"] for rule in few] == [rule.code for rule in catalogue.rules("reading", Layer.REFERENCE)]
    assert all(rule["code"] in huiliu("rules", "list", "--kind", "reading").out for rule in few)


def test_a_rule_is_shown_with_norm_both_languages_mending_and_examples(huiliu: Any) -> None:
    out = huiliu("rules", "show", "rd-flag-01").out
    rule = catalogue.by_code("RD-FLAG-01")
    for told in (
        rule.norm,
        rule.zh,
        rule.en,
        rule.mend_zh,
        rule.mend_en,
        'flag = "A"',
        "expect_column_values_to_be_in_set",
    ):
        assert told in out.replace("\n      ", " ")


@pytest.mark.parametrize("rule", catalogue.rules(), ids=lambda rule: rule.code)
def test_every_rule_can_be_shown_to_people_and_programs(rule: Any, huiliu: Any) -> None:
    assert huiliu("rules", "show", rule.code).code == 0
    assert huiliu("rules", "show", rule.code, "--json").last["code"] == rule.code


def test_an_unknown_rule_is_refused_with_the_nearest(huiliu: Any) -> None:
    answer = huiliu("rules", "show", "RD-FLG-01")
    assert answer.code == 2
    assert "RD-FLAG-01" in answer.err
