"""The province's figures for readers: the groups of a rollup that were asked for, how fresh and how complete.

A page is a stretch of the rollup's own key, read from its index until the page is full, so it costs the same however
many years the rollup has. The next page begins after the last group of the one before.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final, Literal

import polars as pl
from sqlalchemy import Connection, text

from huiliu import period
from huiliu.errors import Malformed
from huiliu.language import text as wording
from sinks import groups
from sinks.errors import UnknownName
from sinks.fetch import fetch
from sinks.queries import query
from sinks.rollups import Rollup, rollup

#: The column that says when; figures are ordered by it after the place.
TIMES: Final = {"reading": "day", "project": "month", "award": "fiscal_year", "indicator": "period"}

_MONTH: Final = "date_trunc('month', day::timestamp)::date"


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


@dataclass(frozen=True, kw_only=True)
class Asked:
    """Which figures: group columns narrowed to one value each, and bounds, both within, of the column of ``TIMES``.

    ``by``: readings are told by day, or added up by month. Their bounds may be days, months, quarters or years.
    """

    kind: str
    chosen: Mapping[str, Any]
    first: str | None = None
    last: str | None = None
    by: Literal["day", "month"] = "day"

    def __post_init__(self) -> None:
        """Raise UnknownName for a column that is no group's."""
        for name in self.chosen:
            if name not in self.of.group:
                known = ", ".join(self.of.group)
                raise UnknownName(
                    wording(f"{self.kind} 不按 {name} 汇总，有：{known}", f"{self.kind} is by {known}, not {name}")
                )

    @property
    def of(self) -> Rollup:
        """The rollup that is asked."""
        return rollup(self.kind)

    @property
    def group(self) -> tuple[str, ...]:
        """The columns that name a figure, in order."""
        return tuple("month" if name == "day" and self.by == "month" else name for name in self.of.group)

    @property
    def values(self) -> dict[str, Any]:
        """Parameters of the statement."""
        bounds = {"first_of_time": _bound(self.kind, self.first, 0), "last_of_time": _bound(self.kind, self.last, 1)}
        given = {name: value for name, value in bounds.items() if value is not None}
        return {**{name: groups.stored(self.kind, name, value) for name, value in self.chosen.items()}, **given}

    @property
    def conditions(self) -> str:
        """What narrows the rollup's rows; parameters are written ``%(name)s``."""
        time = TIMES[self.kind]
        conditions = [f'"{name}" = %({name})s' for name in self.chosen]
        conditions += [f'"{time}" >= %(first_of_time)s'] if self.first is not None else []
        conditions += [f'"{time}" <= %(last_of_time)s'] if self.last is not None else []
        return " and ".join(conditions) or "true"


def _bound(kind: str, given: str | None, end: int) -> Any:
    """A bound as the rollup's time column has it; of a longer period its first or its last day."""
    if given is None or kind != "reading":
        return int(given) if given is not None and kind == "award" else given
    try:
        whole = period.parse(given)
    except Malformed as error:
        raise UnknownName(str(error)) from error
    return whole.last if end else whole.first


def figures(
    connection: Connection, asked: Asked, limit: int | None = None, after: Mapping[str, Any] | None = None
) -> pl.DataFrame:
    """Groups with their sums (whole numbers as Decimal), in order of the group; the first ``limit`` of them.

    ``after``: the group of the last figure seen, for the next page.
    """
    of, values = asked.of, asked.values
    keys = [_MONTH if name == "month" and "day" in of.group else f'"{name}"' for name in asked.group]
    shown = [f'{key} as "{name}"' for key, name in zip(keys, asked.group, strict=True)]
    shown += [f'sum("{name}") as "{name}"' for name in of.sums]
    shown += [f'max("{of.largest}") as "{of.largest}"'] if of.largest else []
    conditions = asked.conditions
    if after is not None:
        key = ", ".join(f'"{name}"' for name in of.group)
        seen = _after(asked, after)
        values |= {f"after_{name}": value for name, value in seen.items()}
        conditions += f" and ({key}) > ({', '.join(f'%(after_{name})s' for name in seen)})"
    listed = ", ".join(keys)
    bounded = f" limit {int(limit)}" if limit is not None else ""
    statement = (
        f"select {', '.join(shown)} from {of.table} where {conditions} group by {listed}"
        f' having sum("{next(iter(of.sums))}") <> 0 order by {listed}{bounded}'
    )
    return groups.named(asked.kind, _month_as_text(fetch(connection, statement, values)))


def _after(asked: Asked, seen: Mapping[str, Any]) -> dict[str, Any]:
    """The last key of the rollup that belongs to a figure: of a month, its last day."""
    if set(seen) != set(asked.group):
        wanted = ", ".join(asked.group)
        raise UnknownName(wording(f"翻页须给出：{wanted}", f"the next page is after {wanted}"))
    last = {name: seen[name] for name in asked.group}
    if asked.by == "month" and "month" in last and asked.kind == "reading":
        last = {("day" if name == "month" else name): value for name, value in last.items()}
        last["day"] = period.parse(str(last["day"])).last
    return {name: groups.stored(asked.kind, name, value) for name, value in last.items()}


def _month_as_text(found: pl.DataFrame) -> pl.DataFrame:
    if found.schema.get("month") == pl.Date:
        return found.with_columns(pl.col("month").dt.strftime("%Y-%m"))
    return found


def freshness(connection: Connection, asked: Asked) -> Freshness:
    """When something of the kind was last loaded, from how many of those who should, and what waits in quarantine."""
    row = connection.execute(text(query("figures", "freshness")), {"kind": asked.kind}).one()
    return Freshness(
        row.loaded_at, int(row.records), row.publishers, row.reporting, int(row.waiting), newest(connection, asked)
    )


def newest(connection: Connection, asked: Asked) -> str | None:
    """The latest day, month, year or period among the figures that are asked for, as text."""
    of, time = asked.of, TIMES[asked.kind]
    order = ", ".join(f'"{name}" desc' for name in (time, *(name for name in of.group if name != time)))
    grouped = ", ".join(f'"{name}"' for name in of.group)
    statement = (
        f'select "{time}" as newest from {of.table} where {asked.conditions} group by {grouped}'
        f' having sum("{next(iter(of.sums))}") <> 0 order by {order} limit 1'
    )
    found = fetch(connection, statement, asked.values)["newest"]
    latest: date | str | int | None = found[0] if len(found) else None
    return None if latest is None else str(latest)
