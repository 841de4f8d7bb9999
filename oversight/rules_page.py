"""The page of all rules of oversight, ``docs/oversight-rules.md``: Chinese first, English second; a test holds it true.

Run ``python -m oversight.rules_page > docs/oversight-rules.md`` after changing a rule or a detector.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from typing import Final

from huiliu.language import Language
from oversight.detectors import DETECTORS
from oversight.rule import Rule
from oversight.rule_files import shipped
from oversight.units import UNITS, quantity
from oversight.wording import SEVERITY

_HEAD: Final = """# 督办规则 | Rules of oversight

本页由 `python -m oversight.rules_page > docs/oversight-rules.md` 生成，请勿手工修改。
每条规则是 `oversight/rules/` 中的一个文件；各省可用自己的目录（`HUILIU_OVERSIGHT_RULES`）取代同代码的规则，
用法见 [guide/oversight.md](guide/oversight.md)。

This page is generated; do not edit it. Each rule is one file of `oversight/rules/`; a province's own folder
(`HUILIU_OVERSIGHT_RULES`) replaces rules of the same code: [guide/oversight.md](guide/oversight.md)."""

_DAYS: Final = {"WORKDAY": ("个工作日", "working days"), "DAY": ("天", "days")}
_VERIFIED: Final = {
    "FRESH_DATA": ("以新数据核查", "verified by fresh data"),
    "DOCUMENT": ("以文件核查", "verified by a document"),
}
_TO: Final = {"CITY": ("市", "city"), "PROVINCE": ("省", "province"), "LEADER": ("省级负责人", "the leader in charge")}


def _parameters(rule: Rule) -> Iterator[str]:
    yield "| 参数 parameter | 值 value | 含义 | meaning |"
    yield "|---|---:|---|---|"
    for name, asked in DETECTORS[rule.detector].parameters.items():
        of = rule.parameters[name]
        yield f"| `{name}` | {of.number:g} {of.unit} | {asked.zh} | {asked.en} |"


def _deadlines(rule: Rule, language: Language) -> str:
    at = int(language == "en")
    days, verified = _DAYS[rule.days_are][at], _VERIFIED[rule.verification][at]
    steps = [f"{step.overdue_days} {days} → {_TO[step.to][at]}" for step in rule.escalation]
    if language == "zh":
        document = f"（次月 {rule.document_day} 日前）" if rule.document_day else ""
        told = f"签收 {rule.days_to_answer} {days}，整改 {rule.days_to_mend} {days}，{verified}{document}"
        return f"{told}；{rule.recurrence_days} 天内再现则重开；逾期升级：{'，'.join(steps) or '无'}"
    document = f" by day {rule.document_day} of the next month" if rule.document_day else ""
    told = f"Answer within {rule.days_to_answer} and mend within {rule.days_to_mend} {days}, {verified}{document}"
    return f"{told}; back within {rule.recurrence_days} days reopens; overdue: {', '.join(steps) or 'no escalation'}"


def _entry(rule: Rule) -> Iterator[str]:
    zh, en = SEVERITY[rule.severity]
    validity = f"{rule.valid_from} – {rule.valid_to or ''}".strip()
    places = "、".join(rule.divisions) if rule.divisions is not None else "*"
    yield f"### {rule.code} v{rule.version}"
    yield ""
    yield f"- {zh} {en} · `{rule.family}` · `{rule.detector}` · {validity} · {places}"
    yield f"- 依据：{rule.norm}"
    yield f"- {rule.text.zh}改法：{rule.mend.zh}。"
    yield f"- {rule.responsible.zh}。{_deadlines(rule, 'zh')}。"
    yield f"- {rule.text.en} Mend: {rule.mend.en}."
    yield f"- {rule.responsible.en[0].upper()}{rule.responsible.en[1:]}. {_deadlines(rule, 'en')}."
    yield ""
    if rule.parameters:
        yield from (*_parameters(rule), "")


def _units() -> Iterator[str]:
    yield "## 单位 | Units"
    yield ""
    yield "| 规则文件中 in a file | 中文 | English |"
    yield "|---|---|---|"
    for name in UNITS:
        yield f"| `{name}` | {quantity(10, name, 'zh')} | {quantity(10, name, 'en')} |"


def page() -> str:
    """The whole page as Markdown, with a line feed at its end."""
    lines = [_HEAD, ""]
    for rule in shipped().versions:
        lines += _entry(rule)
    return "\n".join([*lines, *_units()]).rstrip().replace("<", "&lt;") + "\n"


if __name__ == "__main__":
    sys.stdout.reconfigure(encoding="utf-8")  # type: ignore[union-attr]
    sys.stdout.write(page())
