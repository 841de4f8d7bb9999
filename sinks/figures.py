"""The province's figures for readers: the groups of a rollup that were asked for, how fresh and how complete."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import polars as pl
from sqlalchemy import Connection, text

from huiliu.language import text as wording
from sinks.encoding import PERIODS
from sinks.errors import UnknownName
from sinks.fetch import fetch
from sinks.queries import query
from sinks.summary import GROUPS

#: The column that says when; figures are ordered by it after the place.
TIMES: Final = {"reading": "day", "project": "month", "award": "fiscal_year", "indicator": "period"}


@dataclass(frozen=True, slots=True)
class Freshness:
    """How far a kind's figures reach.

    ``reporting`` of ``publishers`` have something loaded; ``waiting`` records are in quarantine; ``newest`` is
    (as text) the latest day, month, year or period among the figures that were asked for.
    """

    loaded_at: datetime | None
    records: int
    publishers: int
    reporting: int
    waiting: int
    newest: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """Which figures: group columns narrowed to one value each, and bounds, both within, of the column of ``TIMES``."""

    kind: str
    chosen: Mapping[str, Any]
    first: str | None = None
    last: str | None = None

    def __post_init__(self) -> None:
        """Raise UnknownName for a column that is no group's."""
        for name in self.chosen:
            if name not in GROUPS[self.kind]:
                known = ", ".join(GROUPS[self.kind])
                raise UnknownName(
                    wording(f"{self.kind} 不按 {name} 汇总，有：{known}", f"{self.kind} is by {known}, not {name}")
                )

    @property
    def values(self) -> dict[str, Any]:
        """Parameters of the statement."""
        bounds = {"first_of_time": self.first, "last_of_time": self.last}
        given = {name: value for name, value in bounds.items() if value is not None}
        return {**{name: _stored(name, value) for name, value in self.chosen.items()}, **given}

    @property
    def statement(self) -> str:
        """The figures as a SELECT; parameters are written ``%(name)s``."""
        conditions = [f'"{name}" = %({name})s' for name in self.chosen]
        time = f'"{TIMES[self.kind]}"::text'
        conditions += [f"{time} >= %(first_of_time)s"] if self.first is not None else []
        conditions += [f"{time} <= %(last_of_time)s"] if self.last is not None else []
        return f"select * from ({query('summary', self.kind)}) figure where {' and '.join(conditions) or 'true'}"


def figures(connection: Connection, asked: Asked, limit: int | None = None) -> pl.DataFrame:
    """Groups with their sums (whole numbers as Decimal), in order of the group; the first ``limit`` of them."""
    order = ", ".join(f'"{name}"' for name in GROUPS[asked.kind])
    bounded = f" limit {int(limit)}" if limit is not None else ""
    found = fetch(connection, f"{asked.statement} order by {order}{bounded}", asked.values)
    if asked.kind == "reading":
        return found.with_columns(pl.col("period").replace_strict(dict(enumerate(PERIODS)), return_dtype=pl.String))
    return found


def _stored(name: str, value: Any) -> Any:
    """A group's value as the query has it."""
    if name == "period" and value in PERIODS:
        return PERIODS.index(value)
    return int(value) if name == "fiscal_year" else str(value)


def freshness(connection: Connection, asked: Asked) -> Freshness:
    """When something of the kind was last loaded, from how many of those who should, and what waits in quarantine."""
    row = connection.execute(text(query("figures", "freshness")), {"kind": asked.kind}).one()
    latest = f'select max("{TIMES[asked.kind]}"::text) as newest from ({asked.statement}) asked'
    newest = fetch(connection, latest, asked.values)["newest"][0]
    return Freshness(row.loaded_at, int(row.records), row.publishers, row.reporting, row.waiting, newest)
