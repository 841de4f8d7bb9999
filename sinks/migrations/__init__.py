"""The schema's history: Alembic revisions in ``versions``, run from here and never by a command line of its own."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final

from alembic import command, op
from alembic.config import Config
from sqlalchemy import Connection, text

from sinks.driver import driver

FOLDER: Final = Path(__file__).parent

#: Names the advisory lock that lets one process migrate while the others wait ("huiliu" in hexadecimal digits).
LOCK: Final = 0x6875696C6975


_PARTITION: Final = re.compile(r"reading_\d{4}_\d{2}")


def ours(_: object, name: str | None, kind: str, *__: object) -> bool:
    """Whether a table is compared with the metadata: partitions are made on demand and belong to no revision."""
    return not (kind == "table" and name is not None and _PARTITION.fullmatch(name))


def configuration(connection: Connection) -> Config:
    """Alembic's configuration for this folder, wherever it is installed, over an open connection."""
    config = Config()
    config.set_main_option("script_location", str(FOLDER).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    return config


def upgrade(connection: Connection) -> None:
    """Run the revisions that are missing, in the connection's transaction; waits for another process that does so."""
    connection.execute(text("select pg_advisory_xact_lock(:lock)"), {"lock": LOCK})
    command.upgrade(configuration(connection), "head")


def run(*scripts: str) -> None:
    """Run files of ``sql/`` in the revision that is being applied."""
    with driver(op.get_bind()).cursor() as cursor:
        for script in scripts:
            cursor.execute((FOLDER / "sql" / f"{script}.sql").read_bytes())
