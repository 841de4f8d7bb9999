"""What decoding refuses carries codes of the catalogue; their examples are decoded for real."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import polars as pl
import pytest

from schemas import event_json
from schemas.contract import contract
from schemas.decode import REFUSED, decode
from streams.fold import fold
from validators import catalogue, sample
from validators.rule import Rule

DECODED = [rule for rule in catalogue.rules() if rule.decided_by in ("schemas.decode", "schemas.event_json")]


def refused(example: Mapping[str, Any]) -> list[str]:
    if "json" in example:
        return list(event_json.read(example["kind"], [json.dumps(example["json"])]).refused["code"])
    values = [bytes.fromhex(example["hex"])]
    return list(decode(example["kind"], values, record_bytes=example.get("record_bytes", 1 << 20)).refused["code"])


@pytest.mark.parametrize("rule", DECODED, ids=[rule.code for rule in DECODED])
def test_decoding_keeps_the_good_example_and_refuses_the_bad_one_with_the_code(rule: Rule) -> None:
    assert refused(rule.good) == []
    assert refused(rule.bad) == [rule.code]


def test_every_rule_decided_elsewhere_says_by_whom() -> None:
    others = {rule.code: rule.decided_by for rule in catalogue.rules() if rule.decided_by and rule not in DECODED}
    of_files = {code: by for code, by in others.items() if code.startswith("FL-")}
    assert set(of_files.values()) == {"gateways.files"}
    assert {code: by for code, by in others.items() if code not in of_files} == {
        "HL-CITE-01": "streams.closing",
        "HL-CONFLICT-01": "streams.fold",
        "HL-REFUSED-01": "streams.loading",
    }


def test_what_decoding_refuses_can_be_worded() -> None:
    assert {"code", "value", "expected"} <= set(REFUSED)


@pytest.mark.parametrize(("revision", "quarantined"), [(2, False), (1, True)])
def test_the_examples_of_the_conflict_rule_fold_as_it_says(revision: int, quarantined: bool) -> None:
    rule = catalogue.by_code("HL-CONFLICT-01")
    assert (rule.good if revision == 2 else rule.bad) == {"revision": revision}
    key = list(contract("nil").key)
    known = sample.frame("nil").with_columns(pl.lit(1, pl.Int64).alias("content"))
    event = sample.frame("nil", [{"revision": revision}]).with_columns(pl.lit(2, pl.Int64).alias("content"))
    outcome = fold(event, known, key)["outcome"].to_list()
    assert (outcome == [4]) is quarantined
