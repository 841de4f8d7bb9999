"""Records into Kafka: idempotent, confirmed by all replicas, in the order given for each key.

What all connections hand over meets here by partition. A partition has one batch under way; what comes meanwhile makes
up the next one. So a busy gateway sends few and large batches, and a quiet one waits no longer than the linger.

The way of a frame's records:

1. They join the line of their topic, in the order given, and the frame counts how many it waits for.
2. After the linger, or as soon as the batch before is confirmed, the line is shared out to the topic's partitions.
3. Each partition makes a batch of all that stands there, and hands it to aiokafka once the batch before is decided.
4. The batch is decided: each frame that has no further record under way is told, with the first fault if there was one.

A batch that Kafka does not take leaves a gap in the producer's sequence, so the producer is replaced. What it still has
of other partitions goes on: as each partition waits for its own batch, nothing overtakes.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections import defaultdict, deque
from collections.abc import Callable, Sequence
from typing import Any, Final

from aiokafka import AIOKafkaProducer
from aiokafka.errors import KafkaError

from gateways.hj212.records import Record
from gateways.partitions import of_key
from huiliu.kafka import Cluster
from schemas.topics import INTAKE_MESSAGE_BYTES

logger = logging.getLogger(__name__)

#: Seconds that a request to Kafka may take, and that a topic nobody has heard of is looked for.
_PATIENCE: Final = 30.0
#: Seconds that a topic's first record waits for others.
_LINGER: Final = 0.004
#: Seconds between two tries to reach a broker, and for a producer that failed to decide what it still has.
_PAUSE, _FAREWELL = 1.0, 60.0
#: Bytes of a batch before it is compressed; one larger record is a batch of its own.
_BATCH_BYTES: Final = 1024 * 1024

#: Told once all records of a frame are decided: None when Kafka has them all, else what kept it from taking one.
Decided = Callable[[BaseException | None], None]


class Publishing:
    """One producer for all connections."""

    def __init__(self, kafka: Cluster) -> None:
        self._kafka = kafka
        self._producer: AIOKafkaProducer | None = None
        self._ready = asyncio.Event()
        self._topics: dict[str, _Topic] = {}
        self._waiting: dict[int, float] = {}  # number of a frame: since when it waits
        self._numbers = 0
        self._replacing: asyncio.Task[None] | None = None
        self.failed_in_a_row = 0
        self.fault: BaseException | None = None  #: of ours: frames may wait for ever, so the process should end

    async def start(self) -> None:
        """Connect. Raises KafkaError when the cluster does not answer."""
        self._producer = producer = AIOKafkaProducer(
            **self._kafka.aiokafka(),
            acks="all",
            enable_idempotence=True,
            linger_ms=0,  # what is at hand is in the batch already
            compression_type="zstd",  # a frame stands in each of its readings: LZ4 takes 6 times as long for twice this
            max_batch_size=_BATCH_BYTES,
            max_request_size=INTAKE_MESSAGE_BYTES,
            request_timeout_ms=int(_PATIENCE * 1000),
        )
        await producer.start()
        self._ready.set()

    async def stop(self) -> None:
        """Send what waits, then disconnect."""
        if self._replacing is not None:
            self._replacing.cancel()
        if self._producer is not None:
            await self._producer.stop()

    @property
    def waiting(self) -> int:
        """Frames that are not decided yet."""
        return len(self._waiting)

    def oldest(self) -> float:
        """Seconds that the oldest undecided frame has waited; 0.0 when none waits."""
        first = next(iter(self._waiting.values()), None)
        return 0.0 if first is None else time.monotonic() - first

    def send(self, records: Sequence[Record], decided: Decided) -> None:
        """Take a frame's records, in order (step 1); ``decided`` is called later, once. Raises nothing."""
        self._numbers += 1
        self._waiting[self._numbers] = time.monotonic()
        frame = _Frame(self._numbers, len(records), decided)
        for record in records:
            topic = self._topics.get(record.topic)
            if topic is None:
                topic = self._topics[record.topic] = _Topic(self, record.topic)
            topic.add(record, frame)

    async def producer(self) -> AIOKafkaProducer:
        """The producer, as soon as there is one that works."""
        while self._producer is None or not self._ready.is_set():
            await self._ready.wait()
        return self._producer

    def tell(self, frames: Sequence[_Frame], fault: BaseException | None) -> None:
        """One record of each of these frames is decided (step 4)."""
        for frame in frames:
            frame.fault = frame.fault or fault
            frame.left -= 1
            if not frame.left:
                del self._waiting[frame.number]
                self.failed_in_a_row = self.failed_in_a_row + 1 if frame.fault else 0
                frame.decided(frame.fault)

    def watch(self, task: asyncio.Task[None]) -> None:
        """Notice a task that ends with a fault nobody has foreseen."""
        if not task.cancelled() and task.exception() is not None:
            self.fault = self.fault or task.exception()

    def failed(self, producer: AIOKafkaProducer) -> None:
        """A batch of this producer was not taken: another takes its place, while what it still has goes on."""
        if producer is self._producer and self._ready.is_set():
            self._ready.clear()
            self._replacing = asyncio.ensure_future(self._replace(producer))

    async def _replace(self, failed: AIOKafkaProducer) -> None:
        while True:
            try:
                await self.start()
                break
            except (KafkaError, OSError) as away:
                logger.warning("Kafka at %s cannot be reached, trying again: %s", self._kafka, away)
                await self._part_with(self._producer)
                await asyncio.sleep(_PAUSE)
        await self._part_with(failed)

    async def _part_with(self, producer: AIOKafkaProducer | None) -> None:
        try:
            async with asyncio.timeout(_FAREWELL):
                if producer is not None:
                    await producer.stop()
        except (KafkaError, TimeoutError) as fault:
            logger.warning("A producer that had failed could not send the rest: %r", fault)


