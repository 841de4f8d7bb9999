"""What the warehouse knows around an event, as context columns for the rules on references.

    reading   outlet__division, outlet__medium, outlet__enterprise (null: not registered), limit__value (null: none)
    award     project__known, project__enterprise, project__…_investment; stack__amount (fen), stack__count
    others    nothing yet

``previous__…`` columns come from the probe of the same natural keys (:func:`previous`).
"""

from __future__ import annotations

from typing import Final

import polars as pl
from sqlalchemy import Connection

from huiliu.period import shanghai_day
from sinks.copy import copy
from sinks.encoding import reading_keys
from sinks.fetch import fetch
from sinks.planner import temporary
from sinks.queries import query
from sinks.register import Register

_MONEY: Final = ("planned_investment", "equipment_investment", "software_investment", "cumulative_investment")


def join(connection: Connection, kind: str, events: pl.DataFrame, register: Register) -> pl.DataFrame:
    """The events, in their order, with the context columns of their kind."""
    if kind == "reading":
        return _with_limit(_with_outlet(events, register), register)
    if kind == "award":
        return _with_stack(connection, _with_project(connection, events))
    return events


def previous(events: pl.DataFrame, known: pl.DataFrame, key: tuple[str, ...], fields: tuple[str, ...]) -> pl.DataFrame:
    """The events with ``previous__<field>`` of the current row of their natural key; null where there is none.

    A row that an event repeats or is older than was not *before* it: history rules look at superseding events only.
    """
    before = known.select(*key, *(pl.col(name).alias(f"previous__{name}") for name in fields))
    joined = events.join(before, on=list(key), how="left", maintain_order="left", nulls_equal=True)
    superseding = pl.col("previous__revision") < pl.col("revision")
    return joined.with_columns(
        pl.when(superseding).then(pl.col(f"previous__{name}")).alias(f"previous__{name}") for name in fields
    )


def _with_outlet(events: pl.DataFrame, register: Register) -> pl.DataFrame:
    outlets = register.outlets.select(
        "mn",
        pl.col("division").cast(pl.String).alias("outlet__division"),
        pl.col("medium").alias("outlet__medium"),
        pl.col("enterprise").alias("outlet__enterprise"),
    )
    return events.join(outlets, on="mn", how="left", maintain_order="left")


def _with_limit(events: pl.DataFrame, register: Register) -> pl.DataFrame:
    """The limit in force on the reading's day: of the newest validity, and of several the strictest."""
    day = shanghai_day(pl.col("start")).cast(pl.Date).alias("day")
    wanted = reading_keys(events.select("row", "mn", "pollutant", "period", "start", day), register)
    after = pl.col("valid_from") <= pl.col("day")
    until = pl.col("valid_to").is_null() | (pl.col("day") <= pl.col("valid_to"))
    found = (
        wanted.select("row", "outlet", "pollutant", "day")
        .join(register.limits, on=["outlet", "pollutant"], how="inner", maintain_order="left_right")
        .filter(after & until)
        .unique("row", keep="first", maintain_order=True)
        .select("row", pl.col("value").alias("limit__value"))
    )
    return events.join(found, on="row", how="left", maintain_order="left")


def _with_project(connection: Connection, events: pl.DataFrame) -> pl.DataFrame:
    codes = events.select("project_code").drop_nulls().unique().sort("project_code")
    temporary(connection, "wanted_project", "project", ("project_code",))
    copy(connection, "wanted_project", codes)
    found = fetch(connection, query("context", "projects"))
    columns = {name: f"project__{name}" for name in ("enterprise", *_MONEY)}
    known = found.rename(columns).with_columns(project__known=pl.lit(True))
    joined = events.join(known, on="project_code", how="left", maintain_order="left")
    return joined.with_columns(pl.col("project__known").fill_null(False))


def _with_stack(connection: Connection, events: pl.DataFrame) -> pl.DataFrame:
    """Other awards, not recovered, of the same payee for the same project, over all levels and years."""
    wanted = events.select("award_number", "payee", "project_code").drop_nulls().unique().sort("award_number")
    temporary(connection, "wanted_stack", "award", ("award_number", "payee", "project_code"))
    copy(connection, "wanted_stack", wanted)
    found = fetch(connection, query("context", "stacks")).select(
        "award_number",
        "payee",
        "project_code",
        pl.col("amount").alias("stack__amount"),
        pl.col("count").alias("stack__count"),
    )
    return events.join(
        found, on=["award_number", "payee", "project_code"], how="left", maintain_order="left"
    ).with_columns(pl.col("stack__amount", "stack__count").fill_null(0))
