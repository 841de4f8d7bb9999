"""The words of a finding, rendered once from its rule: the same in topic, API, console and export.

A finding stores no words. A rule's template may use ``{value}``, ``{expected}``, ``{difference}`` and ``{field}``; the
field is given by its name in the contract, in the reader's language.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any, Final

from huiliu.language import Language
from schemas.contract import contract
from schemas.field import Field
from validators.catalogue import by_code

_INDEX: Final = re.compile(r"\[[0-9]+\]")
_ABSENT: Final[Mapping[Language, str]] = {"zh": "（空）", "en": "(none)"}
_RECORD: Final[Mapping[Language, str]] = {"zh": "记录", "en": "the record"}
_SUGGESTION: Final[Mapping[Language, str]] = {"zh": "；建议：{}", "en": "; suggested: {}"}


def render(finding: Mapping[str, Any], language: Language) -> str:
    """One sentence: what is wrong, with the value, what was expected, and a suggested repair where one is likely."""
    rule = by_code(finding["code"])
    sentence = (rule.zh if language == "zh" else rule.en).format_map(_filling(finding, language))
    suggestion = finding.get("suggestion")
    return sentence + (_SUGGESTION[language].format(suggestion) if suggestion else "")


def mend(finding: Mapping[str, Any], language: Language) -> str:
    """How the publisher can mend it."""
    rule = by_code(finding["code"])
    return (rule.mend_zh if language == "zh" else rule.mend_en).format_map(_filling(finding, language))


def _filling(finding: Mapping[str, Any], language: Language) -> dict[str, str]:
    """What the placeholders of a template stand for."""
    rule = by_code(finding["code"])
    shown = {name: _or_absent(finding.get(name), language) for name in ("value", "expected", "difference")}
    # What decoding or the database refuses has the record's value at fault, not a field that happens to be called so.
    whole = bool(rule.decided_by) and finding["field"] in (None, "value")
    field = _RECORD[language] if whole else label(str(finding["field"]), rule.kinds, language)
    return {**shown, "field": field}


@cache
def label(path: str, kinds: tuple[str, ...], language: Language) -> str:
    """The name of a field (dotted where nested) in the first of the kinds that has it; otherwise of the record."""
    for kind in kinds:
        found = _field(contract(kind).fields, _INDEX.sub("", path).split("."))
        if found is not None:
            return found.zh if language == "zh" else found.en
    return _RECORD[language]


def _field(fields: Sequence[Field], path: Sequence[str]) -> Field | None:
    name, *rest = path
    found = next((field for field in fields if field.name == name), None)
    return _field(found.items, rest) if found is not None and rest else found


def _or_absent(text: object, language: Language) -> str:
    return _ABSENT[language] if text is None else str(text)
