"""What a rule says of a matter, in words: the one place where its templates are filled.

The same in a directive, a notice, the command line and a report. Numbers stand with their units; a moment is told in
Shanghai's time.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from huiliu import division
from huiliu.language import Language
from huiliu.period import SHANGHAI
from oversight.rule import Rule, Words
from oversight.units import quantity

#: Severities of ``oversight.matter`` in words.
SEVERITY: Final = {"NOTICE": ("提示", "notice"), "YELLOW": ("黄灯", "yellow"), "RED": ("红灯", "red")}


@dataclass(frozen=True, slots=True)
class Told:
    """A matter in words: one line, what is so, and how to mend it; both languages each."""

    title: Words
    text: Words
    mend: Words


def told(rule: Rule, matter: Mapping[str, Any]) -> Told:
    """The rule's texts for a row of ``MATTER``."""
    zh, en = _values(rule, matter, "zh"), _values(rule, matter, "en")
    return Told(*(Words(w.zh.format_map(zh), w.en.format_map(en)) for w in (rule.title, rule.text, rule.mend)))


def _values(rule: Rule, matter: Mapping[str, Any], language: Language) -> dict[str, str]:
    code = f"{matter['division']:06}"
    seen: datetime = matter["seen"].astimezone(SHANGHAI)
    return {
        "subject": str(matter["subject"]),
        "division": f"{division.full_name(code) if division.known(code) else ''}（{code}）"
        if language == "zh"
        else f"{division.name(code) if division.known(code) else ''} ({code})",
        "period": str(matter["period"]),
        "value": quantity(matter["value"], matter["unit"], language),
        "threshold": quantity(matter["threshold"], matter["unit"], language),
        "unit": str(matter["unit"]),
        "severity": SEVERITY[matter["severity"]][language == "en"],
        "seen": f"{seen:%Y-%m-%d}" if (seen.hour, seen.minute) == (0, 0) else f"{seen:%Y-%m-%d %H:%M}",
        **{name: quantity(of.number, of.unit, language) for name, of in rule.parameters.items()},
    }
