"""Desks: processes that are given one job at a time, are watched meanwhile, and are replaced when one is ended.

A desk is opened when there is work for it and closed when there was none for a while. What goes over the pipes is JSON
behind eight bytes of its length. The database's address goes that way too: in no argument, in no file.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import sys
from collections.abc import Mapping
from typing import Any, Final, Literal

import orjson
import psutil

logger = logging.getLogger(__name__)

#: Bytes of memory that a desk may hold: more than any file within the limits needs, less than a machine has.
MEMORY: Final = 2 << 30

#: Seconds without work after which a desk is closed, and between two looks at its memory.
IDLE: Final = 600.0
_LOOK: Final = 0.2

Reason = Literal["time", "memory", "died"]


class DeskFailure(Exception):  # noqa: N818 (what became of a job)
    """A job that was not done: it took too long, too much memory, or its process ended."""

    def __init__(self, reason: Reason) -> None:
        """``reason``: which of these."""
        self.reason = reason
        super().__init__(reason)


class Desk:
    """One process, which may not be running."""

    def __init__(self, memory: int = MEMORY, idle: float = IDLE) -> None:
        """Nothing is started yet. ``memory`` in bytes, ``idle`` in seconds."""
        self._memory, self._idle = memory, idle
        self._process: asyncio.subprocess.Process | None = None
        self._closing: asyncio.TimerHandle | None = None
        self._ends: set[asyncio.Task[None]] = set()

    async def do(self, job: Mapping[str, Any], seconds: float) -> Any:
        """The job's answer. Raises DeskFailure; RuntimeError for a fault of ours, which the desk's log explains."""
        if self._closing is not None:
            self._closing.cancel()
        process = self._process or await self._open()
        watching = asyncio.create_task(self._watched(process))
        answering = asyncio.create_task(_asked(process, job))
        done: set[asyncio.Task[Any]] = set()
        try:
            done, _ = await asyncio.wait({watching, answering}, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
        finally:
            watching.cancel()
            if answering not in done:  # its answer would be taken for the next job's
                answering.cancel()
                self.close(kill=True)
        if answering not in done:
            raise DeskFailure("memory" if watching in done else "time")
        return self._told(answering)

    def _told(self, answering: asyncio.Task[Any]) -> Any:
        fault = answering.exception()
        if isinstance(fault, asyncio.IncompleteReadError | ConnectionError):
            self.close(kill=True)
            raise DeskFailure("died") from fault
        told = answering.result()
        self._closing = asyncio.get_running_loop().call_later(self._idle, self.close)
        if "fault" in told:
            raise RuntimeError(told["fault"])
        return told

    async def _open(self) -> asyncio.subprocess.Process:
        self._process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "gateways.http.desk.process",
            stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE,
        )  # fmt: skip
        return self._process

    async def _watched(self, process: asyncio.subprocess.Process) -> None:
        """Ends when the process holds more memory than it may."""
        with contextlib.suppress(psutil.Error):  # it has ended: whoever reads from it sees that
            seen = psutil.Process(process.pid)
            while seen.memory_info().rss <= self._memory:
                await asyncio.sleep(_LOOK)
            logger.warning("A desk holds more than %d MB and is ended", self._memory >> 20)
            return
        await asyncio.Event().wait()

    def close(self, *, kill: bool = False) -> None:
        """Let the process end, or make it; the next job opens another."""
        process, self._process = self._process, None
        if process is None:
            return
        if kill:
            with contextlib.suppress(ProcessLookupError):
                process.kill()
        if process.stdin is not None:
            process.stdin.close()
        task = asyncio.create_task(_ended(process))
        self._ends.add(task)
        task.add_done_callback(self._ends.discard)

    async def stop(self) -> None:
        """Close it and wait for the end."""
        if self._closing is not None:
            self._closing.cancel()
        self.close(kill=True)
        if self._ends:
            await asyncio.wait(self._ends)


class Desks:
    """Several desks: whoever waits is served in turn, and the desk that worked last, warm as it is, works next."""

    def __init__(self, count: int, memory: int = MEMORY) -> None:
        """``count``: jobs at once."""
        self._all = [Desk(memory) for _ in range(count)]
        self._free = list(self._all)
        self._places = asyncio.Semaphore(count)

    async def do(self, job: Mapping[str, Any], seconds: float) -> Any:
        """See Desk.do; ``seconds`` of work, waiting for a desk not counted."""
        async with self._places:
            desk = self._free.pop()
            try:
                return await desk.do(job, seconds)
            finally:
                self._free.append(desk)

    async def stop(self) -> None:
        """Close all."""
        for desk in self._all:
            await desk.stop()


async def _asked(process: asyncio.subprocess.Process, job: Mapping[str, Any]) -> Any:
    if process.stdin is None or process.stdout is None:
        raise ConnectionError("no pipes")
    told = orjson.dumps(job)
    process.stdin.write(len(told).to_bytes(8) + told)
    await process.stdin.drain()
    length = int.from_bytes(await process.stdout.readexactly(8))
    return orjson.loads(await process.stdout.readexactly(length))


async def _ended(process: asyncio.subprocess.Process) -> None:
    """Wait for the end of a process whose pipe is closed; one that does not hear of it is killed."""
    try:
        async with asyncio.timeout(10):
            await process.communicate()  # to the end of its pipe: only then all of it is closed
    except TimeoutError:
        with contextlib.suppress(ProcessLookupError):
            process.kill()
        await process.communicate()
