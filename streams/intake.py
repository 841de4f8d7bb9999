"""The agent that takes in: chunks become batches, one batch is prepared while the one before is committed.

Order is kept without a lock: batches are prepared one after the other and committed one after the other, each in a
thread of its own so that the event loop goes on answering the broker. A chunk is acknowledged only when its batch is
committed.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Final

from streams.batch import Batch
from streams.chunk import Chunk
from streams.loading import Loader, Place
from streams.stage import Stage
from streams.transport import ChunkApp

logger = logging.getLogger(__name__)

#: Chunks in one batch at the most; the rows are bounded by the transport's backlog.
_CHUNKS: Final = 512

#: A batch smaller than this is a trickle: then the linger grows, so that judging seven kinds for a handful of events
#: takes no more than a fifth of a core. Great Expectations costs the same for ten rows as for a thousand.
_TRICKLE_ROWS: Final = 2_000
_TRICKLE_SHARE: Final = 0.2
_LONGEST_LINGER: Final = 1.0  # seconds


class Intake:
    """Carries chunks from the stream to the loader, two batches at a time: one being prepared, one being committed."""

    def __init__(
        self, app: ChunkApp, loader: Loader, linger: float, committed: Callable[[], None] = lambda: None
    ) -> None:
        """``committed`` is called after each commit."""
        self._app, self._loader, self._linger = app, loader, linger
        self._committed = committed
        self._preparing = ThreadPoolExecutor(1, "prepare")
        self._loading = ThreadPoolExecutor(1, "load")
        self._committing: asyncio.Task[None] | None = None
        self.fault: BaseException | None = None

    async def run(self, stream: Any) -> None:
        """Consume the stream for ever. A fault stops the worker: everything not yet committed comes again."""
        try:
            async for events in stream.noack_take(_CHUNKS, within=self._linger):
                started = time.monotonic()
                rows = await self._take(stream, list(events))
                await asyncio.sleep(self._rest(rows, time.monotonic() - started))
        except Exception as fault:
            await self._stop(fault)

    async def _take(self, stream: Any, events: Sequence[Any]) -> int:
        loop = asyncio.get_running_loop()
        chunks = [Chunk(event.message.topic, event.message.partition, event.value.records) for event in events]
        taken = [chunk for chunk in chunks if self._loader.takes(chunk)]
        with Stage("take", sum(len(chunk.records) for chunk in taken)):
            batch = Batch.of(taken)
        prepared = await loop.run_in_executor(self._preparing, self._loader.prepare, batch)
        if self._committing is not None:
            await self._committing
        if self.fault is not None:
            return 0  # the app is ending: nothing may be committed past the batch that failed
        loading = loop.run_in_executor(self._loading, self._loader.load, batch, prepared)
        self._committing = asyncio.create_task(self._commit(stream, events, loading))
        return batch.size

    async def _commit(self, stream: Any, events: Sequence[Any], loading: asyncio.Future[Any]) -> None:
        try:
            lost_places = await loading
            self._committed()
            for event in events:
                await stream.ack(event)
                event.value.release()
            self._app.places.loaded(_ends(events, lost_places))
            for topic, partition, offset in lost_places:
                await self._app.consumer.seek(self._app.consumer._new_topicpartition(topic, partition), offset)
            self._loader.drill.reached("acked")
        except Exception as fault:
            await self._stop(fault)

    def _rest(self, rows: int, took: float) -> float:
        """Seconds to let more events gather, beyond the stream's own linger."""
        if rows >= _TRICKLE_ROWS:
            return 0.0
        return max(0.0, min(took / _TRICKLE_SHARE, _LONGEST_LINGER) - took - self._linger)

    async def _stop(self, fault: BaseException) -> None:
        logger.critical("The worker stops; everything not yet committed comes again: %s", fault, exc_info=fault)
        self.fault = fault
        await self._app.crash(fault)


def _ends(events: Sequence[Any], lost_places: Sequence[Place]) -> dict[tuple[str, int], int]:
    """Where the ledger goes on after these events, without the places that have to be read again."""
    lost = {place[:2] for place in lost_places}
    ends = {(event.message.topic, event.message.partition): event.message.offset + 1 for event in events}
    return {place: offset for place, offset in ends.items() if place not in lost}
