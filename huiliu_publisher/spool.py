"""The spool: records kept on this machine's disk until the broker has confirmed them, in the order they were given.

SQLite with ``synchronous=FULL``: what ``put`` has returned for survives SIGKILL and the loss of power. A record leaves
only after its place in Kafka is written down. A record may be sent twice (killed between the broker's word and ours);
the hub counts the second as a duplicate.
"""

from __future__ import annotations

import json
import sqlite3
import threading
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Final, NamedTuple

from huiliu.clock import now_ms
from huiliu.language import text
from huiliu_publisher.errors import SpoolFull

_TABLE: Final = """
create table if not exists record (
    id integer primary key autoincrement, topic text not null, key blob not null, value blob not null,
    put_at integer not null, partition integer, "offset" integer
);
create index if not exists waiting on record (id) where partition is null;
"""


class Record(NamedTuple):
    """A record as it goes to Kafka."""

    topic: str
    key: bytes
    value: bytes


class Waiting(NamedTuple):
    """A record that the broker has not confirmed."""

    id: int
    topic: str
    key: bytes
    value: bytes


class Spool:
    """Records on disk. ``most_bytes``: of values that wait; ``keep``: how many confirmed places are remembered."""

    def __init__(self, path: Path, most_bytes: int = 1 << 30, keep: int = 1_000_000) -> None:
        """The file is made, readable by its owner alone, if it is not there."""
        path.touch(mode=0o600, exist_ok=True)
        self._most, self._keep, self._lock = most_bytes, keep, threading.Lock()
        self._database = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
        self._database.execute("pragma journal_mode=wal")
        self._database.execute("pragma synchronous=full")
        self._database.executescript(_TABLE)

    def put(self, records: Sequence[Record]) -> list[int]:
        """Keep records, all or none; their numbers. On the disk when this returns. Raises SpoolFull."""
        size, waiting = sum(len(one.value) for one in records), self.bytes_waiting()
        if size + waiting > self._most:
            raise SpoolFull(
                text(
                    f"暂存区已有 {waiting} 字节待发，上限 {self._most}，本批未保存。请恢复与 Kafka 的连接后再发。",
                    f"{waiting} bytes wait in the spool, at most {self._most}: this call was not kept. "
                    "Restore the connection to Kafka, then send again.",
                )
            )
        now = now_ms()
        with self._lock, self._transaction():
            row = "insert into record (topic, key, value, put_at) values (?, ?, ?, ?)"
            return [int(self._database.execute(row, (*one, now)).lastrowid or 0) for one in records]

    def waiting(self, limit: int = 1_000, without: Iterable[str] = ()) -> list[Waiting]:
        """The oldest records that are not confirmed, in order; ``without`` those for some topics."""
        chosen = (
            "select id, topic, key, value from record where partition is null"
            " and topic not in (select value from json_each(?)) order by id limit ?"
        )
        with self._lock:
            return [Waiting(*row) for row in self._database.execute(chosen, (json.dumps([*without]), limit))]

    def confirmed(self, places: Mapping[int, tuple[int, int]]) -> None:
        """Write down where records lie in Kafka; their bytes are let go."""
        with self._lock, self._transaction():
            self._database.executemany(
                """update record set partition = ?, "offset" = ?, value = x'' where id = ?""",
                [(*place, number) for number, place in places.items()],
            )
            self._database.execute(
                "delete from record where partition is not null and id <= (select max(id) from record) - ?",
                (self._keep,),
            )

    def places(self, numbers: Sequence[int]) -> dict[int, tuple[int, int]]:
        """Partition and offset of those that are confirmed."""
        chosen = """select partition, "offset" from record where id = ? and partition is not null"""
        with self._lock:
            found = {number: self._database.execute(chosen, (number,)).fetchone() for number in numbers}
        return {number: (row[0], row[1]) for number, row in found.items() if row is not None}

    def bytes_waiting(self) -> int:
        """Bytes of the values that wait."""
        chosen = "select coalesce(sum(length(value)), 0) from record where partition is null"
        with self._lock:
            return int(self._database.execute(chosen).fetchone()[0])

    def close(self) -> None:
        """Close the file; what waits stays in it."""
        self._database.close()

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        self._database.execute("begin immediate")
        try:
            yield
        except BaseException:
            self._database.execute("rollback")
            raise
        self._database.execute("commit")
