"""Faust over chunks: one message for all that a fetch gave of the intake topics.

Faust keeps what it is good at: assignment, rebalancing, supervision, acknowledging and committing. What it does once
per message it now does once per fetch (:mod:`streams.fetch`). Three things differ from its Kafka driver
(faust-streaming 0.15.3, aiokafka 0.14):

- a fetch takes from every partition that has something, each up to a quota, so that a flood in one partition does not
  stand before the few records of another;
- no more than ``backlog_rows`` records are out between fetch and commit, so a backlog of any size does not grow memory;
- reading starts where the ledger says, never where Kafka's group offset says: that offset is a hint for display.
"""

from __future__ import annotations

import asyncio
import contextlib
import threading
import weakref
from collections import Counter
from collections.abc import AsyncIterator, Callable, Hashable, Mapping
from typing import Any, Final

import faust
from aiokafka.consumer.fetcher import FetchError, FetchResult
from aiokafka.errors import IllegalStateError
from aiokafka.structs import TopicPartition
from faust.app.base import App
from faust.transport.drivers import aiokafka as driver
from faust.types.tuples import TP, ConsumerMessage

from streams import membership
from streams.fetch import Fetch, Held, Piece, together
from streams.pace import Pace, Rhythm
from streams.places import Places
from streams.records import Records

#: Where reading goes on, by (topic, partition), as the ledger has it; a partition it does not know starts at 0.
LedgerOffsets = Callable[[list[tuple[str, int]]], Mapping[tuple[str, int], int]]


#: Records of a partition that may be held when there is no room.
_FIRST: Final = 200


class Backlog:
    """How many fetched records are still held by anyone; fetching waits while there is no room.

    A chunk gives its room back when it is committed (``release``), and one that never gets there (dropped after a
    rebalance) when its last holder lets go. Waiting for the garbage alone would stand still: Faust and a loop hold on
    to the last events they handed out until the next ones come, which would not come while there is no room.

    A partition of which little is held may always give a few: what one publisher floods takes no room from others.
    """

    def __init__(self, rows: int) -> None:
        self.limit = rows
        self.rows = 0
        self._places: Counter[Hashable] = Counter()
        self._lock = threading.RLock()  # a chunk may be collected in any thread, even while this lock is held

    @property
    def room(self) -> int:
        return max(0, self.limit - self.rows)

    @property
    def busy(self) -> bool:
        """Whether more is held than a steady flow would ever leave: a backlog is being loaded."""
        return 4 * self.rows > self.limit

    def allowance(self, place: Hashable, room: int) -> int:
        """How many records of a partition may be fetched while there is this room."""
        return max(room, _FIRST - self._places[place])

    def hold(self, records: Records, place: Hashable = None) -> Held:
        """The records of a partition, counted until they are let go."""
        held = Held(records)
        self._count(place, len(records))
        held.release = weakref.finalize(held, self._count, place, -len(records))
        return held

    def _count(self, place: Hashable, rows: int) -> None:
        with self._lock:
            self.rows += rows
            self._places[place] += rows


def _as_parsed(partition: TopicPartition, record: Any) -> Any:
    return record


