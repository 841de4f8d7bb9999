"""Cells: the figures that are confirmed, each with a hash over the facts that it is made of.

A cell is one group of a kind's rollup as reported for one division (``programme=SMART_FACTORY stage=CONSTRUCTION`` of
340104). Its hash is SHA-256 over one line per fact, in order of the key: natural key, space, content hash, line feed.
So whatever changes a fact's content, adds one or takes one away changes the hash of the cells that it lies in and of no
other; the same content again gives the same hash.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from huiliu import division as divisions


class CellId(NamedTuple):
    """The division that reported, and the group within the kind and period."""

    division: str
    group: str


@dataclass(frozen=True, slots=True)
class Cell:
    """``hash``: over its facts, hexadecimal; ``facts``: how many; ``figures``: sums by name, money in fen."""

    hash: str
    facts: int
    figures: Mapping[str, int | float | None] = field(default_factory=dict, compare=False)


Cells = Mapping[CellId, Cell]


class Change(NamedTuple):
    """A cell that is not what it was: None where it was not there, or is not any more."""

    cell: CellId
    before: Cell | None
    after: Cell | None


def within(cells: Cells, division: str) -> dict[CellId, Cell]:
    """The cells of a division and of all that lie in it."""
    return {one: cell for one, cell in cells.items() if divisions.within(one.division, division)}


def root(cells: Cells) -> str:
    """One hash over all the cells, 64 hexadecimal digits: over the lines ``division group hash``, sorted."""
    lines = sorted(f"{one.division} {one.group} {cell.hash}\n" for one, cell in cells.items())
    return hashlib.sha256("".join(lines).encode()).hexdigest()


def changes(before: Cells, after: Cells) -> list[Change]:
    """The cells whose hash is not the same on both sides, in order."""
    return [
        Change(one, before.get(one), after.get(one))
        for one in sorted(before.keys() | after.keys())
        if _hash(before, one) != _hash(after, one)
    ]


def _hash(cells: Cells, one: CellId) -> str | None:
    cell = cells.get(one)
    return None if cell is None else cell.hash


def written(cells: Cells) -> list[dict[str, Any]]:
    """The cells as JSON, in order."""
    return [
        {**one._asdict(), "hash": cell.hash, "facts": cell.facts, "figures": dict(cell.figures)}
        for one, cell in sorted(cells.items(), key=lambda item: item[0])
    ]


def read(told: Collection[Mapping[str, Any]]) -> dict[CellId, Cell]:
    """The cells of their JSON."""
    return {
        CellId(row["division"], row["group"]): Cell(row["hash"], row["facts"], dict(row.get("figures", {})))
        for row in told
    }
