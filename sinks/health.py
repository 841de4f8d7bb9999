"""What doctor asks of the warehouse: the server, the role's rights, the schema's revision."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, text

from sinks.queries import query


@dataclass(frozen=True, slots=True)
class Server:
    """``version`` as PostgreSQL counts (180004); ``careless``: settings of durability that are off; ``bytes``: size."""

    version: int
    encoding: str
    clock: datetime
    careless: tuple[str, ...]
    locks: int
    bytes: int
    role: str


def server(connection: Connection) -> Server:
    """The server as it stands."""
    row = connection.execute(text(query("health", "server"))).one()
    careless = [name for name in ("fsync", "synchronous_commit", "full_page_writes") if getattr(row, name) == "off"]
    return Server(row.version, row.encoding, row.clock, tuple(careless), row.locks, row.bytes, row.role)


def lacking(connection: Connection) -> list[str]:
    """Rights that a worker needs and this role does not have, such as ``reading INSERT``; needs the newest schema."""
    return [f"{row.name} {row.privilege}" for row in connection.execute(text(query("health", "rights")))]


def revisions(connection: Connection) -> tuple[str | None, str | None]:
    """The schema's revision and the newest one."""
    from alembic.migration import MigrationContext
    from alembic.script import ScriptDirectory

    from sinks import migrations as history

    context = MigrationContext.configure(connection)
    script = ScriptDirectory.from_config(history.configuration(connection))
    return context.get_current_revision(), script.get_current_head()
