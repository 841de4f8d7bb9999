"""The page of all rules, ``docs/rules.md``: Chinese first, English second. A test holds the page to the rules.

Run ``python -m validators.catalogue_page > docs/rules.md`` after changing a rule.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from typing import Final

from validators import catalogue
from validators.rule import Layer, Rule, Severity
from validators.wording import label

_HEAD: Final = """# 校验规则 | Validation rules

本页由 `python -m validators.catalogue_page > docs/rules.md` 生成，请勿手工修改。
错误的报送进入隔离区；警告的照常入库并加标记；提示的只作告知。建议的修正从不自动执行。

This page is generated; do not edit it. An error sends the event to quarantine, a warning is loaded and flagged, info is
only told. Suggested repairs are never applied. `{value}` is what was reported, `{expected}` what it was compared with,
`{difference}` how far apart they are."""

_KINDS: Final = {
    "every": ("各类事项", "every kind"),
    "project": ("项目", "project"),
    "award": ("奖补", "award"),
    "indicator": ("指标", "indicator"),
    "reading": ("监测读数", "reading"),
    "registration": ("排口登记", "registration"),
    "nil": ("零报告", "nothing to report"),
    "response": ("督办答复", "response"),
}
_SEVERITIES: Final = {Severity.ERROR: "错误", Severity.WARNING: "警告", Severity.INFO: "提示"}
_LAYERS: Final = {
    Layer.FRAMING: "帧",
    Layer.AVRO: "编码",
    Layer.JURISDICTION: "辖区",
    Layer.EXPECTATION: "期望",
    Layer.REFERENCE: "参照",
    Layer.HISTORY: "历史",
}


def _section(rule: Rule) -> str:
    """Where a rule stands: under its kind, or under every kind if it judges several."""
    return rule.kinds[0] if len(rule.kinds) == 1 else "every"


def _judged_by(rule: Rule) -> tuple[str, str]:
    if rule.expectation is not None:
        return (
            f"，Great Expectations `{rule.expectation['type']}`",
            f", Great Expectations `{rule.expectation['type']}`",
        )
    context = ", ".join(f"`{name}`" for name in rule.needs)
    return (f"，需要 {context}", f", needs {context}") if context else ("", "")


def _entry(rule: Rule) -> Iterator[str]:
    zh, en = label(rule.field, rule.kinds, "zh"), label(rule.field, rule.kinds, "en")
    way_zh, way_en = _judged_by(rule)
    yield f"### {rule.code}"
    yield ""
    yield f"- {_SEVERITIES[rule.severity]} · {_LAYERS[rule.layer]} · `{rule.field}` {zh} · 依据：{rule.norm}{way_zh}"
    yield f"- {rule.zh}。修正：{rule.mend_zh}。"
    yield f"- {rule.severity} · {rule.layer} · `{rule.field}` {en}{way_en}"
    yield f"- {rule.en}. Mend: {rule.mend_en}."
    yield ""


def _summary(sections: dict[str, list[Rule]]) -> Iterator[str]:
    yield "| 类别 kind | 规则 rules | 错误 errors | 警告 warnings | 提示 info |"
    yield "|---|---:|---:|---:|---:|"
    for section, rules in sections.items():
        counts = [sum(rule.severity is severity for rule in rules) for severity in Severity]
        yield f"| {' '.join(_KINDS[section])} | {len(rules)} | {' | '.join(map(str, counts))} |"


def page() -> str:
    """The whole page as Markdown, with a line feed at its end."""
    sections: dict[str, list[Rule]] = {section: [] for section in _KINDS}
    for rule in catalogue.rules():
        sections[_section(rule)].append(rule)
    lines = [_HEAD, "", *_summary(sections), ""]
    for section, rules in sections.items():
        lines += [f"## {' | '.join(_KINDS[section])}", ""]
        for rule in rules:
            lines += _entry(rule)
    return "\n".join(lines).rstrip().replace("<", "&lt;") + "\n"


if __name__ == "__main__":
    sys.stdout.reconfigure(encoding="utf-8")  # type: ignore[union-attr]
    sys.stdout.write(page())
