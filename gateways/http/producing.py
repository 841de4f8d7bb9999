"""Sending to Kafka: every record confirmed by all replicas, in order, or the request is told that it is not known.

aiokafka's idempotent producer sends a batch again until the broker has it, and never twice. What a request waits for is
bounded in time, what all requests hold is bounded in bytes (:class:`gateways.http.limits.Flight`); bytes count as held
until Kafka has them or has refused them, also when nobody waits any more. A producer that has failed is replaced.
"""

from __future__ import annotations

import asyncio
import logging
from collections import defaultdict
from collections.abc import AsyncGenerator, Callable, Iterable, Sequence
from contextlib import aclosing
from typing import Any, Final, NamedTuple

from aiokafka import AIOKafkaProducer
from aiokafka.errors import KafkaError, KafkaTimeoutError, UnknownTopicOrPartitionError

from gateways.http import problems
from gateways.partitions import of_key
from huiliu.kafka import Cluster
from schemas.citation import Headers
from schemas.topics import INTAKE_MESSAGE_BYTES

logger = logging.getLogger(__name__)

#: Seconds within which Kafka must have confirmed a request's records; a restart of a broker takes some six.
PATIENCE: Final = 20.0

#: Seconds between two tries to reach a broker that is away, and for a producer that failed to send what it still has.
_PAUSE: Final = 1.0
_FAREWELL: Final = 60.0

#: So many records of one partition are handed over as a batch of their own; fewer share a batch with other requests.
_MANY: Final = 16

_BATCH_BYTES: Final = 512 << 10


class Place(NamedTuple):
    """Where a record lies."""

    partition: int
    offset: int


