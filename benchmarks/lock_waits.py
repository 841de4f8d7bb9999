"""How often sessions were seen waiting for a lock of another, and for what: fifty looks a second."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import psycopg

_EVERY = 0.02

_WAITING = """
select case when query like '%%rollup_%%' then 'rollups' when query like '%%intake%%' then 'ledger' else 'other' end,
       left(regexp_replace(query, '\\s+', ' ', 'g'), 100)
from pg_stat_activity
where datname = current_database() and backend_type = 'client backend' and wait_event_type = 'Lock'
"""


@dataclass
class LockWaits:
    """``seen`` counts the sessions found waiting, by what they waited with; ``looks`` how often it was looked."""

    looks: int = 0
    seen: Counter[str] = field(default_factory=Counter)
    statements: Counter[str] = field(default_factory=Counter)


@contextmanager
def lock_waits(database: str) -> Iterator[LockWaits]:
    """Look until the block ends."""
    found, stop = LockWaits(), threading.Event()

    def look() -> None:
        with psycopg.connect(database, autocommit=True) as connection:
            while not stop.wait(_EVERY):
                found.looks += 1
                for what, statement in connection.execute(_WAITING).fetchall():
                    found.seen[what] += 1
                    found.statements[statement] += 1

    thread = threading.Thread(target=look, name="lock waits")
    thread.start()
    try:
        yield found
    finally:
        stop.set()
        thread.join()
