"""Faust over chunks: one message for the consecutive records that one fetch gave of one partition.

Faust keeps what it is good at: assignment, rebalancing, supervision, acknowledging and committing. What it does once
per message it now does once per chunk. Three things differ from its Kafka driver (faust-streaming 0.15.3, aiokafka
0.14):

- a fetch takes from every partition that has something, each up to a quota, so that a flood in one partition does not
  stand before the few records of another;
- no more than ``backlog_rows`` records are out between fetch and commit, so a backlog of any size does not grow memory;
- reading starts where the ledger says, never where Kafka's group offset says: that offset is a hint for display.
"""

from __future__ import annotations

import asyncio
import threading
import weakref
from collections.abc import AsyncIterator, Callable, Mapping
from typing import Any

import faust
from aiokafka.structs import TopicPartition
from faust.app.base import App
from faust.transport.drivers import aiokafka as driver
from faust.types.tuples import TP, ConsumerMessage

from streams import membership
from streams.places import Places

#: Where reading goes on, by (topic, partition), as the ledger has it; a partition it does not know starts at 0.
LedgerOffsets = Callable[[list[tuple[str, int]]], Mapping[tuple[str, int], int]]


class Records(list[Any]):
    """The raw records of one chunk. ``release`` gives their room back, once, however often it is called."""

    __slots__ = ("__weakref__", "release")

    release: Callable[[], object]


class Backlog:
    """How many fetched records are still held by anyone; fetching waits while there is no room.

    A chunk gives its room back when it is committed (``release``), and one that never gets there (dropped after a
    rebalance) when its last holder lets go. Waiting for the garbage alone would stand still: Faust and a loop hold on
    to the last events they handed out until the next ones come, which would not come while there is no room.
    """

    def __init__(self, rows: int) -> None:
        self.limit = rows
        self.rows = 0
        self._lock = threading.RLock()  # a chunk may be collected in any thread, even while this lock is held

    @property
    def room(self) -> int:
        return max(0, self.limit - self.rows)

    def hold(self, chunk: list[Any]) -> Records:
        """The chunk, counted until it is let go."""
        records = Records(chunk)
        self._count(len(records))
        records.release = weakref.finalize(records, self._count, -len(records))
        return records

    def _count(self, rows: int) -> None:
        with self._lock:
            self.rows += rows


class ChunkThread(driver.AIOKafkaConsumerThread):  # type: ignore[misc]  # Faust is not typed
    """Fetches from all partitions in turn."""

    def _create_worker_consumer(self, transport: driver.Transport) -> Any:
        consumer = super()._create_worker_consumer(transport)
        # Records of aborted transactions were never sent, in the publisher's eyes: they must not be loaded.
        consumer._isolation_level = "read_committed"
        consumer._partition_assignment_strategy = membership.ASSIGNORS
        return consumer

    async def _fetch_records(
        self, consumer: Any, active_partitions: set[TP], timeout: float | None = None, max_records: int | None = None
    ) -> dict[Any, list[Any]]:
        backlog: Backlog = self.app.backlog
        if not self.consumer.flow_active:
            return {}
        if not backlog.room:
            await asyncio.sleep(0.01)
            return {}
        fetcher = consumer._fetcher
        if consumer._closed or fetcher._closed:
            raise driver.ConsumerStoppedError
        quota: int = max_records or 1
        with fetcher._subscriptions.fetch_context():
            records: dict[Any, list[Any]] = await fetcher.fetched_records(
                active_partitions, timeout=timeout, max_records=quota
            )
            left = backlog.room - sum(map(len, records.values()))
            for partition in [tp for tp in fetcher._records if tp not in records]:
                if left <= 0:
                    break
                more = await fetcher.fetched_records([partition], timeout=0, max_records=min(quota, left))
                records.update(more)
                left -= sum(map(len, more.values()))
            self._to_the_back(fetcher, records)
        return records

    @staticmethod
    def _to_the_back(fetcher: Any, records: Mapping[Any, list[Any]]) -> None:
        """Partitions that had their turn come last in the next one."""
        for partition in records:
            rest = fetcher._records.pop(partition, None)
            if rest is not None:
                fetcher._records[partition] = rest


