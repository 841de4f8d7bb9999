"""What is approved: the figures of one division, kind and period; and who stands above whom.

A county confirms what was reported for it, a city what was reported for it and its counties, and the province accepts
each division that reports to it directly. Counties that stand directly below their province, and the counties of a
municipality, have no city between (:func:`huiliu.division.city_of`).
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Final

from huiliu import division as divisions
from huiliu import period
from huiliu.division import DivisionCode
from huiliu.errors import Malformed
from huiliu.language import text

#: By kind the periods in which it is approved: a project as reported for a month, an award by its fiscal year.
PERIODS: Final[Mapping[str, tuple[period.PeriodKind, ...]]] = {
    "project": ("month",),
    "award": ("year",),
    "indicator": ("year", "quarter", "month"),
    "reading": ("month",),
}

_SPOKEN: Final = {"year": "2026", "quarter": "2026Q3", "month": "2026-10"}


@dataclass(frozen=True, slots=True)
class Matter:
    """A kind and a period. Raises Malformed for a kind that is not approved, or a period that is not the kind's."""

    kind: str
    period: str

    def __post_init__(self) -> None:
        """Refuse what is not approved."""
        kinds = PERIODS.get(self.kind)
        if kinds is None:
            raise Malformed(text("可审核的事项类别", "kind that is approved"), self.kind, ", ".join(PERIODS))
        if period.parse(self.period).kind not in kinds:
            allowed = ", ".join(_SPOKEN[one] for one in kinds)
            raise Malformed(
                text(f"{self.kind} 的审核期间", f"period in which {self.kind} is approved"), self.period, allowed
            )


def above(division: str) -> DivisionCode | None:
    """What the division reports to; None for a province. Raises Malformed for an unknown code."""
    if divisions.level(division) == "province":
        return None
    city = divisions.city_of(division)
    return divisions.province_of(division) if city == division else city


def tree(expected: Collection[str]) -> dict[str, tuple[str, ...]]:
    """By division those directly below it, of the expected ones and all that stand above them; leaves have none."""
    below: dict[str, set[str]] = {}
    for division in expected:
        here: str | None = division
        while here is not None:
            below.setdefault(here, set())
            upper = above(here)
            if upper is not None:
                below.setdefault(upper, set()).add(here)
            here = upper
    return {division: tuple(sorted(children)) for division, children in sorted(below.items())}