class Producing:
    """One producer for all requests."""

    def __init__(self, kafka: Cluster, patience: float = PATIENCE) -> None:
        """Nothing is connected before :meth:`start`."""
        self._kafka, self._patience = kafka, patience
        self._producer: AIOKafkaProducer | None = None
        self._connecting: asyncio.Task[None] | None = None
        self._leftovers: set[asyncio.Task[None]] = set()
        self._turns: dict[tuple[str, int], asyncio.Lock] = defaultdict(asyncio.Lock)

    async def answers(self, patience: float) -> bool:
        """Whether the cluster answers within so many seconds."""
        if self._producer is None:
            return False
        try:
            async with asyncio.timeout(patience):
                await self._producer.client.fetch_all_metadata()
        except (KafkaError, TimeoutError, OSError):
            return False
        return True

    def start(self) -> None:
        """Connect, and go on trying; returns at once."""
        if self._connecting is None or self._connecting.done():
            self._connecting = asyncio.create_task(self._connect())

    async def stop(self) -> None:
        """Wait for what is on its way, as long as a request would, and disconnect."""
        if self._connecting is not None:
            self._connecting.cancel()
        if self._producer is not None:
            self._part_with(self._producer)
        if self._leftovers:
            await asyncio.wait(self._leftovers, timeout=self._patience)

    async def _connect(self) -> None:
        while True:
            producer = AIOKafkaProducer(
                **self._kafka.aiokafka(),
                acks="all",
                enable_idempotence=True,
                max_batch_size=_BATCH_BYTES,
                max_request_size=INTAKE_MESSAGE_BYTES,
                request_timeout_ms=int(self._patience * 1000),
                linger_ms=0,
            )
            try:
                await producer.start()
            except (KafkaError, OSError) as away:
                logger.warning("Kafka at %s cannot be reached, trying again: %s", self._kafka, away)
                await producer.stop()
                await asyncio.sleep(_PAUSE)
                continue
            self._producer = producer
            return

    def _part_with(self, producer: AIOKafkaProducer) -> None:
        """No request uses it any more; what it still has it may send."""
        if self._producer is producer:
            self._producer = None
        task = asyncio.create_task(_stop(producer))
        self._leftovers.add(task)
        task.add_done_callback(self._leftovers.discard)

    async def deliver(
        self,
        topic: str,
        keys: Sequence[bytes],
        values: Sequence[bytes],
        release: Callable[[], None],
        headers: Sequence[Headers] = (),
    ) -> list[Place]:
        """Send records and wait until all are confirmed; their places, in their order. Raises Problem 503.

        ``headers``: those of each record, or none at all.
        ``release`` is called once, as soon as nothing of this is on its way any more.
        """
        sent: list[tuple[asyncio.Future[Any], list[int]]] = []
        producer = self._producer
        try:
            if producer is None:
                raise problems.not_confirmed()
            async with (
                asyncio.timeout(self._patience),
                aclosing(self._given(producer, topic, keys, values, headers)) as given,
            ):
                async for future, rows in given:
                    sent.append((future, rows))
                await asyncio.wait([future for future, _ in sent])
            return _places(len(values), sent)
        except (TimeoutError, KafkaTimeoutError):  # slow, but nothing is wrong with the producer
            logger.warning("Kafka has not confirmed %d records for %s in %.0f s", len(values), topic, self._patience)
            raise problems.not_confirmed() from None
        except (KafkaError, _Unplaced) as failed:
            logger.warning("Kafka has not taken %d records for %s: %r", len(values), topic, failed)
            if producer is not None and producer is self._producer:
                self._part_with(producer)
                self.start()
            raise problems.not_confirmed() from failed
        finally:
            self._release_after([future for future, _ in sent], release)

    async def _given(
        self,
        producer: AIOKafkaProducer,
        topic: str,
        keys: Sequence[bytes],
        values: Sequence[bytes],
        headers: Sequence[Headers],
    ) -> AsyncGenerator[tuple[asyncio.Future[Any], list[int]]]:
        """The futures of what was given to the producer, each with the rows that it stands for."""
        partitions = sorted(await producer.partitions_for(topic) or ())
        if not partitions:
            raise UnknownTopicOrPartitionError(topic)
        rows_of: dict[int, list[int]] = defaultdict(list)
        for row, key in enumerate(keys):
            rows_of[of_key(key, partitions)].append(row)
        for partition, rows in rows_of.items():
            if len(rows) < _MANY or headers:
                for row in rows:
                    more = list(headers[row]) if headers else None
                    yield await producer.send(topic, values[row], keys[row], partition, headers=more), [row]
                continue
            at = 0
            while at < len(rows):
                builder, first = producer.create_batch(), at
                while at < len(rows) and _append(builder, keys[rows[at]], values[rows[at]]):
                    at += 1
                builder.close()
                # In turn: aiokafka lets all who wait for a partition race for its one free place, and who loses often
                # enough is told that time is up, however fast the broker is.
                async with self._turns[topic, partition]:
                    future = await producer.send_batch(builder, topic, partition=partition)
                yield future, rows[first:at]

    def _release_after(self, futures: Iterable[asyncio.Future[Any]], release: Callable[[], None]) -> None:
        left = {future for future in futures if not future.done()}
        if not left:
            release()
            return

        def one_less(done: asyncio.Future[Any]) -> None:
            left.discard(done)
            if not done.cancelled():
                done.exception()  # nobody waits for it any more: seen, so that asyncio does not complain
            if not left:
                release()

        for future in list(left):
            future.add_done_callback(one_less)


class _Unplaced(Exception):  # noqa: N818 (a state)
    """Kafka has a record and no longer knows where."""


def _append(builder: Any, key: bytes, value: bytes) -> bool:
    return builder.append(timestamp=None, key=key, value=value) is not None


def _places(count: int, sent: Sequence[tuple[asyncio.Future[Any], list[int]]]) -> list[Place]:
    """Where each record lies. Raises what Kafka refused, or _Unplaced."""
    found: list[Place | None] = [None] * count
    for future, rows in sent:
        told = future.result()
        if told is None or told.offset < 0:
            raise _Unplaced(told)
        for step, row in enumerate(rows):
            found[row] = Place(told.partition, told.offset + step)
    places = [place for place in found if place is not None]
    if len(places) != count:
        raise _Unplaced(count - len(places))
    return places


async def _stop(producer: AIOKafkaProducer) -> None:
    try:
        async with asyncio.timeout(_FAREWELL):
            await producer.stop()
    except (KafkaError, TimeoutError) as fault:
        logger.warning("A producer that had failed could not send the rest: %r", fault)
