"""A rule of oversight (督办规则): data that a detector reads, and what follows when it finds something.

One file of ``oversight/rules/`` holds one rule, every version of it with the days on which it is in force; the loader
is :mod:`oversight.rule_files`. A rule has no state and no code: its detector finds (:mod:`oversight.detectors`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final, Literal

from huiliu.division import within
from huiliu.language import text

#: How a case of the rule is proved mended: by facts that came since, or by a document where facts cannot say so.
Verification = Literal["FRESH_DATA", "DOCUMENT"]
DayKind = Literal["WORKDAY", "DAY"]
EscalateTo = Literal["CITY", "PROVINCE", "LEADER"]

VERIFICATIONS: Final = ("FRESH_DATA", "DOCUMENT")
DAY_KINDS: Final = ("WORKDAY", "DAY")
ESCALATE_TO: Final = ("CITY", "PROVINCE", "LEADER")

#: What a text may name, beside the rule's own parameters: the columns of a matter, with units and names in words.
PLACES: Final = ("subject", "division", "period", "value", "threshold", "unit", "severity", "seen")


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number with its unit, one of ``oversight.units.UNITS``."""

    number: float
    unit: str


@dataclass(frozen=True, slots=True)
class Words:
    """A text in both languages."""

    zh: str
    en: str

    def __str__(self) -> str:
        """The text in the language in force."""
        return text(self.zh, self.en)


@dataclass(frozen=True, slots=True)
class Damping:
    """Flapping: a cause back ``returns`` times within ``within_days`` must rest ``quiet_days`` before it closes."""

    returns: int
    within_days: int
    quiet_days: int


@dataclass(frozen=True, slots=True)
class Escalation:
    """So many days after a date was missed the case goes up: to the city, the province, the leader in charge."""

    overdue_days: int
    to: EscalateTo


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One version of one rule. Days of validity are Shanghai's, both included; ``valid_to`` None: until changed."""

    code: str  #: stable, given once: OV-PJ-POINTS
    family: str  #: with the subject it makes the cause: rules of one family about one subject are one case
    version: int
    valid_from: date
    valid_to: date | None
    divisions: tuple[str, ...] | None  #: for whom: these divisions and what lies in them; None: everybody
    detector: str  #: a name of ``oversight.detectors.DETECTORS``
    parameters: Mapping[str, Quantity]
    severity: str  #: of its matters; of a rule with a threshold for yellow and one for red: the gravest
    norm: str  #: what it rests on, in the norm's own language
    responsible: Words  #: the unit of the division that has to answer
    days_to_answer: int  #: from the directive to the first answer (签收)
    days_to_mend: int  #: from the directive to the report of mending (反馈)
    days_are: DayKind  #: what the two above and the days of escalation are counted in
    verification: Verification
    document_day: int | None  #: day of the month after, by whose end the document must be there; of DOCUMENT only
    recurrence_days: int  #: the same cause within so many calendar days after closing reopens the case
    damping: Damping
    escalation: tuple[Escalation, ...]
    title: Words
    text: Words
    mend: Words

    def number(self, parameter: str) -> float:
        """The number of a parameter, in the unit that its detector asks for."""
        return self.parameters[parameter].number

    def in_force(self, day: date) -> bool:
        """Whether in force on a Shanghai day."""
        return self.valid_from <= day and (self.valid_to is None or day <= self.valid_to)

    def concerns(self, division: str) -> bool:
        """Whether the rule is for this division (six digits)."""
        return self.divisions is None or any(within(division, wider) for wider in self.divisions)


def as_json(rule: Rule) -> dict[str, Any]:
    """The rule as programs read it: what the file says of this version, with code and family."""
    return {
        "code": rule.code,
        "family": rule.family,
        "version": rule.version,
        "valid_from": rule.valid_from.isoformat(),
        "valid_to": rule.valid_to.isoformat() if rule.valid_to else None,
        "divisions": list(rule.divisions) if rule.divisions is not None else None,
        "detector": rule.detector,
        "parameters": {name: {"number": q.number, "unit": q.unit} for name, q in rule.parameters.items()},
        "severity": rule.severity,
        "norm": rule.norm,
        "responsible": {"zh": rule.responsible.zh, "en": rule.responsible.en},
        "days_to_answer": rule.days_to_answer,
        "days_to_mend": rule.days_to_mend,
        "days_are": rule.days_are,
        "verification": rule.verification,
        "document_day": rule.document_day,
        "recurrence_days": rule.recurrence_days,
        "damping": {name: getattr(rule.damping, name) for name in ("returns", "within_days", "quiet_days")},
        "escalation": [{"overdue_days": step.overdue_days, "to": step.to} for step in rule.escalation],
        **{name: {"zh": words.zh, "en": words.en} for name, words in _texts(rule).items()},
    }


def _texts(rule: Rule) -> dict[str, Words]:
    return {"title": rule.title, "text": rule.text, "mend": rule.mend}
