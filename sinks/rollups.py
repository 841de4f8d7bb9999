"""Rollups: figures of the province, kept equal to a recomputation from the facts at every commit.

``apply`` adds the difference that a batch really made, sums over added rows minus sums over removed ones, to the
batch's own shard of each group. Sums are exact: amounts in fen, measured values as whole micro-units.

A maximum is no sum. A group that lost a row as large as its maximum is recomputed from the facts, under a lock on all
the group's rows, so that this cannot happen:

    group G: shard 1 has maximum 9 (fact a), shard 2 has maximum 7 (fact b)
    batch 1 corrects a from 9 to 3                      batch 2 corrects b from 7 to 2
    batch 1 recomputes: sees b = 7, sets 7              batch 2 recomputes: sees a = 9 (not committed), sets 9
    both commit: the stored maximum is 7 or 9, the facts say 3

With the lock batch 2 waits until batch 1 has committed; its recomputation is a statement of its own, which sees what is
committed by then, its own rows and all others, and it sets every row of the group, those of shards that came
meanwhile too. A batch that only adds needs no lock: its value goes into its own shard after or before, and the greater
stays. All rows are locked in one pass in key order, and without that pass the upsert goes in key order: two batches
never wait for each other crosswise.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Final

import polars as pl
from sqlalchemy import Connection

from huiliu.language import text
from sinks.copy import copy
from sinks.errors import UnknownName
from sinks.fetch import fetch
from sinks.planner import by_index, temporary
from sinks.queries import query

ZERO: Final = pl.lit(0, pl.Int128)


@dataclass(frozen=True)
class Rollup:
    """What a kind is rolled up by and to; expressions are over the kind's warehouse columns.

    ``recomputed`` in ``queries/rollup.sql`` says the same in SQL; ``differences`` compares the two.
    """

    kind: str
    group: Mapping[str, pl.Expr]
    sums: Mapping[str, pl.Expr]  #: whole numbers
    largest: str | None = None  #: the column that holds the maximum of ``value``
    value: pl.Expr | None = None

    @property
    def table(self) -> str:
        """The table that holds it."""
        return f"rollup_{self.kind}"

    @cached_property
    def recomputed(self) -> str:
        """The SELECT that computes it from the facts."""
        return query("rollup", f"{self.kind}_recomputed")


def micro(name: str) -> pl.Expr:
    """A measured value as whole micro-units; exact, because the tables refuse values above 9e9."""
    return (pl.col(name) * 1e6).round(0, mode="half_to_even").cast(pl.Int64)


def _of_valid(expression: pl.Expr) -> pl.Expr:
    return pl.when("valid").then(expression)


ONE: Final = pl.lit(1)

ROLLUPS: Final[Mapping[str, Rollup]] = {
    "reading": Rollup(
        "reading",
        group={
            "city": pl.col("city"),
            "pollutant": pl.col("pollutant"),
            "period": pl.col("period"),
            "day": pl.col("start").dt.offset_by("8h").dt.date(),
        },
        sums={
            "readings": ONE,
            "valid": pl.col("valid"),
            "averaged": pl.col("valid") & pl.col("average").is_not_null(),
            "average_micro": _of_valid(micro("average")),
            "mass_micro": _of_valid(micro("cumulative")),
            "exceedances": pl.col("exceeded"),
        },
        largest="maximum",
        value=_of_valid(pl.coalesce("maximum", "average")),
    ),
    "project": Rollup(
        "project",
        group={name: pl.col(name) for name in ("city", "programme", "stage", "month")},
        sums={
            "projects": ONE,
            "planned": pl.col("planned_investment"),
            "cumulative": pl.col("cumulative_investment"),
        },
    ),
    "award": Rollup(
        "award",
        group={name: pl.col(name) for name in ("city", "policy", "clause", "fiscal_year", "mode", "status")},
        sums={
            "awards": ONE,
            "payees": pl.col("payee_count"),
            "amount": pl.col("amount"),
            "paid": pl.col("paid_amount"),
        },
    ),
    "indicator": Rollup(
        "indicator",
        group={name: pl.col(name) for name in ("division", "indicator", "period")},
        sums={"reports": ONE},
        largest="value",
        value=pl.col("value"),
    ),
}


def rollup(kind: str) -> Rollup:
    """The rollup of a kind. Raises UnknownName for a kind that has none."""
    if kind not in ROLLUPS:
        known = ", ".join(ROLLUPS)
        raise UnknownName(text(f"{kind!r} 没有汇总，有：{known}", f"{kind!r} has no rollup, there are {known}"))
    return ROLLUPS[kind]


def difference(of: Rollup, added: pl.DataFrame, removed: pl.DataFrame) -> pl.DataFrame:
    """By group: sums over added minus sums over removed, the largest value ``added`` and ``removed`` (null if none).

    Both frames are warehouse columns; pure.
    """
    none = pl.lit(None, pl.Float64)
    gained = _measured(of, added).rename({"value": "added"}).with_columns(removed=none)
    if removed.is_empty():
        return gained.sort(*of.group)
    lost = _measured(of, removed).rename({"value": "removed"}).with_columns(added=none)
    lost = lost.with_columns((ZERO - pl.col(name)).alias(name) for name in of.sums)
    signed = pl.concat([gained, lost], how="diagonal")
    totals = (pl.col(name).sum() for name in of.sums)
    return signed.group_by(*of.group).agg(*totals, pl.col("added").max(), pl.col("removed").max()).sort(*of.group)


def _measured(of: Rollup, frame: pl.DataFrame) -> pl.DataFrame:
    value = of.value if of.value is not None else pl.lit(None)
    measured = frame.select(
        *(expression.alias(name) for name, expression in of.group.items()),
        *(expression.cast(pl.Int64).fill_null(0).alias(f"sum_{name}") for name, expression in of.sums.items()),
        value.cast(pl.Float64).alias("value_of_row"),
    )
    sums = (pl.col(f"sum_{name}").cast(pl.Int128).sum().alias(name) for name in of.sums)
    return measured.group_by(*of.group).agg(*sums, pl.col("value_of_row").max().alias("value"))


def apply(connection: Connection, kind: str, added: pl.DataFrame, removed: pl.DataFrame, shard: int) -> None:
    """Bring the rollup to what a batch made: rows ``added`` (fresh and superseding) and ``removed`` (superseded).

    Both frames are warehouse columns, after ``facts.write``, in the same transaction. ``shard`` keeps workers apart.
    Kinds that are not rolled up (registration, nil, response) change nothing.
    """
    if kind not in ROLLUPS:
        return
    of = ROLLUPS[kind]
    change = difference(of, added, removed)
    if change.is_empty():
        return
    name = f"rolling_{kind}"
    more = ", 0::float8 as added, 0::float8 as removed"
    temporary(connection, name, of.table, [*of.group, "shard", *of.sums], more)
    whole = (pl.col(column).cast(pl.Decimal(38, 0)) for column in of.sums)
    copy(connection, name, change.with_columns(*whole, shard=pl.lit(shard, pl.Int16)))
    at_risk = change.filter(pl.col("removed").is_not_null() & (pl.col("removed") > pl.col("added")).fill_null(True))
    if at_risk.height:
        connection.exec_driver_sql(_lock(of, name))
    connection.exec_driver_sql(_upsert(of, name))
    if at_risk.height:
        with by_index(connection):
            connection.exec_driver_sql(_restore_largest(of, name))


def _same(of: Rollup, one: str, other: str) -> str:
    return " and ".join(f'{one}."{column}" = {other}."{column}"' for column in of.group)


def _lock(of: Rollup, name: str) -> str:
    """Lock, in key order, the batch's own rows and all rows of the groups that may have lost their maximum."""
    order = ", ".join(f'stored."{column}"' for column in (*of.group, "shard"))
    risk = "rolling.removed is not null and rolling.removed > coalesce(rolling.added, '-Infinity')"
    return (
        f"select 1 from {of.table} stored join {name} rolling on {_same(of, 'stored', 'rolling')}"
        f" where stored.shard = rolling.shard or ({risk}) order by {order} for update of stored"
    )


