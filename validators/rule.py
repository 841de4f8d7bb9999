"""What a rule is: one broken promise an event can make, with the norm it rests on.

A rule is data plus one Polars expression. It never raises for what a publisher sent: it yields findings. Each rule
lives in a file of its own under ``validators/rules/<kind>/`` and binds the name ``RULE``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final, Literal

import polars as pl

ALL_KINDS: Final = ("project", "award", "indicator", "reading", "registration", "nil", "response")


class Layer(StrEnum):
    """The layers of validation, in the order in which they are judged (DESIGN section 7)."""

    FRAMING = "framing"
    AVRO = "avro"
    JURISDICTION = "jurisdiction"
    EXPECTATION = "expectation"
    REFERENCE = "reference"
    HISTORY = "history"


class Severity(StrEnum):
    """What a finding does: an error goes to quarantine, a warning is loaded and flagged, info is only told."""

    ERROR = "error"
    WARNING = "warning"
    INFO = "info"


Expression = Callable[[], pl.Expr]
FieldExpression = Callable[[pl.Expr], pl.Expr]


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One rule. ``zh`` and ``en`` are templates over ``{value}``, ``{expected}``, ``{difference}``, ``{field}``."""

    code: str  #: stable, such as RD-FLAG-01
    kinds: tuple[str, ...]  #: the kinds it judges
    layer: Layer
    severity: Severity
    field: str  #: the contract field at fault
    norm: str  #: norm and clause, policy or issue it rests on
    zh: str
    en: str
    mend_zh: str  #: how to mend it
    mend_en: str
    good: Mapping[str, Any]  #: changes to the kind's sample event (and context columns) that keep the rule
    bad: Mapping[str, Any]  #: changes that break it
    #: A Great Expectations 1.x configuration {"type": …, "kwargs": {…}}: then the rule is compiled from it.
    expectation: Mapping[str, Any] | None = None
    #: Otherwise: an expression that is true where the rule is broken; null counts as kept.
    broken: Expression | None = None
    #: Judged for every field of the contract of this sort, nested ones too; ``broken_field`` takes the field.
    each: Literal["", "text", "number", "date"] = ""
    broken_field: FieldExpression | None = None
    #: Who decides it, where no expression over one frame can (decoding, the fold of revisions, the database).
    decided_by: str = ""
    #: Context columns beyond the contract's own; where one is absent from the frame the rule is *not evaluated*.
    needs: tuple[str, ...] = ()
    shown: Expression | None = None  #: what a finding gives as the value, where the field itself would not tell
    expected: Expression | str | None = None
    difference: Expression | None = None
    suggest: Expression | None = None  #: a likely repair, suggested and never applied
    tags: tuple[str, ...] = ()
