"""What reports are made of: figures of whole periods as the warehouse held them at a moment.

Readings are many, so those known now are read from their rollup (equal to the facts at every commit) and those known
earlier are added up from the facts. The other kinds are few: they are read as known at the moment.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

import polars as pl
from sqlalchemy import Connection, text

from huiliu.period import Period
from sinks import groups
from sinks.encoding import PERIODS
from sinks.fetch import fetch
from sinks.queries import query

#: Exceedances are counted over hours and days, the period kinds that limits are set for.
_COUNTED: Final = [PERIODS.index("HOUR"), PERIODS.index("DAY")]

#: Of each city so many events are listed, the others counted.
LISTED: Final = 20


@dataclass(frozen=True, slots=True)
class Since:
    """An earlier snapshot: its moment (UTC), and topic, partition and next offset of what it had seen."""

    moment: datetime
    positions: Sequence[tuple[str, int, int]]


def moment(connection: Connection) -> datetime:
    """A moment (UTC) by which everything that the transaction sees was recorded; ask in its first statement."""
    now: datetime = connection.execute(text(query("report_figures", "moment"))).scalar_one()
    return now.astimezone(UTC)


def readings(connection: Connection, of: Period) -> pl.DataFrame:
    """By city, factor and period kind (HOUR, DAY): ``readings``, ``valid``, ``exceedances``, ``newest`` (ISO day)."""
    asked = {"first": of.first, "last": of.last, "periods": _COUNTED}
    return groups.named("reading", fetch(connection, query("report_figures", "readings"), asked))


def readings_as_known(connection: Connection, of: Period, at: datetime) -> pl.DataFrame:
    """As ``readings``, added up from the facts as they were known at a moment."""
    asked = {**_span(of), "moment": at, "periods": _COUNTED}
    return groups.named("reading", fetch(connection, query("report_figures", "readings_as_known"), asked))


def projects(connection: Connection, last_month: str, at: datetime) -> pl.DataFrame:
    """What was last told of each project for a month up to ``last_month``; amounts in fen, progress in percent."""
    return _read(connection, "projects", {"last_month": last_month, "moment": at})


def projects_control(connection: Connection, last_month: str, at: datetime) -> pl.DataFrame:
    """By city: ``projects``, ``planned``, ``cumulative`` (fen), added up by the database."""
    return _read(connection, "projects_control", {"last_month": last_month, "moment": at})


def awards(connection: Connection, fiscal_years: Sequence[int], at: datetime) -> pl.DataFrame:
    """Awards of these fiscal years; amounts in fen."""
    return _read(connection, "awards", {"fiscal_years": list(fiscal_years), "moment": at})


def awards_control(connection: Connection, fiscal_year: int, at: datetime | None) -> pl.DataFrame:
    """By city ``awards``, ``payees``, ``amount``, ``paid`` (fen): from the rollup, or from the facts as known then."""
    if at is None:
        return _read(connection, "awards_control", {"fiscal_year": fiscal_year})
    return _read(connection, "awards_control_as_known", {"fiscal_year": fiscal_year, "moment": at})


def indicators(connection: Connection, periods: Sequence[str], at: datetime) -> pl.DataFrame:
    """Indicators of these periods as reported: ``division``, ``indicator``, ``period``, ``value``, ``unit``."""
    return _read(connection, "indicators", {"periods": list(periods), "moment": at})


def records(connection: Connection, of: Period, at: datetime) -> pl.DataFrame:
    """Records loaded within the period by publisher's division, kind and outcome."""
    return _read(connection, "records", {**_span(of), "moment": at})


def processed(connection: Connection, at: datetime) -> pl.DataFrame:
    """By kind: ``processed_to`` (UTC) and ``records`` loaded by then."""
    return _read(connection, "processed", {"moment": at})


def positions(connection: Connection, at: datetime) -> pl.DataFrame:
    """By topic and partition: ``next_offset`` and ``hash`` (hexadecimal) of the newest ledger entry."""
    return _read(connection, "positions", {"moment": at})


def rule_sets(connection: Connection, at: datetime) -> pl.DataFrame:
    """Versions of the rules that judged what is loaded, with how many records each."""
    return _read(connection, "rule_sets", {"moment": at})


def _read(connection: Connection, name: str, asked: dict[str, Any]) -> pl.DataFrame:
    found = fetch(connection, query("report_figures", name), asked)
    codes = [column for column in ("city", "division") if column in found.columns]
    return found.with_columns(pl.col(codes).cast(pl.String).str.zfill(6)) if codes else found


def _span(of: Period) -> dict[str, datetime]:
    start, after = (datetime.fromtimestamp(ms / 1000, UTC) for ms in (of.start_ms, of.end_ms))
    return {"start": start, "after": after}


#: Kinds whose later versions can change a report, in the order in which they are listed.
CHANGING: Final = ("project", "award", "indicator", "registration", "reading", "declaration")


def changed(connection: Connection, kind: str, of: Period, since: Since, at: datetime) -> pl.DataFrame:
    """What came after a snapshot and concerns a period, known at a moment.

    ``city`` (of indicators and registrations: the division), ``subject``, ``revision``, ``topic``, ``partition``,
    ``offset``, ``known_from``, ``events`` (how many there are in the city); at most ``LISTED`` of each city. Of
    ``declaration`` topic is ``declaration`` and the offset its number.
    """
    asked = {
        **_span(of),
        "last": of.last,
        "moment": at,
        "was": since.moment,
        "topics": [topic for topic, _, _ in since.positions],
        "partitions": [partition for _, partition, _ in since.positions],
        "offsets": [after for _, _, after in since.positions],
        "most": LISTED,
    }
    statement = query("report_figures", f"changed_{kind}")
    if kind != "declaration":
        statement = statement.format(since=query("report_figures", "changed_since"))
        statement = query("report_figures", "changed_listed").format(changed=statement)
    return fetch(connection, statement, asked)


def case_events(connection: Connection, before: datetime) -> list[dict[str, Any]]:
    """Rows of ``case_event`` before a moment, by case and in order."""
    found = connection.execute(text(query("report_figures", "case_events")), {"moment": before})
    return [dict(row) for row in found.mappings()]
