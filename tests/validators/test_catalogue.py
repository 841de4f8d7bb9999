"""The catalogue as a whole: codes, counts, words, version."""

from __future__ import annotations

import re
import string
from dataclasses import replace

import polars as pl
import pytest

from validators import catalogue
from validators.errors import CatalogueError
from validators.rule import ALL_KINDS, Layer, Rule, Severity

RULES = catalogue.rules()
PREFIXES = {
    "PJ": ("project",),
    "AW": ("award",),
    "IN": ("indicator",),
    "RD": ("reading",),
    "RG": ("registration",),
    "NL": ("nil",),
    "RS": ("response",),
    "FR": ALL_KINDS,
    "AV": ALL_KINDS,
    "FL": ALL_KINDS,
}
EACH = pytest.mark.parametrize("rule", RULES, ids=[rule.code for rule in RULES])


def fields_in(template: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(template) if name is not None}


def test_there_are_at_least_sixty_rules() -> None:
    assert len(RULES) >= 60


def test_every_kind_has_rules_of_its_own() -> None:
    assert {rule.code[:2] for rule in RULES} == {*PREFIXES, "HL"}


@EACH
def test_a_code_has_the_prefix_of_its_kind_and_two_digits_at_its_end(rule: Rule) -> None:
    assert re.fullmatch(r"[A-Z]{2}-[A-Z0-9]+(-[A-Z]+)?-[0-9]{2}", rule.code)
    assert rule.code[:2] == "HL" or rule.kinds == PREFIXES[rule.code[:2]]


@EACH
def test_a_rule_cites_a_norm_and_speaks_both_languages(rule: Rule) -> None:
    chinese = re.compile(r"[\u4e00-\u9fff]")
    assert rule.norm.strip()
    for text in (rule.zh, rule.mend_zh):
        assert chinese.search(text)
    for text in (rule.en, rule.mend_en):
        assert text.strip()
        assert not chinese.search(text)


@EACH
def test_the_templates_use_only_what_the_rule_gives(rule: Rule) -> None:
    given = {"value", "field"}
    given |= {"expected"} if rule.expected is not None or rule.decided_by else set()
    given |= {"difference"} if rule.difference is not None else set()
    assert fields_in(rule.zh) <= given
    assert fields_in(rule.en) <= given


@EACH
def test_good_and_bad_examples_differ(rule: Rule) -> None:
    assert rule.good != rule.bad or rule.code == "HL-REFUSED-01"


def test_a_code_given_twice_is_refused() -> None:
    with pytest.raises(CatalogueError, match="RD-FLAG-01"):
        catalogue.collect([catalogue.by_code("RD-FLAG-01")] * 2)


def test_a_rule_that_nothing_decides_is_refused() -> None:
    undecided = replace(catalogue.by_code("RD-FLAG-01"), expectation=None)
    with pytest.raises(CatalogueError, match="exactly one"):
        catalogue.collect([undecided])


def test_a_rule_decided_twice_is_refused() -> None:
    twice = replace(catalogue.by_code("RD-FLAG-01"), broken=lambda: pl.lit(True))
    with pytest.raises(CatalogueError, match="exactly one"):
        catalogue.collect([twice])


def test_an_unknown_kind_is_refused() -> None:
    with pytest.raises(CatalogueError, match="kinds"):
        catalogue.collect([replace(catalogue.by_code("RD-FLAG-01"), kinds=("readings",))])


def test_an_unknown_code_is_named() -> None:
    with pytest.raises(CatalogueError, match="RD-NONE-01"):
        catalogue.by_code("RD-NONE-01")


def test_the_rule_set_is_twelve_hexadecimal_digits() -> None:
    assert re.fullmatch(r"[0-9a-f]{12}", catalogue.RULE_SET)


def test_rules_are_chosen_by_kind_and_layer() -> None:
    chosen = catalogue.rules("reading", Layer.REFERENCE)
    assert {rule.code for rule in chosen} == {
        "HL-CITE-01",
        "RD-MEDIUM-01",
        "RD-OUTLET-01",
        "RD-OUTLET-02",
    }


@pytest.mark.parametrize("kind", ALL_KINDS)
def test_a_good_part_of_the_errors_that_the_event_alone_shows_stands_at_the_gate(kind: str) -> None:
    layers = (Layer.JURISDICTION, Layer.EXPECTATION)
    errors = [
        r for layer in layers for r in catalogue.rules(kind, layer) if r.severity == Severity.ERROR and not r.needs
    ]
    assert sum(rule.expectation is not None for rule in errors) >= 0.45 * len(errors)
