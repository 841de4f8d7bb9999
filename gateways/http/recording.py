"""Writing submissions: whatever waits goes into one transaction, so that many small requests cost one commit."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from gateways.http import problems
from sinks import submissions
from sinks.errors import WarehouseError
from sinks.submissions import Submission
from sinks.warehouse import Connection, Warehouse

Step = Callable[[Connection, Submission], Submission]

#: Most submissions in one transaction.
_MOST: Final = 500


def _add(connection: Connection, done: Submission) -> Submission:
    submissions.add(connection, [done])
    return done


@dataclass(eq=False)
class _Wish:
    step: Step
    submission: Submission
    told: asyncio.Future[Submission]


class Recorder:
    """Keeps submissions in the warehouse, in the order in which they are given."""

    def __init__(self, warehouse: Warehouse) -> None:
        """Nothing is done before :meth:`start`."""
        self._warehouse = warehouse
        self._waiting: list[_Wish] = []
        self._some = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin to write."""
        self._task = asyncio.create_task(self._run())

    async def stop(self) -> None:
        """End; whoever still waits is told that it was not done."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.wait([self._task])
        for wish in self._waiting:
            _tell(wish, asyncio.CancelledError())

    async def add(self, done: Submission) -> Submission:
        """See :func:`sinks.submissions.add`. Raises Problem 503."""
        return await self._do(_add, done)

    async def remember(self, intended: Submission) -> Submission:
        """See :func:`sinks.submissions.remember`. Raises Problem 503."""
        return await self._do(submissions.remember, intended)

    async def settle(self, sent: Submission) -> Submission:
        """See :func:`sinks.submissions.settle`. Raises Problem 503."""
        return await self._do(submissions.settle, sent)

    async def _do(self, step: Step, submission: Submission) -> Submission:
        wish = _Wish(step, submission, asyncio.get_running_loop().create_future())
        self._waiting.append(wish)
        self._some.set()
        try:
            return await wish.told
        except WarehouseError as fault:
            raise problems.warehouse_away() from fault

    async def _run(self) -> None:
        while True:
            await self._some.wait()
            wishes, self._waiting = self._waiting[:_MOST], self._waiting[_MOST:]
            if not self._waiting:
                self._some.clear()
            if wishes:
                await self._granted(wishes)

    async def _granted(self, wishes: list[_Wish]) -> None:
        """Do them in one transaction; where that fails, one by one, so that none fails for another."""
        try:
            for wish, result in zip(wishes, await asyncio.to_thread(self._write, wishes), strict=True):
                _tell(wish, result)
        except Exception as fault:  # told to whoever waits
            if len(wishes) == 1:
                _tell(wishes[0], fault)
                return
            for wish in wishes:
                await self._granted([wish])

    def _write(self, wishes: list[_Wish]) -> list[Submission]:
        with self._warehouse.batch() as connection:
            added = [wish.submission for wish in wishes if wish.step is _add]
            submissions.add(connection, added)
            return [w.submission if w.step is _add else w.step(connection, w.submission) for w in wishes]


def _tell(wish: _Wish, result: Any) -> None:
    if wish.told.done():  # whoever waited has gone
        return
    if isinstance(result, BaseException):
        wish.told.set_exception(result)
    else:
        wish.told.set_result(result)
