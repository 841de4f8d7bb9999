"""Approvals: the cells of a kind and period as they are or were, and what was said of them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import polars as pl
from sqlalchemy import Connection, insert, select, text

from huiliu import period
from sinks import groups, publishers
from sinks.fetch import fetch
from sinks.queries import query
from sinks.tables.approval import APPROVAL, APPROVAL_REFUSAL


@dataclass(frozen=True, slots=True)
class Scope:
    """The figures of a division, with all that lies in it, of one kind and period."""

    division: str
    kind: str
    period: str

    @property
    def parameters(self) -> dict[str, Any]:
        """Bounds for the statements."""
        whole = period.parse(self.period)
        first, end = (datetime.fromtimestamp(ms / 1000, period.SHANGHAI) for ms in (whole.start_ms, whole.end_ms))
        return {**groups.span(self.division), "period": self.period, "first": first, "end": end}


def cells(connection: Connection, scope: Scope, moment: datetime | None = None) -> pl.DataFrame:
    """The cells now, or as known at a moment: ``division`` (six digits), ``group``, ``hash``, ``facts``, ``figures``.

    ``hash`` is hexadecimal, ``figures`` JSON: sums by name, money in fen, mass in micro-units.
    """
    told = {**scope.parameters, "moment": moment or "infinity"}
    found = fetch(connection, query("approvals", scope.kind), told)
    return found.with_columns(pl.col("division").cast(pl.String).str.zfill(6))


def changed(connection: Connection, scope: Scope) -> list[datetime]:
    """When something of the scope was loaded, the latest first, fifty moments at most; exact to the microsecond."""
    statement = text(_named(query("approvals", f"changed_{scope.kind}")))
    wanted = {name: value for name, value in scope.parameters.items() if f":{name}" in str(statement)}
    return list(connection.execute(statement, wanted).scalars())


def _named(statement: str) -> str:
    """The parameters as SQLAlchemy writes them: times come back as Python has them, not cut to milliseconds."""
    return statement.replace("%(period)s::integer", "cast(:period as integer)").replace("%(", ":").replace(")s", "")


def reporting(connection: Connection, kind: str) -> list[str]:
    """The divisions that are to report this kind: its publishers that are not suspended."""
    return [one.division for one in publishers.listed(connection) if kind in one.kinds and not one.suspended]


def lock(connection: Connection, kind: str, of: str) -> None:
    """Let nobody else speak about this kind and period until the transaction ends."""
    connection.execute(text("select pg_advisory_xact_lock(hashtext(:what))"), {"what": f"approval {kind} {of}"})


def said(connection: Connection, kind: str, of: str) -> list[dict[str, Any]]:
    """All that was said about a kind and period, in order; by the table's columns."""
    found = select(APPROVAL).where(APPROVAL.c.kind == kind, APPROVAL.c.period == of).order_by(APPROVAL.c.id)
    return [dict(row) for row in connection.execute(found).mappings()]


def say(connection: Connection, row: Mapping[str, Any]) -> int:
    """Add what was said; ``row`` by the table's columns without ``id`` and ``said_at``. Returns its number."""
    number: int = connection.execute(insert(APPROVAL).values(dict(row)).returning(APPROVAL.c.id)).scalar_one()
    return number


def refuse(connection: Connection, row: Mapping[str, Any]) -> None:
    """Add an act that was refused; ``row`` by the table's columns without ``id`` and ``said_at``."""
    connection.execute(insert(APPROVAL_REFUSAL).values(dict(row)))


def refusals(connection: Connection, kind: str, of: str) -> list[dict[str, Any]]:
    """The acts about a kind and period that were refused, the newest first, a hundred at most."""
    table = APPROVAL_REFUSAL
    found = select(table).where(table.c.kind == kind, table.c.period == of).order_by(table.c.id.desc()).limit(100)
    return [dict(row) for row in connection.execute(found).mappings()]


def figures(told: str) -> dict[str, Any]:
    """The figures of a cell."""
    read: dict[str, Any] = json.loads(told)
    return read
