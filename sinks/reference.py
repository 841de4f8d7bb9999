"""Reference tables that ship with the program and are brought up to date by ``Warehouse.migrate``."""

from __future__ import annotations

from functools import cache

from sqlalchemy import Connection
from sqlalchemy.dialects.postgresql import insert

from schemas.contract import codes
from sinks.tables.dimension import POLLUTANT


@cache
def pollutant_ids() -> dict[str, int]:
    """The permanent number of each monitored factor, by its code (HJ 212-2017 appendix B)."""
    return {entry.code: int(entry.extra["id"]) for entry in codes("pollutant")}


def sync(connection: Connection) -> None:
    """Write the shipped list of factors; a number once given keeps its code, a name may change."""
    rows = [{"id": int(e.extra["id"]), "code": e.code, "zh": e.zh, "en": e.en} for e in codes("pollutant")]
    statement = insert(POLLUTANT)
    changed = {"zh": statement.excluded.zh, "en": statement.excluded.en}
    connection.execute(statement.on_conflict_do_update(index_elements=["code"], set_=changed), rows)
