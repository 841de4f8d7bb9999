"""What the hub must have made of a simulation: counted from what was generated, never from the hub's own code.

``AnswerKey`` grows as publications are handed out, so it always covers exactly what has been handed out so far.
``compare`` holds it against what somebody read from the warehouse, a plain dict of the same shape:

    totals     {"received": 7, "accepted": …, "duplicate": …, "stale": …, "corrected": …, "quarantined": …}
    by_kind    {"reading": {the same six}, …}
    by_city    {"340100": {the same six}, …}              by publisher, the division of the topic
    by_reason  {"RD-FLAG-01": 3, …}                       first error code of each quarantined record
    reading    {(city, pollutant, period, day): {readings, valid, averaged, average_micro, mass_micro, exceedances,
               maximum}}                                   day as "2025-06-01"
    project    {(city, programme, stage, month): {projects, planned, cumulative}}
    award      {(city, policy, clause, fiscal_year, mode, status): {awards, payees, amount, paid}}
    indicator  {(division, indicator, period): {reports, value}}

Sums are whole numbers: fen, counts, and micro-units, ``rint(value * 10^6)`` of each reading before summing. Divisions
are texts of six digits. A part absent from ``actual`` is not compared; a group absent on one side differs.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from huiliu.outcome import Outcome

Figures = dict[str, Any]
Group = tuple[Any, ...]

ROLLUPS: Final = ("reading", "project", "award", "indicator")
PARTS: Final = ("totals", "by_kind", "by_city", "by_reason", *ROLLUPS)
_NAMES: Final = {
    Outcome.ACCEPTED: "accepted",
    Outcome.DUPLICATE: "duplicate",
    Outcome.STALE: "stale",
    Outcome.CORRECTED: "corrected",
    Outcome.QUARANTINED: "quarantined",
}
#: Figures that are not summed over the parts of a group.
_LARGEST: Final = "maximum"


@dataclass(frozen=True, slots=True)
class Difference:
    """One line that is not equal. ``where`` leads to it: part, group, figure."""

    where: tuple[str, ...]
    expected: Any
    actual: Any

    def __str__(self) -> str:
        return f"{' / '.join(self.where)}: {self.expected!r} ≠ {self.actual!r}"


def _counts() -> Counter[str]:
    return Counter()


@dataclass(slots=True)
class AnswerKey:
    """Counts by outcome, and the rollups of what was loaded."""

    outcomes: defaultdict[tuple[str, str], Counter[str]] = field(default_factory=lambda: defaultdict(_counts))
    by_reason: Counter[str] = field(default_factory=Counter)
    #: Current event of each object of the small kinds, by (kind, natural key).
    current: dict[tuple[str, Group], tuple[str, Mapping[str, Any]]] = field(default_factory=dict)
    readings: dict[Group, Figures] = field(default_factory=dict)

    def count(self, kind: str, city: str, outcome: Outcome, code: str | None = None, number: int = 1) -> None:
        """So many records of this kind from this publisher had this outcome."""
        self.outcomes[kind, city][_NAMES[outcome]] += number
        self.outcomes[kind, city]["received"] += number
        if code is not None:
            self.by_reason[code] += number

    def load(self, kind: str, city: str, key: Group, event: Mapping[str, Any]) -> None:
        """The event is now the current one of its object (all kinds but readings)."""
        self.current[kind, key] = (city, event)

    def load_readings(self, groups: Iterable[tuple[Group, Figures]]) -> None:
        """Add readings whose objects appear in no other call."""
        for group, figures in groups:
            _add(self.readings, group, figures)

    def add(self, other: AnswerKey) -> None:
        """Take in another key about other objects."""
        for place, counts in other.outcomes.items():
            self.outcomes[place].update(counts)
        self.by_reason.update(other.by_reason)
        self.current.update(other.current)
        self.load_readings(other.readings.items())

    def totals(self) -> dict[str, int]:
        """Counts over everything."""
        return _named(sum(self.outcomes.values(), Counter()))

    def by_kind(self) -> dict[str, dict[str, int]]:
        """Counts by kind."""
        return self._by(0)

    def by_city(self) -> dict[str, dict[str, int]]:
        """Counts by publisher."""
        return self._by(1)

    def _by(self, place: int) -> dict[str, dict[str, int]]:
        found: defaultdict[str, Counter[str]] = defaultdict(_counts)
        for about, counts in self.outcomes.items():
            found[about[place]].update(counts)
        return {name: _named(counts) for name, counts in sorted(found.items())}

    def rollup(self, kind: str) -> dict[Group, Figures]:
        """The province's figures of a kind."""
        if kind == "reading":
            return dict(sorted(self.readings.items()))
        found: dict[Group, Figures] = {}
        for (of, _), (city, event) in self.current.items():
            if of == kind:
                _add(found, *_FIGURES[kind](city, event))
        return dict(sorted(found.items()))

    def as_dict(self) -> dict[str, Any]:
        """All parts, in the shape ``compare`` wants of ``actual``."""
        plain = {"totals": self.totals(), "by_kind": self.by_kind(), "by_city": self.by_city()}
        reasons = {"by_reason": dict(sorted(self.by_reason.items()))}
        return plain | reasons | {kind: self.rollup(kind) for kind in ROLLUPS}


