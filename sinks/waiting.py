"""Readings that came before their registration: they wait in quarantine and are sent again when it arrives.

    worker   reading of an unregistered monitor: quarantined, status ``waiting``, ``awaits`` its MN   (its batch)
    worker   registration of that MN: a row in ``release``                                            (its batch)
    relay    sends the waiting readings to their topics again, in ranges, then marks them ``requeued``
    worker   takes them in like any record; the one that is loaded closes what it cites               (its batch)

No reading is forgotten in between: a batch with readings holds the register shared until it has committed, a batch with
registrations alone (``sinks.register``), so whoever writes the row in ``release`` sees every reading that was judged
without the registration. A relay that dies after sending sends them again: duplicates, which the hub knows.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, text

from sinks.queries import query


def call(connection: Connection) -> None:
    """Readings that wait for the outlets being registered (``incoming_outlet`` of ``register.change``) may go."""
    connection.exec_driver_sql(query("waiting", "call"))


def claim(connection: Connection, monitors: int, without: Sequence[str] = ()) -> list[str]:
    """Some registered monitors (MN) with waiting readings; nobody else gets them until this transaction ends."""
    chosen = {"monitors": monitors, "without": list(without)}
    return list(connection.execute(text(query("waiting", "claim")), chosen).scalars())


def letters(connection: Connection, monitors: Sequence[str], limit: int) -> list[dict[str, Any]]:
    """The first readings that wait for these monitors: coordinates, intake, key, value, headers, awaits."""
    chosen = {"monitors": list(monitors), "letters": limit}
    found = [dict(row) for row in connection.execute(text(query("waiting", "letters")), chosen).mappings()]
    return sorted(found, key=lambda one: (one["intake"], one["offset"]))


def sent(connection: Connection, told: Sequence[dict[str, Any]], monitors: Sequence[str]) -> None:
    """The broker has these again; monitors of which nothing waits any more are done with."""
    places = {"intakes": [one["intake"] for one in told], "offsets": [one["offset"] for one in told]}
    connection.execute(text(query("waiting", "sent")), places)
    connection.execute(text(query("waiting", "done")), {"monitors": list(monitors)})