class ChunkConsumer(driver.Consumer):  # type: ignore[misc]  # Faust is not typed
    """Yields chunks, keeps their acknowledgements in order, and starts where the ledger says."""

    def _new_consumer_thread(self) -> ChunkThread:
        return ChunkThread(self, loop=self.loop, beacon=self.beacon)

    async def getmany(self, timeout: float) -> AsyncIterator[tuple[TP, ConsumerMessage]]:
        records, active = await self._wait_next_records(timeout)
        generation = self.app.consumer_generation_id
        if records is None or self.should_stop:
            return
        if not self.flow_active:
            await self.perform_seek()
            return
        for partition, chunk in records.items():
            if not self.flow_active or self.app.consumer_generation_id != generation:
                break
            if chunk and (active is None or partition in active or partition in self._buffered_partitions):
                yield partition, self._chunk_message(partition, self.app.backlog.hold(chunk), generation)

    @staticmethod
    def _chunk_message(partition: TP, chunk: Records, generation: int) -> ConsumerMessage:
        last = chunk[-1]
        return ConsumerMessage(
            partition.topic,
            partition.partition,
            last.offset,
            (last.timestamp or 0) / 1000.0,
            last.timestamp_type,
            (),
            None,
            chunk,
            None,
            0,
            0,
            partition,
            generation_id=generation,
        )

    async def seek_to_committed(self) -> Mapping[TP, int]:
        """Go to the ledger's offset of each assigned partition; returns where each one stands."""
        assigned = sorted((tp.topic, tp.partition) for tp in self.assignment())
        if not assigned:
            return {}
        offsets = await asyncio.to_thread(self.app.ledger_offsets, assigned)
        places = {TopicPartition(*tp): offsets.get(tp, 0) for tp in assigned}
        for place, offset in places.items():
            await self._seek(place, offset)
        self.app.places.assigned(places)
        return places

    def _new_offset(self, tp: TP) -> int | None:
        """Chunks are acknowledged in the order they were read: the last one acknowledged is what may be committed."""
        acked = self._acked[tp]
        if not acked:
            return None
        offset: int = max(acked) + 1
        acked.clear()
        self._acked_index[tp].clear()
        return offset

    async def _add_gap(self, tp: TP, offset_from: int, offset_to: int) -> None:
        """Between the last offsets of two chunks there is no gap; the ledger, not Faust, watches for holes."""


class ChunkTransport(driver.Transport):  # type: ignore[misc]  # Faust is not typed
    Consumer = ChunkConsumer
    Conductor = membership.WholeConductor


class ChunkApp(App):  # type: ignore[misc]  # Faust is not typed
    """A Faust app whose messages are chunks. ``ledger_offsets``, ``backlog`` and ``places`` are set before it starts.

    ``on_crash`` is told that the app goes down by a fault: Faust's own stopping can wait for ever for a thread of its
    consumer that the crash has ended already.
    """

    ledger_offsets: LedgerOffsets
    backlog: Backlog
    places: Places
    on_crash: Callable[[BaseException], None] = staticmethod(lambda reason: None)

    def _crash(self, reason: BaseException) -> None:
        if not self._crashed.is_set():
            self.on_crash(reason)
        super()._crash(reason)

    def _new_transport(self) -> ChunkTransport:
        return ChunkTransport(self.conf.broker_consumer, self, loop=self.loop)


class RawChunk(faust.Schema):  # type: ignore[misc]  # Faust is not typed
    """Hands a chunk through untouched: what a record means is decided by the batch, never by the transport."""

    def loads_key(self, app: Any, message: Any, *, loads: Any = None, serializer: Any = None) -> None:
        return None

    def loads_value(self, app: Any, message: Any, *, loads: Any = None, serializer: Any = None) -> Any:
        return message.value
