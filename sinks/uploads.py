"""Uploaded files: kept with their submission, in pieces, with the place where each row went.

A file is kept before anything of it is sent, in the transaction that remembers its key; where its rows went is said in
the transaction that settles the submission. So whoever has an answer can have the report, from any gateway.
"""

from __future__ import annotations

import io
import uuid
import zlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from sqlalchemy import Connection, select, text, update
from sqlalchemy.dialects.postgresql import insert

from huiliu.division import DivisionCode
from sinks.queries import query
from sinks.submissions import Submission, one
from sinks.tables.upload import UPLOAD, UPLOAD_PART

#: Bytes of a file that lie together.
PART: Final = 1 << 20


@dataclass(frozen=True, slots=True)
class Placed:
    """Where the rows of a file went: number of the row in the file, partition, offset; one entry for each record."""

    rows: np.ndarray
    partitions: np.ndarray
    offsets: np.ndarray

    def packed(self) -> bytes:
        """For a column."""
        whole = io.BytesIO()
        columns = self.rows.astype(np.int32), self.partitions.astype(np.int32), self.offsets.astype(np.int64)
        # As differences: rows and offsets mostly go up by one, and deflate to next to nothing.
        np.savez(whole, *(np.diff(column, prepend=column.dtype.type(0)) for column in columns))
        return zlib.compress(whole.getvalue(), level=6)

    @classmethod
    def unpacked(cls, packed: bytes) -> Placed:
        """Back again."""
        with np.load(io.BytesIO(zlib.decompress(packed))) as kept:
            return cls(*(np.cumsum(kept[f"arr_{at}"], dtype=kept[f"arr_{at}"].dtype) for at in range(3)))


@dataclass(frozen=True, slots=True)
class Upload:
    """An uploaded file. ``reading``: how it is read; ``placed``: None until all its rows are there."""

    submission: Submission
    reading: Mapping[str, Any]
    placed: Placed | None


def keep(connection: Connection, submission: uuid.UUID, reading: Mapping[str, Any], content: Iterable[bytes]) -> None:
    """Keep a file's pieces, of ``PART`` bytes each; those of a submission that has them already stay as they are."""
    row = {"submission": submission, "reading": dict(reading)}
    fresh = insert(UPLOAD).values(row).on_conflict_do_nothing().returning(UPLOAD.c.submission)
    if connection.execute(fresh).one_or_none() is None:
        return
    for number, piece in enumerate(content):
        part = {"submission": submission, "number": number, "content": zlib.compress(piece, level=1)}
        connection.execute(insert(UPLOAD_PART), [part])


def settle(connection: Connection, submission: uuid.UUID, placed: Placed) -> None:
    """Say where the rows went; whoever was first has said it."""
    open_ = UPLOAD.c.submission == submission, UPLOAD.c.placed.is_(None)
    connection.execute(update(UPLOAD).where(*open_).values(placed=placed.packed()))


def found(connection: Connection, publisher: DivisionCode, submission: uuid.UUID) -> Upload | None:
    """A publisher's own upload; None for one that is not there, is forgotten, or another's."""
    own = one(connection, publisher, submission)
    if own is None:
        return None
    row = connection.execute(select(UPLOAD).where(UPLOAD.c.submission == submission)).one_or_none()
    if row is None:
        return None
    return Upload(own, row.reading, None if row.placed is None else Placed.unpacked(row.placed))


def content(connection: Connection, submission: uuid.UUID) -> Iterator[bytes]:
    """The file's pieces in their order."""
    numbered = select(UPLOAD_PART.c.content).where(UPLOAD_PART.c.submission == submission)
    wanted = numbered.order_by(UPLOAD_PART.c.number).execution_options(yield_per=4)
    for (piece,) in connection.execute(wanted):
        yield zlib.decompress(piece)


def forget(connection: Connection, days: int) -> int:
    """Files older than this many days go; their submissions stay in the history."""
    return connection.execute(text(query("submissions", "forget_uploads")), {"days": days}).rowcount
