"""The warehouse: connections, transactions and its schema.

``batch()`` is one transaction: everything of a batch of events is written in it, or nothing. Driver errors become the
package's own here (``sinks.errors``), so that streams decide by class what to do. Durability is PostgreSQL's default:
``synchronous_commit`` and ``fsync`` are never touched.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Final

import psycopg
from sqlalchemy import Connection as Connection
from sqlalchemy import create_engine, exc, make_url, text

from sinks import reference
from sinks.errors import translated
from sinks.planner import remember_tables

#: Times are compared as UTC; compiling a plan to machine code takes longer than any statement here runs.
SESSION: Final = "set local timezone = 'UTC'; set local jit = off"

#: How long one statement of a reader may run, ms.
AUDIT_MS: Final = 60_000


class Warehouse:
    """The reporting warehouse behind a PostgreSQL URL (``postgresql://`` or ``postgresql+psycopg://``)."""

    def __init__(self, url: str) -> None:
        """Nothing is connected yet; a socket URL carries its folder as ``?host=``."""
        self.url = url
        self.engine = create_engine(make_url(url).set(drivername="postgresql+psycopg"), pool_pre_ping=True)
        remember_tables(self.engine)

    def migrate(self) -> None:
        """Bring the schema to the newest version and the reference tables to the shipped code lists; repeatable."""
        from sinks import migrations  # Alembic takes a tenth of a second that no reader should wait for

        with self._transaction() as connection:
            migrations.upgrade(connection)
            reference.sync(connection)

    def batch(self) -> AbstractContextManager[Connection]:
        """One transaction for writing; commits when the block ends well, else rolls back. Raises WarehouseError."""
        return self._transaction()

    def read(self) -> AbstractContextManager[Connection]:
        """One read-only transaction that sees one state of the warehouse throughout."""
        return self._transaction("set transaction isolation level repeatable read read only; ")

    @contextmanager
    def audit(self, division: str) -> Iterator[Connection]:
        """As ``read``, but with a reader's rights: only rows of this division, and no statement beyond a minute.

        For statements of ours. An auditor's own SQL needs a login of its own (member of huiliu_reader): whoever may
        write any statement may also change these settings.
        """
        with self.read() as connection:
            connection.execute(text("select set_config('huiliu.division', :division, true)"), {"division": division})
            connection.exec_driver_sql(f"set local statement_timeout = {AUDIT_MS}; set local role huiliu_reader")
            yield connection

    def close(self) -> None:
        """Close all connections."""
        self.engine.dispose()

    @contextmanager
    def _transaction(self, first: str = "") -> Iterator[Connection]:
        try:
            with self.engine.begin() as connection:
                connection.exec_driver_sql(first + SESSION)
                yield connection
        except (exc.DBAPIError, psycopg.Error) as error:
            raise translated(error) from error
