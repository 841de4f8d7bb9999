"""Reports: what was frozen and what was issued. Both tables are only added to; a trigger refuses everything else."""

from __future__ import annotations

from typing import Final

from sqlalchemy import BigInteger, CheckConstraint, Column, ForeignKey, Index, LargeBinary, Table, Text, func, text
from sqlalchemy.dialects.postgresql import JSONB

from sinks.tables.metadata import INSTANT, METADATA

#: ``content``: canonical JSON, UTF-8; ``sha256`` of it is its name. ``kind``: month, quarter, year or corrigendum.
REPORT_SNAPSHOT: Final = Table(
    "report_snapshot",
    METADATA,
    Column("sha256", LargeBinary, primary_key=True),
    Column("kind", Text, nullable=False),
    Column("province", Text, nullable=False),
    Column("period", Text, nullable=False),
    Column("as_of", INSTANT, nullable=False),
    Column("content", LargeBinary, nullable=False),
    Column("frozen_at", INSTANT, nullable=False, server_default=func.now()),
    CheckConstraint("sha256 = sha256(content)", name="sha256"),
)

#: ``number`` without gaps. ``stands``: the figures that hold once this is issued: the report's own, or, of a
#: corrigendum, the new ones. ``corrects``: the report before it in the chain, each corrected once.
REPORT: Final = Table(
    "report",
    METADATA,
    Column("number", BigInteger, primary_key=True, autoincrement=False),
    Column("snapshot", LargeBinary, ForeignKey("report_snapshot.sha256"), nullable=False, unique=True),
    Column("stands", LargeBinary, ForeignKey("report_snapshot.sha256"), nullable=False),
    Column("kind", Text, nullable=False),
    Column("province", Text, nullable=False),
    Column("period", Text, nullable=False),
    Column("corrects", BigInteger, ForeignKey("report.number"), unique=True),
    Column("imprint", JSONB, nullable=False),
    Column("pdf_sha256", LargeBinary, nullable=False),
    Column("xlsx_sha256", LargeBinary, nullable=False),
    Column("issued_at", INSTANT, nullable=False, server_default=func.now()),
    Column("issued_by", Text, nullable=False, server_default=text("session_user")),
    CheckConstraint("corrects < number", name="corrects"),
    Index("report_once", "kind", "province", "period", unique=True, postgresql_where=text("corrects is null")),
)