class _Frame:
    """A frame of which so many records are not decided."""

    __slots__ = ("decided", "fault", "left", "number")

    def __init__(self, number: int, left: int, decided: Decided) -> None:
        self.number, self.left, self.decided = number, left, decided
        self.fault: BaseException | None = None


_Line = deque[tuple[Record, _Frame]]


class _Topic:
    """Records of one topic on their way: a line for all, and one for each partition."""

    def __init__(self, publishing: Publishing, name: str) -> None:
        self._publishing, self._name = publishing, name
        self._new: list[tuple[Record, _Frame]] = []
        self._lines: dict[int, _Line] = defaultdict(deque)
        self._at_work: set[int] = set()
        self._sharing: asyncio.Task[None] | None = None
        self._tasks: set[asyncio.Task[None]] = set()

    def add(self, record: Record, frame: _Frame) -> None:
        self._new.append((record, frame))
        if self._sharing is None:
            self._sharing = asyncio.ensure_future(self._share_out())
            self._sharing.add_done_callback(self._publishing.watch)

    async def _share_out(self) -> None:
        """Step 2. One task at a time, so that a first look at the topic's partitions lets nothing overtake."""
        try:
            while self._new:
                await asyncio.sleep(_LINGER)
                producer = await self._publishing.producer()
                try:
                    partitions = sorted(await producer.partitions_for(self._name))
                except KafkaError as fault:  # no such topic: nothing that another producer would help
                    new, self._new = self._new, []
                    self._publishing.tell([frame for _, frame in new], fault)
                    continue
                new, self._new = self._new, []
                for one in new:
                    self._lines[of_key(one[0].key, partitions)].append(one)
                for partition in self._lines.keys() - self._at_work:
                    self._work_at(partition)
        finally:
            self._sharing = None

    def _work_at(self, partition: int) -> None:
        self._at_work.add(partition)
        task = asyncio.ensure_future(self._send_batches(partition))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        task.add_done_callback(self._publishing.watch)

    async def _send_batches(self, partition: int) -> None:
        """Step 3, until the partition's line is empty."""
        line = self._lines[partition]
        try:
            while line:
                producer = await self._publishing.producer()
                builder, frames = producer.create_batch(), list[_Frame]()
                while line and _append(builder, line[0][0]):
                    frames.append(line.popleft()[1])
                builder.close()
                fault: BaseException | None = None
                try:
                    await (await producer.send_batch(builder, self._name, partition=partition))
                except (KafkaError, AssertionError) as failed:  # aiokafka asserts that the partition is still there
                    fault = failed
                    self._publishing.failed(producer)
                self._publishing.tell(frames, fault)
        finally:
            self._at_work.discard(partition)
            if not line:
                del self._lines[partition]


def _append(builder: Any, record: Record) -> bool:
    """Whether the batch had room for it; an empty one takes any record."""
    return builder.append(timestamp=None, key=record.key, value=record.value, headers=record.headers) is not None
