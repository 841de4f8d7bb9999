"""The contract of every rule's words: both languages, and every placeholder filled from the rule's own bad example."""

from __future__ import annotations

import re
import string
from typing import Any

import pytest

from validators import catalogue, judge, sample, wording
from validators.columns import column_types
from validators.rule import Layer, Rule

RULES = catalogue.rules()
JUDGED = [rule for rule in RULES if not rule.decided_by]
CHINESE = re.compile(r"[\u4e00-\u9fff]")


def placeholders(rule: Rule, *templates: str) -> set[str]:
    return {name for text in templates for _, name, _, _ in string.Formatter().parse(text) if name}


def found(rule: Rule) -> dict[str, Any]:
    """The finding that the rule's bad example gives."""
    named = {*rule.good, *rule.bad}
    kind = next(kind for kind in rule.kinds if named <= set(column_types(kind)))
    frame = sample.frame(kind, [rule.bad], needs=rule.needs)
    findings = judge.judge(frame, judge.checks(kind, (Layer(rule.layer),))).findings
    return next(row for row in findings.iter_rows(named=True) if row["code"] == rule.code)


@pytest.mark.parametrize("rule", JUDGED, ids=[rule.code for rule in JUDGED])
def test_every_placeholder_is_filled_from_the_bad_example(rule: Rule) -> None:
    finding = found(rule)
    used = placeholders(rule, rule.zh, rule.en, rule.mend_zh, rule.mend_en) - {"field"}
    assert {name for name in used if finding[name] is None} == set()
    sentences = [
        wording.render(finding, "zh"),
        wording.mend(finding, "zh"),
        wording.render(finding, "en"),
        wording.mend(finding, "en"),
    ]
    assert CHINESE.search(sentences[0])
    assert CHINESE.search(sentences[1])
    for sentence in sentences:
        assert sentence.strip()
        assert "None" not in sentence
        assert "（空）" not in sentence
        assert "(none)" not in sentence
    for name in used & placeholders(rule, rule.en):
        assert str(finding[name]) in sentences[0]
        assert str(finding[name]) in sentences[2]


@pytest.mark.parametrize("rule", RULES, ids=[rule.code for rule in RULES])
def test_both_languages_tell_the_same_of_a_finding(rule: Rule) -> None:
    assert placeholders(rule, rule.zh) == placeholders(rule, rule.en)
    assert placeholders(rule, rule.mend_zh) == placeholders(rule, rule.mend_en)
    told = {"code": rule.code, "field": rule.field, "value": "V", "expected": "E", "difference": "D", "suggestion": "S"}
    for language, sign in (("zh", "建议：S"), ("en", "suggested: S")):
        assert sign in wording.render(told, language)  # type: ignore[arg-type]
        assert "{" not in wording.mend(told, language)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("kind", "changes", "code", "suggestion", "difference"),
    [
        ("reading", {"minimum": 26.7, "maximum": 12.1}, "RD-ORDER-03", "minimum = 12.1, maximum = 26.7", "-14.6"),
        ("reading", {"flag": "ｎ"}, "RD-FLAG-01", "N", None),
        ("reading", {"mark": "calibration "}, "RD-MARK-01", "CALIBRATION", None),
        ("reading", {"mn": "０10000A8900016F000169DC0 "}, "RD-MN-01", "010000A8900016F000169DC0", None),
        ("reading", {"division": "３４０１０４"}, "HL-DIV-01", "340104", None),
        ("reading", {"division": "340221"}, "HL-DIV-03", "340210", "…–2020"),
        ("project", {"planned_start": 20100, "planned_completion": 20000}, "PJ-DATE-01",
         "planned_start = 2024-10-04, planned_completion = 2025-01-12", "-100"),
        ("registration", {"enterprise": "91340100MA2MQ123Q2"}, "RG-ENTERPRISE-02", "91340100MA2MQ1232Q", None),
        ("registration", {"enterprise": "91340100MA2MQ1232X"}, "RG-ENTERPRISE-02", "91340100MA2MQ1232Q", None),
        ("award", {"amount": -500}, "AW-AMOUNT-01", None, "-500"),
        ("reading", {"reported_at": 1_795_140_300_000 + 8 * 3_600_000}, "HL-TIME-02",
         "2026-11-20T10:05:00.000+08:00", "28798 s"),
    ],
)  # fmt: skip
def test_likely_repairs_are_suggested_and_distances_given(
    kind: str, changes: dict[str, Any], code: str, suggestion: str | None, difference: str | None
) -> None:
    findings = judge.judge_event(kind, sample.frame(kind, [changes])).findings
    (told,) = (row for row in findings.iter_rows(named=True) if row["code"] == code)
    assert told["suggestion"] == suggestion
    assert told["difference"] == difference
