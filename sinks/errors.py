"""The errors of the sinks.

    HuiliuError
    └── WarehouseError          the warehouse did not do what was asked
        ├── AnotherWriter       somebody else wrote the same thing first: roll back, take the batch again
        ├── ContentRefused      PostgreSQL refuses what a row says: split the batch until the row stands alone
        ├── WarehouseGone       no connection, or the server is going down: wait, take the batch again
        ├── LedgerHole          a chunk does not begin where the ledger ends
        ├── Unstorable          a row names something that the warehouse has no number for
        ├── Irreversible        a revision of the schema is not undone
        ├── Refused             a declaration, or a step of one, that cannot be
        └── UnknownName         a kind, filter, column or query that does not exist

Driver errors are translated once, at the edge (``Warehouse.batch`` and ``Warehouse.read``), by SQLSTATE and never by
text; the driver's own error stays the cause. What each asks of the caller is the class, so that no caller needs to know
SQLAlchemy or psycopg.
"""

from __future__ import annotations

from typing import Final

import psycopg
from sqlalchemy import exc

from huiliu.errors import HuiliuError
from huiliu.language import text


class WarehouseError(HuiliuError):
    """The warehouse did not do what was asked; nothing of the batch was kept."""


class AnotherWriter(WarehouseError):  # noqa: N818 (a state, named as people say it)
    """Another writer was first (unique violation, deadlock, serialization): roll back and take the batch again."""


class ContentRefused(WarehouseError):  # noqa: N818 (a state)
    """PostgreSQL refuses the content of a row: split the batch until the offending record stands alone."""


class WarehouseGone(WarehouseError):  # noqa: N818 (a state)
    """The connection is gone or the server is stopping: wait, then take the batch again."""


class LedgerHole(WarehouseError):  # noqa: N818 (a thing)
    """A chunk does not begin where the ledger ends: the worker stops unless the broker explains the hole."""


class Unstorable(WarehouseError):  # noqa: N818 (a quality)
    """A row names something that the warehouse has no number for (outlet, factor): a rule should have stopped it."""


class Irreversible(WarehouseError):  # noqa: N818 (a quality)
    """Undoing a revision of the schema would lose something or help nobody; the message says how to go back."""

    def __init__(self, revision: str, reason: str) -> None:
        """``reason``: why it is not undone, a text in the reader's language."""
        super().__init__(
            text(
                f"数据库结构版本 {revision} 不可回退：{reason}。如须回到此前版本，请恢复升级前的备份。",
                f"Revision {revision} of the schema is not undone: {reason}."
                " To go back, restore the backup made before the upgrade.",
            )
        )


class Refused(WarehouseError):  # noqa: N818 (a quality)
    """What somebody wants to enter cannot be; the message says why and what to do."""


class UnknownName(WarehouseError):  # noqa: N818 (a state)
    """A kind, filter, column or query that does not exist."""


#: SQLSTATE classes and codes, by what they ask of the caller (PostgreSQL, appendix A).
ANOTHER_WRITER: Final = ("23505", "40001", "40P01", "55P03")
CONTENT_REFUSED: Final = ("22", "23502", "23503", "23514", "54000")
GONE: Final = ("08", "57P01", "57P02", "57P03", "53300")


def sqlstate(error: BaseException) -> str | None:
    """The SQLSTATE of a driver error, also where SQLAlchemy has wrapped it; None when it never reached the server."""
    origin = error.orig if isinstance(error, exc.DBAPIError) else error
    return origin.sqlstate if isinstance(origin, psycopg.Error) else None


def translated(error: exc.SQLAlchemyError | psycopg.Error) -> WarehouseError:
    """The error of ours that a driver error stands for."""
    origin = error.orig if isinstance(error, exc.DBAPIError) else error
    state = sqlstate(error)
    detail = f"{state or type(origin).__name__}: {origin}".strip()
    if state is not None and state.startswith(ANOTHER_WRITER):
        return AnotherWriter(
            text(f"另一进程已先写入，整批回滚后重试（{detail}）", f"Another writer was first ({detail})")
        )
    if state is not None and state.startswith(CONTENT_REFUSED):
        return ContentRefused(text(f"数据库拒收某行内容，请对半拆批定位（{detail}）", f"A row was refused ({detail})"))
    if (state is None and isinstance(origin, psycopg.OperationalError)) or (state or "").startswith(GONE):
        return WarehouseGone(text(f"数据库连接中断（{detail}）", f"The warehouse cannot be reached ({detail})"))
    return WarehouseError(text(f"数据库出错（{detail}）", f"The warehouse failed ({detail})"))
