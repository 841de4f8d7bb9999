"""The agent that takes in: chunks become batches, and batches are prepared and committed one after the other.

While a backlog is loaded a batch is prepared during the commit of the one before: more is loaded in a second. At other
times the next begins when the one before is committed: side by side, both would take longer, and the next would be
chosen before all is there that it could take. Each step has a thread of its own, so that the event loop goes on
answering the broker. A chunk is acknowledged only when its batch is committed.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

from streams.batch import Batch
from streams.chunk import Chunk
from streams.fetch import Piece
from streams.gathering import Gathering
from streams.loading import Loader, Place
from streams.stage import Stage
from streams.transport import ChunkApp

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Fetched:
    """A chunk with the event that it came by, to be acknowledged."""

    event: Any
    piece: Piece
    chunk: Chunk

    @classmethod
    def all(cls, event: Any) -> Iterator[Fetched]:
        """The chunks that came by this event, whose value is a fetch."""
        for piece in event.value.pieces:
            yield cls(event, piece, Chunk(piece.tp.topic, piece.tp.partition, piece.held.records))

    @property
    def place(self) -> tuple[str, int]:
        return self.chunk.place

    @property
    def kind(self) -> str:
        return self.chunk.kind

    @property
    def publisher(self) -> str:
        return self.chunk.publisher

    @property
    def rows(self) -> int:
        return len(self.chunk.records)


class Intake:
    """Carries chunks from the stream to the loader: at most one batch is prepared and one committed at a time."""

    def __init__(
        self, app: ChunkApp, loader: Loader, linger: float, rows: int, committed: Callable[[], None] = lambda: None
    ) -> None:
        """``linger`` and ``rows`` bound a batch, ``committed`` is called after each commit."""
        self._app, self._loader = app, loader
        self._gathering = Gathering[Fetched](linger, rows)
        self._committed = committed
        self._preparing = ThreadPoolExecutor(1, "prepare")
        self._loading = ThreadPoolExecutor(1, "load")
        self._committing: asyncio.Task[None] | None = None
        self.fault: BaseException | None = None

    async def run(self, stream: Any) -> None:
        """Consume the stream for ever. A fault stops the worker: everything not yet committed comes again."""
        stream.enable_acks = False  # a chunk is acknowledged when it is committed
        loading = asyncio.create_task(self._load(stream))
        try:
            async for _ in stream:
                for fetched in Fetched.all(stream.current_event):
                    if self._loader.takes(fetched.chunk):
                        self._gathering.add(fetched)
                    else:
                        await self._let_go(stream, fetched)
        finally:
            loading.cancel()

    async def _load(self, stream: Any) -> None:
        try:
            while self.fault is None:
                if not self._app.backlog.busy:
                    await self._committed_before()
                await self._take(stream, await self._gathering.batch())
        except Exception as fault:
            await self._stop(fault)

    async def _take(self, stream: Any, taken: Sequence[Fetched]) -> None:
        loop = asyncio.get_running_loop()
        with Stage("take", sum(one.rows for one in taken)):
            batch = Batch.of(one.chunk for one in taken)
        started = time.monotonic()
        prepared = await loop.run_in_executor(self._preparing, self._loader.prepare, batch)
        preparing = time.monotonic() - started
        await self._committed_before()
        if self.fault is not None:
            return  # the app is ending: nothing may be committed past the batch that failed
        loading = loop.run_in_executor(self._loading, self._loader.load, batch, prepared)
        self._committing = asyncio.create_task(self._commit(stream, taken, loading, preparing))

    async def _committed_before(self) -> None:
        """The batch before is committed, or has failed."""
        if self._committing is not None:
            await asyncio.wait([self._committing])

    async def _commit(
        self, stream: Any, taken: Sequence[Fetched], loading: asyncio.Future[Any], preparing: float
    ) -> None:
        started = time.monotonic()
        try:
            lost_places = await loading
            self._took(taken, preparing, time.monotonic() - started)
            self._committed()
            for one in taken:
                await self._let_go(stream, one)
            self._app.places.loaded(_ends(taken, lost_places))
            for topic, partition, offset in lost_places:
                await self._app.consumer.seek(self._app.consumer._new_topicpartition(topic, partition), offset)
            self._loader.drill.reached("acked")
        except Exception as fault:
            await self._stop(fault)

    def _took(self, taken: Sequence[Fetched], preparing: float, loading: float) -> None:
        """What the two stages took for a batch, in seconds."""
        kinds, rows = len({one.kind for one in taken}), sum(one.rows for one in taken)
        self._gathering.cost(kinds, rows, preparing + loading)
        self._gathering.pace(rows, max(preparing, loading))
        self._app.rhythm.took(max(preparing, loading))

    async def _let_go(self, stream: Any, fetched: Fetched) -> None:
        """Acknowledge a chunk and give its room back; with the last chunk of a fetch Faust's message is done with."""
        self._app.consumer.done(fetched.piece)
        fetched.piece.held.release()
        if fetched.event.value.let_go():
            await stream.ack(fetched.event)

    async def _stop(self, fault: BaseException) -> None:
        logger.critical("The worker stops; everything not yet committed comes again: %s", fault, exc_info=fault)
        self.fault = fault
        await self._app.crash(fault)


def _ends(taken: Sequence[Fetched], lost_places: Sequence[Place]) -> dict[tuple[str, int], int]:
    """Where the ledger goes on after these chunks, without the places that have to be read again."""
    lost = {place[:2] for place in lost_places}
    ends = {one.place: one.piece.last + 1 for one in taken}
    return {place: offset for place, offset in ends.items() if place not in lost}
