"""Opening a number: figure -> facts -> topic, partition, offset; and the way back from an event's coordinates.

A group is named as people name it: divisions, factors and period kinds by their codes, days as ISO dates.
"""

from __future__ import annotations

import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import polars as pl
from sqlalchemy import Connection

from huiliu.language import text
from huiliu.outcome import Outcome
from sinks import groups, ledger, quarantine
from sinks.encoding import FactTable, fact_table
from sinks.errors import UnknownName
from sinks.fetch import fetch
from sinks.queries import query
from sinks.rollups import Rollup, rollup

#: Where a group's facts lie, as a condition on the fact table; else each group column equals the fact's own.
_WITHIN: Final = {
    "day": "start >= %(day)s::timestamp at time zone 'Asia/Shanghai'"
    " and start < (%(day)s::date + 1)::timestamp at time zone 'Asia/Shanghai'",
    "city": "{kind}.city = %(city)s",
}


@dataclass(frozen=True, slots=True)
class Figure:
    """A rollup's figures of one group as stored, and the control total over its facts; None where there are none."""

    kind: str
    group: Mapping[str, Any]
    stored: Mapping[str, Any] | None
    recomputed: Mapping[str, Any] | None

    @property
    def equal(self) -> bool:
        """Whether the control total is the figure."""
        return self.stored == self.recomputed


def figure(connection: Connection, kind: str, group: Mapping[str, Any]) -> Figure:
    """The figures of a group beside those that its facts add up to. Raises UnknownName for a wrong group."""
    of = rollup(kind)
    values = _values(of, group)
    where = " and ".join(f'"{name}" = %({name})s' for name in of.group)
    measures = [*of.sums, *([of.largest] if of.largest else [])]
    sums = ", ".join([f'sum("{name}") as "{name}"' for name in of.sums])
    largest = f', max("{of.largest}") as "{of.largest}"' if of.largest else ""
    stored = fetch(connection, f"select {sums}{largest} from {of.table} where {where} having count(*) > 0", values)
    # The recomputation over the group's facts only: the same statement with a smaller table in the kind's place.
    narrow = f"with {kind} as (select * from {_source(kind, of)}) {of.recomputed}"
    recomputed = fetch(connection, f"select * from ({narrow}) facts", values)
    return Figure(kind, dict(group), _only(stored, measures), _only(recomputed, measures))


def _only(rows: pl.DataFrame, measures: Sequence[str]) -> dict[str, Any] | None:
    """The measures of the one row there is, None where there is none or it stands for no fact any more."""
    if rows.is_empty():
        return None
    found = rows.select(measures).row(0, named=True)
    return found if any(found.values()) else None


def facts(
    connection: Connection,
    kind: str,
    group: Mapping[str, Any],
    *,
    after: Sequence[Any] | None = None,
    limit: int = 100,
) -> pl.DataFrame:
    """One page of the facts behind a figure, in key order: the table's columns with topic, partition and offset.

    ``after``: the natural key (warehouse columns) of the last row seen, for the next page.
    """
    of, table = rollup(kind), fact_table(kind)
    columns = ", ".join(f'{kind}."{column}"' for column in table.columns)
    key = ", ".join(f'{kind}."{column}"' for column in table.key)
    past = f"({key}) > ({', '.join(f'%(after_{column})s' for column in table.key)})" if after else "true"
    statement = (
        f"select {columns}, intake.topic, intake.partition from (select * from {_source(kind, of)}) {kind}"
        f" join intake on intake.id = {kind}.intake where {past} order by {key} limit %(limit)s"
    )
    seen = {f"after_{column}": value for column, value in zip(table.key, after or (), strict=bool(after))}
    return fetch(connection, statement, {**_values(of, group), **seen, "limit": limit})


def _source(kind: str, of: Rollup) -> str:
    """The fact rows of a group, as a FROM clause with its WHERE."""
    conditions = [_WITHIN.get(name, f'{kind}."{name}" = %({name})s').format(kind=kind) for name in of.group]
    if kind == "reading":
        # By outlet, so that the primary key's index finds them.
        conditions.append("reading.outlet in (select outlet from outlet_city where outlet_city.city = %(city)s)")
    return f"{kind} where {' and '.join(conditions)}"


def _values(of: Rollup, group: Mapping[str, Any]) -> dict[str, Any]:
    if set(group) != set(of.group):
        wanted = ", ".join(of.group)
        raise UnknownName(text(f"{of.kind} 的分组须给出：{wanted}", f"a group of {of.kind} names {wanted}"))
    return {name: groups.stored(of.kind, name, value) for name, value in group.items()}


@dataclass(frozen=True, slots=True)
class Account:
    """What became of one record: its outcome, the ledger entry that says so, and the row it led to.

    ``fact`` is the row of the kind's table or history (then with ``known_to`` and ``cause``); ``quarantine`` the
    rejected record with its findings. Duplicates, stale records and gaps lead to neither.
    """

    outcome: Outcome
    entry: Mapping[str, Any]
    fact: Mapping[str, Any] | None
    quarantine: Mapping[str, Any] | None


def event(connection: Connection, topic: str, partition: int, offset: int) -> Account | None:
    """The account of a record by its coordinates; None when it has not been loaded yet."""
    entry = ledger.entry_at(connection, topic, partition, offset)
    if entry is None:
        return None
    outcome = Outcome(zlib.decompress(entry["outcomes"])[offset - entry["first_offset"]])
    kind = topic.rpartition(".")[2]
    loaded = outcome in (Outcome.ACCEPTED, Outcome.CORRECTED)
    fact = _fact(connection, fact_table(kind), entry, offset) if loaded else None
    rejected = quarantine.entry(connection, topic, partition, offset) if outcome is Outcome.QUARANTINED else None
    return Account(outcome, entry, fact, rejected)


def _fact(connection: Connection, table: FactTable, entry: Mapping[str, Any], offset: int) -> dict[str, Any] | None:
    """The row of an event: current as loaded, else superseded, else current and known later than its batch."""
    place = {"intake": entry["intake"], "offset": offset, "recorded_at": entry["recorded_at"]}
    for name in ("current", "former", "rejudged", "soon", "later"):
        found = fetch(connection, _statement(table, name), place)
        if found.height:
            return found.row(0, named=True)
    return None


def _statement(table: FactTable, name: str) -> str:
    told = {
        "{kind}": table.kind,
        "{key}": ", ".join(f'"{column}"' for column in table.key),
        "{columns}": ", ".join(f'"{column}"' for column in table.columns),
        "{fact_columns}": ", ".join(f'fact."{column}"' for column in table.columns),
    }
    statement = query("explain", name)
    for mark, words in told.items():
        statement = statement.replace(mark, words)
    return statement