class ChunkThread(driver.AIOKafkaConsumerThread):  # type: ignore[misc]  # Faust is not typed
    """Fetches from all partitions in turn."""

    _led: Any = None  #: the fetcher that asks at our pace

    def _create_worker_consumer(self, transport: driver.Transport) -> Any:
        consumer = super()._create_worker_consumer(transport)
        # Records of aborted transactions were never sent, in the publisher's eyes: they must not be loaded.
        consumer._isolation_level = "read_committed"
        consumer._partition_assignment_strategy = membership.ASSIGNORS
        return consumer

    async def _fetch_records(
        self, consumer: Any, active_partitions: set[TP], timeout: float | None = None, max_records: int | None = None
    ) -> dict[Any, Records]:
        backlog: Backlog = self.app.backlog
        if not self.consumer.flow_active:
            return {}
        fetcher = consumer._fetcher
        if consumer._closed or fetcher._closed:
            raise driver.ConsumerStoppedError
        self._lead(fetcher)
        quota: int = max_records or 1
        with fetcher._subscriptions.fetch_context():
            if not self._fetched(fetcher, active_partitions):
                await self._more(fetcher, timeout or 0.0)
            records: dict[Any, list[Any]] = {}
            left = backlog.room
            for partition in self._fetched(fetcher, active_partitions):
                if records and isinstance(fetcher._records.get(partition), FetchError):
                    break  # an error is raised when nothing that was read gets lost by it: in the next turn
                allowed = min(quota, backlog.allowance(partition, left))
                if allowed <= 0:
                    continue
                self._undressed(fetcher._records.get(partition))
                more = await fetcher.fetched_records([partition], timeout=0, max_records=allowed)
                records.update(more)
                left = max(0, left - sum(map(len, more.values())))
            self._to_the_back(fetcher, records)
        if not (records or backlog.room):
            await asyncio.sleep(0.01)
        fetched = {partition: Records.of(chunk) for partition, chunk in records.items()}
        self.app.places.fetched(fetched)
        return fetched

    def _lead(self, fetcher: Any) -> None:
        """A fetcher is made when its consumer starts, which is Faust's to do: here it is seen first."""
        if self._led is not fetcher:
            Pace(self.app.rhythm, lambda: self.app.backlog.busy).lead(fetcher)
            self._led = fetcher

    @staticmethod
    def _fetched(fetcher: Any, active_partitions: set[TP] | None) -> list[Any]:
        """The partitions of which something is there; what is there of partitions that went elsewhere is dropped."""
        for partition in [tp for tp in fetcher._records if not fetcher._subscriptions.is_assigned(tp)]:
            del fetcher._records[partition]
        return [tp for tp in fetcher._records if not active_partitions or tp in active_partitions]

    @staticmethod
    async def _more(fetcher: Any, timeout: float) -> None:
        """Wait until a partition has something, or the time is over. Raises what the broker refuses."""
        waiter = fetcher._create_fetch_waiter()
        await asyncio.wait([waiter], timeout=timeout)
        if waiter.done():
            waiter.result()
        else:
            waiter.cancel()

    @staticmethod
    def _undressed(fetched: Any) -> None:
        """Records are taken as they were parsed: to make the client's own object of each costs more than reading it."""
        if isinstance(fetched, FetchResult) and fetched.has_more():
            fetched._partition_records._consumer_record = _as_parsed

    @staticmethod
    def _to_the_back(fetcher: Any, records: Mapping[Any, Any]) -> None:
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
        pieces = [
            Piece(partition, self.app.backlog.hold(chunk, partition))
            for partition, chunk in records.items()
            if len(chunk) and (active is None or partition in active or partition in self._buffered_partitions)
        ]
        for fetch in together(pieces):
            if not self.flow_active or self.app.consumer_generation_id != generation:
                break
            yield fetch.carrier.tp, self._message(fetch, generation)

    @staticmethod
    def _message(fetch: Fetch, generation: int) -> ConsumerMessage:
        partition, last = fetch.carrier.tp, fetch.carrier.last
        at = float(fetch.carrier.held.records.timestamps[-1]) / 1000.0
        return ConsumerMessage(
            partition.topic,
            partition.partition,
            last,
            at,
            None,
            (),
            None,
            fetch,
            None,
            0,
            0,
            partition,
            generation_id=generation,
        )

    def done(self, piece: Piece) -> None:
        """The records of this piece are committed, or were never to be loaded: Kafka's offset may pass them."""
        self._acked[piece.tp].append(piece.last)

    async def verify_all_partitions_active(self) -> None:
        """Not here: it looks at every partition by itself, and whether offsets move is watched by the worker."""

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

    async def _seek(self, partition: TP, offset: int) -> None:
        """A partition that went elsewhere while the ledger was asked is no longer ours to seek: its owner does."""
        with contextlib.suppress(IllegalStateError):
            await super()._seek(partition, offset)

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
    """A Faust app whose messages are fetches. What it is annotated with is set before it starts.

    ``on_crash`` is told that the app goes down by a fault: Faust's own stopping can wait for ever for a thread of its
    consumer that the crash has ended already.
    """

    ledger_offsets: LedgerOffsets
    backlog: Backlog
    rhythm: Rhythm  #: how long records gather at the broker before they are asked for
    places: Places
    on_crash: Callable[[BaseException], None] = staticmethod(lambda reason: None)

    def _crash(self, reason: BaseException) -> None:
        if not self._crashed.is_set():
            self.on_crash(reason)
        super()._crash(reason)

    def _new_transport(self) -> ChunkTransport:
        return ChunkTransport(self.conf.broker_consumer, self, loop=self.loop)


class RawChunk(faust.Schema):  # type: ignore[misc]  # Faust is not typed
    """Hands a fetch through untouched: what a record means is decided by the batch, never by the transport."""

    def loads_key(self, app: Any, message: Any, *, loads: Any = None, serializer: Any = None) -> None:
        return None

    def loads_value(self, app: Any, message: Any, *, loads: Any = None, serializer: Any = None) -> Any:
        return message.value
