"""Which keys have signed receipts: for whoever checks some, and for the page that publishes them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, null, select, text
from sqlalchemy.dialects.postgresql import insert

from schemas.receipt import signature_by
from sinks.queries import query
from sinks.tables.receipt_key import RECEIPT_KEY


def used(connection: Connection, key: str, public: str, word: Mapping[str, str] | None) -> None:
    """A key signs receipts from now on; known already does no harm. ``word``: of the key whose place it takes."""
    row = {"id": key, "public_key": public, "succeeds": (word or {}).get("key"), "word": dict(word) if word else null()}
    fresh = insert(RECEIPT_KEY).values(row)
    lacking = RECEIPT_KEY.c.word.is_(None) & fresh.excluded.word.is_not(None)
    told = {"word": fresh.excluded.word}
    connection.execute(fresh.on_conflict_do_update(index_elements=["id"], set_=told, where=lacking))


def listed(connection: Connection) -> list[dict[str, Any]]:
    """All keys, the oldest first: id, public_key (hexadecimal), succeeds (an id or None), first_used_at."""
    columns = (RECEIPT_KEY.c.id, RECEIPT_KEY.c.public_key, RECEIPT_KEY.c.succeeds, RECEIPT_KEY.c.first_used_at)
    order = (RECEIPT_KEY.c.first_used_at, RECEIPT_KEY.c.id)
    return [dict(row) for row in connection.execute(select(*columns).order_by(*order)).mappings()]


def signed(connection: Connection, entries: Sequence[Mapping[str, Any]]) -> None:
    """Keep the signatures of receipts that were told: ledger entries with ``signature``; told again does no harm."""
    if not entries:
        return
    kept = {
        "intakes": [entry["intake"] for entry in entries],
        "firsts": [entry["first_offset"] for entry in entries],
        "keys": [entry["signature"]["key"] for entry in entries],
        "values": [bytes.fromhex(entry["signature"]["value"]) for entry in entries],
    }
    connection.execute(text(query("receipts", "keep_signatures")), kept)


def signature(row: Mapping[str, Any]) -> dict[str, Any] | None:
    """What a receipt carries under ``signature``, from a row of the queries for receipts; None where it has none."""
    if row["signature_value"] is None:
        return None
    value = bytes(row["signature_value"]).hex()
    return signature_by(row["signature_key"], row["signature_public"], value, row["signature_word"])
