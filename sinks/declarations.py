"""Declarations on outlets: entered, documented, withdrawn, listed; each step is kept with who took it and when."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import polars as pl
from sqlalchemy import Connection, insert, select

from huiliu.language import text
from sinks.errors import Refused
from sinks.fetch import fetch
from sinks.queries import query
from sinks.reference import pollutant_ids
from sinks.tables.declaration import DECLARATION, DECLARATION_STEP
from sinks.tables.dimension import OUTLET


@dataclass(frozen=True, slots=True, kw_only=True)
class Declaration:
    """``pollutant``: a factor's code, None for all factors. ``starts`` to before ``ends``, on the hour."""

    mn: str
    mark: str
    starts: datetime
    ends: datetime
    reason: str
    declared_by: str
    pollutant: str | None = None


def declare(connection: Connection, said: Declaration) -> int:
    """Enter a declaration; returns its number. Raises Refused for an outlet that is not registered."""
    if any(moment.minute or moment.second or moment.microsecond for moment in (said.starts, said.ends)):
        raise Refused(text("申报时段须为整点", "Declare whole hours: both ends on the hour."))
    if said.starts >= said.ends:
        raise Refused(
            text(
                f"申报止于 {said.ends}，不晚于起于 {said.starts}",
                f"It ends ({said.ends}) before it begins ({said.starts}).",
            )
        )
    outlet = connection.execute(select(OUTLET.c.id).where(OUTLET.c.mn == said.mn)).scalar_one_or_none()
    if outlet is None:
        raise Refused(
            text(
                f"没有登记 MN {said.mn}：请先报送 registration",
                f"MN {said.mn} is not registered: send its registration first.",
            )
        )
    row = {
        "outlet": outlet,
        "pollutant": None if said.pollutant is None else pollutant_ids()[said.pollutant],
        "mark": said.mark,
        "starts": said.starts,
        "ends": said.ends,
        "reason": said.reason,
        "declared_by": said.declared_by,
    }
    number: int = connection.execute(insert(DECLARATION).values(row).returning(DECLARATION.c.id)).scalar_one()
    return number


def document(connection: Connection, number: int, named: str, sha256: bytes | None, by: str) -> None:
    """Add the official document to a declaration, once. Raises Refused."""
    _step(connection, number, "DOCUMENT", {"document": named, "sha256": sha256, "said_by": by})


def withdraw(connection: Connection, number: int, by: str) -> None:
    """Withdraw a declaration, once. Raises Refused."""
    _step(connection, number, "WITHDRAWN", {"said_by": by})


def _step(connection: Connection, number: int, step: str, told: dict[str, object]) -> None:
    known = connection.execute(select(DECLARATION.c.id).where(DECLARATION.c.id == number).with_for_update(read=True))
    if known.scalar_one_or_none() is None:
        raise Refused(
            text(
                f"没有申报 {number}：huiliu transmission declarations 列出全部",
                f"There is no declaration {number}: huiliu transmission declarations lists them.",
            )
        )
    same = (DECLARATION_STEP.c.declaration == number) & (DECLARATION_STEP.c.step == step)
    if connection.execute(select(DECLARATION_STEP.c.step).where(same)).first():
        done = text("已有证明文件", "documented") if step == "DOCUMENT" else text("已撤回", "withdrawn")
        raise Refused(
            text(
                f"申报 {number} {done}，不可更改；如有误请撤回后重新申报",
                f"Declaration {number} is {done} already: what was said stays. Withdraw it and declare anew.",
            )
        )
    connection.execute(insert(DECLARATION_STEP).values({"declaration": number, "step": step, **told}))


def listed(connection: Connection, mn: str | None = None) -> pl.DataFrame:
    """All declarations with their steps, newest first; of one outlet, or of all."""
    return fetch(connection, query("declarations", "listed"), {"mn": mn})
