"""Records into Kafka: idempotent, confirmed by all replicas, in the order given for each key."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable, Sequence
from typing import Any, Final

from aiokafka import AIOKafkaProducer
from aiokafka.errors import KafkaError

from gateways.hj212.records import Record
from huiliu.kafka import Cluster
from schemas.topics import INTAKE_MESSAGE_BYTES

logger = logging.getLogger(__name__)

#: Seconds that a record may wait for room in its partition's batch.
_PATIENCE: Final = 30.0
#: Milliseconds that a batch waits for more.
_LINGER_MS: Final = 5

#: Told once all records of a frame are decided: None when Kafka has them all, else what kept it from taking one.
Decided = Callable[[BaseException | None], None]


class Publishing:
    """One producer for all connections."""

    def __init__(self, kafka: Cluster) -> None:
        self._kafka = kafka
        self._producer: Any = None
        self._waiting: dict[int, float] = {}  # number of a frame: since when it waits
        self._numbers = 0
        self.failed_in_a_row = 0

    async def start(self) -> None:
        """Connect. Raises KafkaError when the cluster does not answer."""
        self._producer = AIOKafkaProducer(
            **self._kafka.aiokafka(),
            acks="all",
            enable_idempotence=True,
            linger_ms=_LINGER_MS,
            compression_type="lz4",
            max_batch_size=256 * 1024,
            max_request_size=INTAKE_MESSAGE_BYTES,
            request_timeout_ms=int(_PATIENCE * 1000),
        )
        await self._producer.start()

    async def stop(self) -> None:
        """Send what waits, then disconnect."""
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

    async def send(self, records: Sequence[Record], decided: Decided) -> None:
        """Hand over a frame's records in order; ``decided`` is called later, once. Waits while there is no room.

        Raises nothing that concerns the records: also what fails here is told by ``decided``.
        """
        self._numbers += 1
        number = self._numbers
        self._waiting[number] = time.monotonic()

        def tell(fault: BaseException | None) -> None:
            self._waiting.pop(number, None)
            self.failed_in_a_row = self.failed_in_a_row + 1 if fault else 0
            decided(fault)

        futures = []
        try:
            for record in records:
                sent = await self._producer.send(record.topic, record.value, key=record.key, headers=record.headers)
                futures.append(sent)
        except KafkaError as fault:
            for future in futures:
                future.add_done_callback(_looked_at)
            tell(fault)
            return
        except BaseException:
            self._waiting.pop(number, None)
            raise
        _Countdown(len(futures), tell).over(futures)


class _Countdown:
    """Tells once all futures are done."""

    __slots__ = ("_fault", "_left", "_tell")

    def __init__(self, left: int, tell: Decided) -> None:
        self._left, self._tell = left, tell
        self._fault: BaseException | None = None

    def over(self, futures: Sequence[asyncio.Future[Any]]) -> None:
        for future in futures:
            future.add_done_callback(self._done)

    def _done(self, future: asyncio.Future[Any]) -> None:
        fault = asyncio.CancelledError() if future.cancelled() else future.exception()
        self._fault = self._fault or fault
        self._left -= 1
        if not self._left:
            self._tell(self._fault)


def _looked_at(future: asyncio.Future[Any]) -> None:
    """A record of a frame that was not taken as a whole: the monitor sends the frame again, this one is a duplicate."""
    if not future.cancelled() and future.exception() is not None:
        logger.debug("Not taken by Kafka: %s", future.exception())