def _upsert(of: Rollup, name: str) -> str:
    columns = [*of.group, "shard", *of.sums, *([of.largest] if of.largest else [])]
    values = [f'"{column}"' for column in (*of.group, "shard", *of.sums)] + (["added"] if of.largest else [])
    key = ", ".join(f'"{column}"' for column in (*of.group, "shard"))
    sets = [f'"{column}" = stored."{column}" + excluded."{column}"' for column in of.sums]
    sets += [f'"{of.largest}" = greatest(stored."{of.largest}", excluded."{of.largest}")'] if of.largest else []
    listed = ", ".join(f'"{column}"' for column in columns)
    return (
        f"insert into {of.table} as stored ({listed}) select {', '.join(values)} from {name} order by {key}"
        f" on conflict ({key}) do update set {', '.join(sets)}"
    )


def _restore_largest(of: Rollup, name: str) -> str:
    """Set the maximum of the groups that lost it: the batch's own shard holds it, the others none."""
    stored = f'select max("{of.largest}") from {of.table} stored where {_same(of, "stored", "rolling")}'
    facts = query("rollup", f"{of.kind}_largest")
    return (
        f'update {of.table} changed set "{of.largest}" = case when changed.shard = lost.shard then lost.value end'
        f" from (select rolling.*, ({facts}) as value from {name} rolling"
        f" where rolling.removed > coalesce(rolling.added, '-Infinity') and rolling.removed >= ({stored})) lost"
        f" where {_same(of, 'changed', 'lost')}"
    )


