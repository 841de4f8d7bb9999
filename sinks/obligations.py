"""Obligations: what came for them, who owes them, and what was granted; each grant and refusal is kept."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

import polars as pl
from sqlalchemy import Connection, insert, select, update

from huiliu.language import text
from huiliu.period import SHANGHAI
from sinks.errors import Refused
from sinks.fetch import fetch
from sinks.queries import query
from sinks.tables.obligation import OBLIGATION_EVENT as EVENT
from sinks.tables.publisher import PUBLISHER


@dataclass(frozen=True, slots=True, kw_only=True)
class Grant:
    """Somebody grants something on an obligation of a division; ``subject``: only of this outlet or publisher."""

    obligation: str
    division: int
    reason: str
    said_by: str
    subject: str | None = None

    def row(self) -> dict[str, Any]:
        """Its columns."""
        names = ("obligation", "division", "subject", "reason", "said_by")
        return {name: getattr(self, name) for name in names}


def exempt(connection: Connection, grant: Grant, first: date, last: date) -> int:
    """Exempt from the periods that lie within these days; returns the number of the exemption."""
    return _added(connection, "EXEMPT", grant, first_day=first, last_day=last)


def extend(connection: Connection, grant: Grant, period: str, until: datetime) -> int:
    """Put the deadline for a period off to ``until``; returns the number of the extension."""
    return _added(connection, "EXTEND", grant, period=period, until=until)


def refuse(connection: Connection, grant: Grant, asked: Mapping[str, Any], refusal: str) -> int:
    """Keep that something was asked for and refused; returns its number."""
    return _added(connection, "REFUSED", grant, asked=dict(asked), refusal=refusal)


def withdraw(connection: Connection, number: int, reason: str, by: str) -> int:
    """Withdraw an exemption, once. Raises Refused for what is none, or is withdrawn already."""
    found = connection.execute(select(EVENT).where(EVENT.c.id == number, EVENT.c.event == "EXEMPT")).first()
    if found is None:
        raise Refused(
            text(
                f"没有免报 {number}：huiliu obligation grants 列出全部",
                f"There is no exemption {number}: huiliu obligation grants lists them.",
            )
        )
    if connection.execute(select(EVENT.c.id).where(EVENT.c.withdraws == number)).first():
        raise Refused(text(f"免报 {number} 已撤销", f"Exemption {number} is withdrawn already."))
    grant = Grant(
        obligation=found.obligation, division=found.division, subject=found.subject, reason=reason, said_by=by
    )
    return _added(connection, "WITHDRAW", grant, withdraws=number)


def _added(connection: Connection, event: str, grant: Grant, **more: Any) -> int:
    row = {"event": event, **grant.row(), **more}
    number: int = connection.execute(insert(EVENT).values(row).returning(EVENT.c.id)).scalar_one()
    return number


def publishers(connection: Connection) -> pl.DataFrame:
    """``division`` (Int32), ``kinds`` (separated by blanks), ``owes_from``."""
    of_reader = "" if scope(connection) is None else "_of_reader"
    return fetch(connection, query("obligations", f"publishers{of_reader}"))


def owe_from(connection: Connection, division: int, day: date) -> None:
    """Say since which Shanghai day a publisher owes reports. Raises Refused where it is none."""
    changed = update(PUBLISHER).where(PUBLISHER.c.division == division).values(owes_from=day)
    if not connection.execute(changed.returning(PUBLISHER.c.division)).all():
        raise Refused(
            text(
                f"{division:06} 不是报送单位：huiliu publisher add 登记",
                f"{division:06} is no publisher: huiliu publisher add registers it.",
            )
        )


def scope(connection: Connection) -> tuple[int, int] | None:
    """The first and the last division that a reader may see (0 and 0: none); None for who is no reader."""
    first, last, reader = fetch(connection, query("obligations", "scope")).row(0)
    return (first, last) if reader else None


def reports(
    connection: Connection, kind: str, periods: Sequence[str], moment: datetime, *, sent: bool = False
) -> pl.DataFrame:
    """When the first event of a kind (project, award, indicator) came, by ``division`` and ``period``: ``received``.

    ``sent``: by the division whose publisher sent it, else by the division that it is about. Of indicators each one.
    """
    asked = {"periods": list(periods), "moment": moment, "sent": sent}
    return fetch(connection, query("obligations", kind), asked).drop_nulls("division")


def outlet_days(connection: Connection, first: date, last: date, least: int, moment: datetime) -> pl.DataFrame:
    """Of outlets (``subject``: MN) and Shanghai days (``period``) the ``hours`` that came.

    ``received``: when ``least`` of them had come; null while they have not.
    """
    # A group for each outlet and hour of a week fits in memory, as the hours of transmission do.
    connection.exec_driver_sql("set local work_mem = '128MB'")
    bounds = {
        "first": datetime.combine(first, time(), SHANGHAI),
        "after": datetime.combine(last + timedelta(days=1), time(), SHANGHAI),
    }
    return fetch(connection, query("obligations", "reading"), {**bounds, "least": least, "moment": moment})


def nils(connection: Connection, periods: Sequence[str], moment: datetime) -> pl.DataFrame:
    """Statements that there is nothing to report: obligation, division, period, received, reason."""
    return fetch(connection, query("obligations", "nils"), {"periods": list(periods), "moment": moment})


def exemptions(connection: Connection) -> pl.DataFrame:
    """All exemptions, the withdrawn too."""
    return fetch(connection, query("obligations", "exemptions"))


def extensions(connection: Connection) -> pl.DataFrame:
    """All extensions."""
    return fetch(connection, query("obligations", "extensions"))


def events(connection: Connection, division: int | None = None) -> pl.DataFrame:
    """What was granted, withdrawn and refused, newest first."""
    return fetch(connection, query("obligations", "events"), {"division": division})
