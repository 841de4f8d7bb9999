"""Control totals: a division's rollups as they are, or as known at a moment, to be held against another hub's."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any, Final

import polars as pl
from sqlalchemy import Connection

from huiliu import division as divisions
from sinks import figures, groups
from sinks.fetch import fetch
from sinks.rollups import ROLLUPS, rollup

Totals = Mapping[str, Sequence[Mapping[str, Any]]]  #: by kind the groups with their figures, as JSON

#: The kinds that are rolled up.
KINDS: Final = tuple(ROLLUPS)


def totals(connection: Connection, division: str, moment: datetime | None = None) -> dict[str, list[dict[str, Any]]]:
    """The rollups of all that lies in a division, in order of group; without a moment the stored ones.

    Groups are named as people name them; sums are whole (fen, micro-units, counts).
    """
    return {kind: _within(_now(connection, kind) if moment is None else _then(connection, kind, moment), division)
            for kind in KINDS}  # fmt: skip


def _now(connection: Connection, kind: str) -> pl.DataFrame:
    return figures.figures(connection, figures.Asked(kind=kind, chosen={}))


def _then(connection: Connection, kind: str, moment: datetime) -> pl.DataFrame:
    """Recomputed from the facts as known then: the same statement with another table in the kind's place."""
    statement = f"with {kind} as (select * from {kind}_as_known(%(moment)s)) {rollup(kind).recomputed}"
    found = fetch(connection, statement, {"moment": moment})
    return groups.named(kind, found).sort(*rollup(kind).group)


def _within(found: pl.DataFrame, division: str) -> list[dict[str, Any]]:
    place = "division" if "division" in found.columns else "city"
    rows = (row for row in found.iter_rows(named=True) if divisions.within(row[place], division))
    return [{name: int(value) if isinstance(value, Decimal) else value for name, value in row.items()} for row in rows]


def differences(one: Totals, other: Totals) -> list[dict[str, Any]]:
    """Groups whose figures are not the same on both sides: ``kind``, ``group``, ``here``, ``there``; None: no such."""
    found = []
    for kind in KINDS:
        here, there = (_by_group(kind, told.get(kind, ())) for told in (one, other))
        for group in sorted(here.keys() | there.keys()):
            if here.get(group) != there.get(group):
                named = dict(zip(rollup(kind).group, group, strict=True))
                found.append({"kind": kind, "group": named, "here": here.get(group), "there": there.get(group)})
    return found


def _by_group(kind: str, rows: Sequence[Mapping[str, Any]]) -> dict[tuple[str, ...], dict[str, Any]]:
    names = tuple(rollup(kind).group)
    return {
        tuple(str(row[name]) for name in names): {name: value for name, value in row.items() if name not in names}
        for row in rows
    }