def _named(counts: Mapping[str, int]) -> dict[str, int]:
    return {name: counts.get(name, 0) for name in ("received", *_NAMES.values())}


def _add(found: dict[Group, Figures], group: Group, figures: Figures) -> None:
    before = found.get(group)
    if before is None:
        found[group] = dict(figures)
        return
    for name, value in figures.items():
        if name == _LARGEST:
            before[name] = max((one for one in (before[name], value) if one is not None), default=None)
        else:
            before[name] += value


def _project(city: str, event: Mapping[str, Any]) -> tuple[Group, Figures]:
    group = (city, event["programme"], event["stage"], event["month"])
    return group, {"projects": 1, "planned": event["planned_investment"], "cumulative": event["cumulative_investment"]}


def _award(city: str, event: Mapping[str, Any]) -> tuple[Group, Figures]:
    names = ("policy", "clause", "fiscal_year", "mode", "status")
    figures = {
        "awards": 1,
        "payees": event["payee_count"],
        "amount": event["amount"],
        "paid": event["paid_amount"] or 0,
    }
    return (city, *(event[name] for name in names)), figures


def _indicator(_: str, event: Mapping[str, Any]) -> tuple[Group, Figures]:
    return (event["division"], event["indicator"], event["period"]), {"reports": 1, "value": event["value"]}


_FIGURES: Final = {"project": _project, "award": _award, "indicator": _indicator}


def compare(key: AnswerKey, actual: Mapping[str, Any]) -> list[Difference]:
    """Every line in which ``actual`` is not what the key says; empty when all is equal."""
    expected = key.as_dict()
    return [
        difference
        for part in PARTS
        if part in actual
        for difference in _differences((part,), expected[part], actual[part])
    ]


def _differences(where: tuple[str, ...], expected: Any, actual: Any) -> Iterator[Difference]:
    if not isinstance(expected, Mapping) or not isinstance(actual, Mapping):
        if expected != actual:
            yield Difference(where, expected, actual)
        return
    for name in sorted(expected.keys() | actual.keys(), key=str):
        place = (*where, " ".join(map(str, name)) if isinstance(name, tuple) else str(name))
        yield from _differences(
            place, expected.get(name, _absent(actual.get(name))), actual.get(name, _absent(expected.get(name)))
        )


def _absent(other: Any) -> Any:
    """What stands on the side where a group or figure is missing: nothing counts as no figures, or as zero."""
    if isinstance(other, Mapping):
        return {}
    return 0 if other == 0 else None
