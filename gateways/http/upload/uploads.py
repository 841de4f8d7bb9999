"""What all uploads share: desks, room on the disk, and how many of one publisher, and of all, are under way."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import Any, Final

from gateways.http import problems
from gateways.http.desk.desk import DeskFailure, Desks
from gateways.http.limits import Flight
from gateways.http.problem import Problem, Words
from gateways.http.upload import file_problems
from gateways.http.upload.room import Room

#: Uploads under way: of one publisher, and of all. Of one publisher one at a time is worked on.
OF_ONE: Final = 4
OF_ALL: Final = 64

#: Files read, and reports written, at once; verdicts given at once.
_READING: Final = 2
_JUDGING: Final = 2

#: Seconds of work on a file, and on the events of a request.
FILE_SECONDS: Final = 180.0
EVENTS_SECONDS: Final = 60.0


class Uploads:
    """Shared by all requests."""

    def __init__(self, database: str, file_bytes: int, file_rows: int, disk_bytes: int) -> None:
        """``database``: its URL; ``disk_bytes``: of all files under way together."""
        self.database, self.file_bytes, self.file_rows = database, file_bytes, file_rows
        self.disk = Flight(disk_bytes, file_problems.uploads_busy)
        self.reading, self.judging = Desks(_READING), Desks(_JUDGING)
        self.room = Room()
        self._under_way: Counter[str] = Counter()
        self._turns: dict[str, asyncio.Lock] = {}

    @contextmanager
    def corner(self, publisher: str) -> Iterator[Path]:
        """A folder for one request of a publisher. Raises Problem 429, 503."""
        if self._under_way[publisher] >= OF_ONE:
            raise file_problems.uploads_under_way(OF_ONE)
        if self._under_way.total() >= OF_ALL:
            raise file_problems.uploads_busy()
        self._under_way[publisher] += 1
        try:
            with self.room.corner() as corner:
                yield corner
        finally:
            self._under_way[publisher] -= 1
            self._under_way += Counter()  # drops those that have none
            if publisher not in self._under_way:
                self._turns.pop(publisher, None)

    @asynccontextmanager
    async def turn(self, publisher: str) -> AsyncIterator[None]:
        """One file of a publisher after the other: however many it sends, a desk is left for others."""
        async with self._turns.setdefault(publisher, asyncio.Lock()):
            yield

    async def stop(self) -> None:
        """Nothing is left running or lying about."""
        await self.reading.stop()
        await self.judging.stop()
        self.room.close()


async def at_a_desk(desks: Desks, job: dict[str, Any]) -> Any:
    """A job on a file. Raises Problem 422: the file cannot be taken, in both languages, or asks for too much."""
    try:
        answer = await desks.do({**job, "language": "zh"}, FILE_SECONDS)
        if "refused" not in answer:
            return answer["told"]
        english = await desks.do({**job, "language": "en"}, FILE_SECONDS)
    except DeskFailure as failed:
        raise file_problems.file_too_demanding(failed.reason) from failed
    raise file_problems.file_refused(Words(answer["refused"], english.get("refused", answer["refused"])))


async def verdicts_of(desks: Desks, job: dict[str, Any]) -> Any:
    """Verdicts on events. Raises Problem 503."""
    try:
        return (await desks.do(job, EVENTS_SECONDS))["told"]
    except DeskFailure as failed:
        raise _not_judged() from failed


def _not_judged() -> Problem:
    return problems.busy()