def recompute(connection: Connection, kind: str) -> pl.DataFrame:
    """The rollup computed from the facts: group, sums (Decimal), maximum."""
    return fetch(connection, rollup(kind).recomputed)


def differences(connection: Connection, kind: str) -> pl.DataFrame:
    """Groups whose figures are not those of the facts: ``stored_<x>`` beside ``recomputed_<x>``; empty when equal."""
    return fetch(connection, _differences(rollup(kind)))


def _differences(of: Rollup) -> str:
    sums = ", ".join(f'sum("{column}") as "{column}"' for column in of.sums)
    largest = f', max("{of.largest}") as "{of.largest}"' if of.largest else ""
    group = ", ".join(f'"{column}"' for column in of.group)
    stored = f"select {group}, {sums}{largest} from {of.table} group by {group}"
    pairs = [(f'coalesce(stored."{c}", 0)', f'coalesce(facts."{c}", 0)', c) for c in of.sums]
    pairs += [(f'stored."{of.largest}"', f'facts."{of.largest}"', of.largest)] if of.largest else []
    shown = ", ".join(f'{one} as "stored_{name}", {other} as "recomputed_{name}"' for one, other, name in pairs)
    unequal = " or ".join(f"{one} is distinct from {other}" for one, other, _ in pairs)
    joined = f"({stored}) stored full join ({of.recomputed}) facts using ({group})"
    return f"select {group}, {shown} from {joined} where {unequal}"


def rebuild(connection: Connection, kind: str) -> None:
    """Write the rollup anew from the facts, into shard 0; batches of the kind wait meanwhile."""
    of = rollup(kind)
    columns = ", ".join(f'"{c}"' for c in (*of.group, *of.sums, *([of.largest] if of.largest else [])))
    connection.exec_driver_sql(f"lock table {of.table}, {kind} in exclusive mode; delete from {of.table}")
    anew = f"select {columns}, 0 from ({of.recomputed}) facts"
    connection.exec_driver_sql(f"insert into {of.table} ({columns}, shard) {anew}")


def fold(connection: Connection, kind: str, groups: int | None = None) -> int:
    """Add up the shards of groups that have several, into shard 0, so that reading stays quick.

    At most so many ``groups``; they are looked for before anybody has to wait. Returns how many rows went.
    """
    of, name = rollup(kind), f"folding_{kind}"
    group = ", ".join(f'"{column}"' for column in of.group)
    bounded = f" limit {groups}" if groups is not None else ""
    temporary(connection, name, of.table, tuple(of.group))
    several = f"select {group} from {of.table} group by {group} having count(*) > 1{bounded}"
    if not connection.exec_driver_sql(f"insert into {name} {several}").rowcount:
        return 0
    # Batches wait: a shard row written while its group is being added up would be counted neither here nor there.
    connection.exec_driver_sql(f"lock table {of.table} in exclusive mode")
    before: int = connection.exec_driver_sql(f"select count(*) from {_shards(of, name)}").scalar_one()
    sums = ", ".join(f'sum("{column}")' for column in of.sums)
    largest = f', max("{of.largest}")' if of.largest else ""
    columns = ", ".join(f'"{c}"' for c in (*of.group, *of.sums, *([of.largest] if of.largest else [])))
    gone = (
        f"delete from {of.table} stored using {name} folding where {_same(of, 'stored', 'folding')} returning stored.*"
    )
    after = connection.exec_driver_sql(
        f"with gone as ({gone}) insert into {of.table} ({columns}, shard)"
        f" select {group}, {sums}{largest}, 0 from gone group by {group}"
    ).rowcount
    return before - after


def _shards(of: Rollup, name: str) -> str:
    return f"{of.table} stored join {name} folding on {_same(of, 'stored', 'folding')}"
