"""Which keys have signed receipts: for whoever checks some, and for the page that publishes them."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, select
from sqlalchemy.dialects.postgresql import insert

from sinks.tables.receipt_key import RECEIPT_KEY


def used(connection: Connection, key: str, public: str, succeeds: str | None) -> None:
    """A key signs receipts from now on; known already does no harm."""
    row = {"id": key, "public_key": public, "succeeds": succeeds}
    connection.execute(insert(RECEIPT_KEY).values(row).on_conflict_do_nothing())


def listed(connection: Connection) -> list[dict[str, Any]]:
    """All keys, the oldest first: id, public_key (hexadecimal), succeeds (an id or None), first_used_at."""
    order = (RECEIPT_KEY.c.first_used_at, RECEIPT_KEY.c.id)
    return [dict(row) for row in connection.execute(select(RECEIPT_KEY).order_by(*order)).mappings()]
