"""Frozen snapshots and issued reports: kept, found again, never changed.

A snapshot frozen twice is the same row. A kind, province and period is issued once; after that only a corrigendum of
the newest in its chain can be issued, and each report is corrected once.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, insert, select, text
from sqlalchemy.dialects.postgresql import insert as upsert

from huiliu.language import text as wording
from sinks.errors import Refused, UnknownName
from sinks.queries import query
from sinks.tables.report import REPORT, REPORT_SNAPSHOT


@dataclass(frozen=True, slots=True, kw_only=True)
class Frozen:
    """A snapshot's bytes with what they are of. ``kind``: month, quarter, year or corrigendum."""

    sha256: str
    kind: str
    province: str
    period: str
    as_of: datetime
    content: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Issued:
    """An issued report. ``corrects``: the number before it in the chain; ``corrected_by``: the one after it.

    ``stands``: the hash of the figures that hold with it. Hashes are hexadecimal.
    """

    number: int
    kind: str
    province: str
    period: str
    snapshot: str
    stands: str
    imprint: Mapping[str, Any]
    pdf_sha256: str
    xlsx_sha256: str
    corrects: int | None = None
    corrected_by: int | None = None
    issued_at: datetime | None = None
    issued_by: str | None = None


def keep(connection: Connection, frozen: Frozen) -> None:
    """Store a snapshot, once."""
    row = {
        "sha256": bytes.fromhex(frozen.sha256),
        "kind": frozen.kind,
        "province": frozen.province,
        "period": frozen.period,
        "as_of": frozen.as_of,
        "content": frozen.content,
    }
    connection.execute(upsert(REPORT_SNAPSHOT).values(row).on_conflict_do_nothing())


def content(connection: Connection, prefix: str) -> bytes:
    """A snapshot's bytes by its hash or the first digits of it. Raises UnknownName for none or several."""
    wanted = prefix.lower()
    plain = bool(wanted) and all(digit in "0123456789abcdef" for digit in wanted)
    rows = connection.execute(text(query("reports", "named")), {"prefix": wanted}).all() if plain else []
    if len(rows) != 1:
        said_zh, said_en = ("不止一个快照", "several snapshots begin") if rows else ("没有快照", "no snapshot begins")
        raise UnknownName(
            wording(
                f"{said_zh} 以 {prefix!r} 开头：huiliu report list --snapshots 列出全部",
                f"{said_en} with {prefix!r}: huiliu report list --snapshots lists all",
            )
        )
    return bytes(rows[0].content)


def numbering(connection: Connection) -> tuple[int, datetime]:
    """The next number and the time of issue (whole seconds); others who issue wait until this transaction is over."""
    connection.exec_driver_sql("lock table report in exclusive mode")
    row = connection.execute(text(query("reports", "next_number"))).one()
    return int(row.number), row.issued_at


def issue(connection: Connection, issued: Issued) -> None:
    """Enter an issued report. Raises Refused where its period was issued already, or its base is corrected already."""
    if issued.corrects is None:
        same = select(REPORT.c.number).where(
            REPORT.c.kind == issued.kind,
            REPORT.c.province == issued.province,
            REPORT.c.period == issued.period,
            REPORT.c.corrects.is_(None),
        )
        number = connection.execute(same).scalar_one_or_none()
        if number is not None:
            raise Refused(
                wording(
                    f"{issued.period} 已印发，为第 {number} 号：数字有变请更正（huiliu report corrigendum {number}）",
                    f"{issued.period} was issued as number {number}: where figures changed, issue a corrigendum "
                    f"(huiliu report corrigendum {number}).",
                )
            )
    else:
        after = select(REPORT.c.number).where(REPORT.c.corrects == issued.corrects)
        number = connection.execute(after).scalar_one_or_none()
        if number is not None:
            raise Refused(
                wording(
                    f"第 {issued.corrects} 号已由第 {number} 号更正：请对第 {number} 号再作更正",
                    f"Number {issued.corrects} was corrected by number {number}: correct number {number} instead.",
                )
            )
    connection.execute(
        insert(REPORT).values(
            number=issued.number,
            snapshot=bytes.fromhex(issued.snapshot),
            stands=bytes.fromhex(issued.stands),
            kind=issued.kind,
            province=issued.province,
            period=issued.period,
            corrects=issued.corrects,
            imprint=dict(issued.imprint),
            pdf_sha256=bytes.fromhex(issued.pdf_sha256),
            xlsx_sha256=bytes.fromhex(issued.xlsx_sha256),
        )
    )


def listed(connection: Connection) -> list[Issued]:
    """All issued reports, newest first."""
    found = connection.execute(text(query("reports", "listed"))).mappings()
    return [Issued(**{**row, "imprint": json.loads(row["imprint"])}) for row in found]


def issued(connection: Connection, number: int) -> Issued:
    """One issued report. Raises UnknownName."""
    for report in listed(connection):
        if report.number == number:
            return report
    raise UnknownName(
        wording(
            f"没有第 {number} 号报告：huiliu report list 列出全部",
            f"There is no report {number}: huiliu report list lists all.",
        )
    )


def snapshots(connection: Connection) -> list[dict[str, Any]]:
    """All frozen snapshots, newest first: hash, kind, province, period, as_of, frozen_at, bytes, number if issued."""
    return [dict(row) for row in connection.execute(text(query("reports", "snapshots"))).mappings()]
