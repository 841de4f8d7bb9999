"""Words of findings: from the rule, in both languages, whatever the values are."""

from __future__ import annotations

from typing import Any

import pytest

from validators import catalogue, judge, sample, wording
from validators.finding import FINDINGS
from validators.rule import Rule
from validators.wording import render

EMPTY: dict[str, Any] = dict.fromkeys(FINDINGS)


def finding(code: str, **told: Any) -> dict[str, Any]:
    return {**EMPTY, "code": code, "field": catalogue.by_code(code).field, **told}


def test_a_finding_is_worded_in_both_languages() -> None:
    told = judge.judge_event("reading", sample.frame("reading", [{"pollutant": "011"}])).findings.row(0, named=True)
    assert render(told, "zh") == "监测因子编码“011”不在 HJ 212-2017 附录 B 中；建议：w01018"
    assert render(told, "en") == "the factor code “011” is not in appendix B of HJ 212-2017; suggested: w01018"
    assert wording.mend(told, "zh").startswith("使用 2017 版因子编码")


@pytest.mark.parametrize("rule", catalogue.rules(), ids=list(catalogue.RULES))
def test_every_rule_can_be_worded_without_any_value(rule: Rule) -> None:
    for language in ("zh", "en"):
        sentence = render(finding(rule.code), language)  # type: ignore[arg-type]
        assert sentence
        assert "None" not in sentence
        assert "{" not in sentence


def test_braces_in_a_value_are_only_shown() -> None:
    assert "“{expected}”" in render(finding("RD-FLAG-01", value="{expected}", expected="N"), "zh")


def test_a_field_is_called_by_its_name_in_the_contract() -> None:
    assert "均值" in render(finding("HL-FINITE-01", field="average", value="NaN"), "zh")
    assert "排放限值" in render(finding("HL-FINITE-01", field="limits.value", value="NaN"), "zh")
    assert "reason" not in render(finding("AV-UTF8-01", field="reason", value="ff"), "zh")


def test_a_field_of_a_json_list_is_found_by_its_index() -> None:
    assert "文件名" in render(finding("AV-JSON-01", field="evidence[2].name", value="1", expected="string"), "zh")


def test_a_finding_about_the_whole_record_says_so() -> None:
    assert render(finding("AV-UTF8-01", field="value", value="ff"), "en").startswith("“the record”")
