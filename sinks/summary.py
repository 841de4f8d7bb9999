"""The province in figures: counts by outcome and all rollups, as plain dicts.

The shape is that of an answer key (:mod:`simulation.answer_key` says it in full): ``totals``, ``by_kind``,
``by_city`` and ``by_reason`` count records, the rollups map a group to its figures. Sums are whole numbers.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any, Final

from sqlalchemy import Connection, text

from sinks.encoding import PERIODS
from sinks.queries import query

OUTCOMES: Final = ("received", "accepted", "duplicate", "stale", "corrected", "quarantined")

#: Columns that name a group; the others are its figures.
GROUPS: Final[Mapping[str, tuple[str, ...]]] = {
    "reading": ("city", "pollutant", "period", "day"),
    "project": ("city", "programme", "stage", "month"),
    "award": ("city", "policy", "clause", "fiscal_year", "mode", "status"),
    "indicator": ("division", "indicator", "period"),
}

#: Figures that are measured, not counted.
_MEASURED: Final = ("maximum", "value")


def summary(connection: Connection) -> dict[str, Any]:
    """Everything, in one state of the warehouse."""
    return outcomes(connection) | {kind: figures(connection, kind) for kind in GROUPS}


def outcomes(connection: Connection) -> dict[str, Any]:
    """What became of the records, in all, by kind, by publisher and by reason."""
    return counts(connection) | {"by_reason": reasons(connection)}


def counts(connection: Connection) -> dict[str, Any]:
    """What became of the records, in all, by kind and by publisher."""
    by_kind: dict[str, Counter[str]] = {}
    by_city: dict[str, Counter[str]] = {}
    for row in connection.execute(text(query("summary", "outcomes"))).mappings():
        counted = Counter({name: int(row[name]) for name in OUTCOMES})
        by_kind.setdefault(row["kind"], Counter()).update(counted)
        by_city.setdefault(row["division"], Counter()).update(counted)
    return {
        "totals": _named(sum(by_kind.values(), Counter())),
        "by_kind": {kind: _named(counted) for kind, counted in sorted(by_kind.items())},
        "by_city": {city: _named(counted) for city, counted in sorted(by_city.items())},
    }


def reasons(connection: Connection) -> dict[str, int]:
    """How many rejected records have each code as their first error; counts every one of them."""
    found = connection.execute(text(query("summary", "reasons"))).mappings()
    return {row["code"]: int(row["records"]) for row in found}


def figures(connection: Connection, kind: str) -> dict[tuple[Any, ...], dict[str, Any]]:
    """The rollup of a kind: group to figures."""
    found = {}
    for row in connection.execute(text(query("summary", kind))).mappings():
        group = tuple(_named_period(kind, name, row[name]) for name in GROUPS[kind])
        found[group] = {name: _number(name, row[name]) for name in row if name not in GROUPS[kind]}
    return found


def _named_period(kind: str, name: str, value: Any) -> Any:
    return PERIODS[value] if (kind, name) == ("reading", "period") else value


def _number(name: str, value: Any) -> Any:
    return value if name in _MEASURED or value is None else int(value)


def _named(counts: Mapping[str, int]) -> dict[str, int]:
    return {name: counts.get(name, 0) for name in OUTCOMES}
