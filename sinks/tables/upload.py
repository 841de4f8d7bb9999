"""Files that were uploaded, kept for a while so that a report can be written for them."""

from __future__ import annotations

from typing import Final

from sqlalchemy import Column, ForeignKey, Integer, LargeBinary, Table, Uuid
from sqlalchemy.dialects.postgresql import JSONB

from sinks.tables.metadata import METADATA

#: ``reading``: how the file is read (name, mapping, sheet). ``placed``: where its rows went (sinks.uploads), null until
#: all are there.
UPLOAD: Final = Table(
    "upload",
    METADATA,
    Column("submission", Uuid, ForeignKey("submission.id", ondelete="CASCADE"), primary_key=True),
    Column("reading", JSONB, nullable=False),
    Column("placed", LargeBinary),
)

#: ``content``: a piece of the file, deflated; pieces are counted from 0.
UPLOAD_PART: Final = Table(
    "upload_part",
    METADATA,
    Column("submission", Uuid, ForeignKey("upload.submission", ondelete="CASCADE"), primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("content", LargeBinary, nullable=False),
)
