"""Messages whose packets were acknowledged and whose rest may never come: none of them is forgotten.

``hj212.frames`` has every packet before it is acknowledged, and after it a mark for each message whose readings Kafka
has too. Whoever reads both knows what is left, whichever gateway took the packets and whatever became of it. The
gateways read the topic as one consumer group:

1. Packets are gathered by message until a mark says that it is done with.
2. All packets are there and no mark comes: they came through several gateways, or one died before it could say so. The
   readings of the message are published, perhaps a second time; the hub counts those as duplicates.
3. The rest does not come in time: the readings in what came are published, since each packet was acknowledged; and the
   packets themselves, which the hub refuses with a finding that names what is missing (RD-PACKET-01) and keeps in the
   publisher's quarantine. Packets that come later complete the message; it is not reported again.
4. The group's offset moves up to the first packet of the oldest message that is still open, so that a gateway which
   dies leaves all of this to the next.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable
from typing import Any, Final

from aiokafka import AIOKafkaConsumer, ConsumerRebalanceListener
from aiokafka.errors import KafkaError

from gateways.hj212 import counting, records
from gateways.hj212.admission import Admission
from gateways.hj212.frame import Opener
from gateways.hj212.gathering import Gathering, Open
from gateways.hj212.publishing import Publishing
from gateways.hj212.records import Record
from huiliu.clock import now_ms
from huiliu.kafka import Cluster
from schemas.topics import HJ212_FRAMES

logger = logging.getLogger(__name__)

GROUP: Final = "huiliu-hj212-packets"
#: Seconds between two commits of the group's offsets, and until something that failed is tried again.
_COMMIT, _AGAIN = 5.0, 5.0


class Unfinished:
    """Reads the topic and sees to what is due. ``age``: seconds for which the rest of a message is waited for."""

    def __init__(
        self, kafka: Cluster, publishing: Publishing, admission: Admission, opener: Opener, age: float
    ) -> None:
        self._kafka, self._publishing, self._admission = kafka, publishing, admission
        self._gathering = Gathering(opener, int(age * 1000))

    async def run(self) -> None:
        """Until cancelled; Kafka being away is waited out."""
        while True:
            try:
                await self._follow()
            except (KafkaError, OSError) as fault:
                logger.warning("Packets cannot be looked after now, trying again: %r", fault)
                await asyncio.sleep(_AGAIN)

    async def _follow(self) -> None:
        consumer: Any = AIOKafkaConsumer(
            **self._kafka.aiokafka(), group_id=GROUP, enable_auto_commit=False, auto_offset_reset="earliest"
        )
        consumer.subscribe([HJ212_FRAMES], listener=_Anew(self._gathering.clear))
        try:
            await consumer.start()
            committed = time.monotonic()
            while True:
                for place, found in (await consumer.getmany(timeout_ms=1_000, max_records=2_000)).items():
                    if place in consumer.assignment():
                        for record in found:  # step 1
                            self._gathering.take(record)
                for one in list(self._gathering.due(now_ms())):
                    await self._judge(one)
                if time.monotonic() - committed > _COMMIT:
                    committed = time.monotonic()
                    await self._commit(consumer)
        finally:
            await consumer.stop()

    async def _judge(self, one: Open) -> None:
        """Steps 2 and 3. What Kafka does not take is due again."""
        message, key = one.message, one.message.key
        device = self._admission.device(key.mn)
        if device is None or device.suspended:
            logger.warning("Packets of %r, which may send no more, stay in %s", key.mn, HJ212_FRAMES)
            self._gathering.judged(one)
            return
        found = records.of_message(device, *message.whole(), one.receipt)
        if not message.complete and not self._gathering.reported(one):
            came = len(message.packets)
            logger.warning("%s CN=%s DataTime=%s: %d of %d packets came", key.mn, key.cn, key.time, came, key.pnum)
            found.append(records.of_packets(device, message, one.receipt))
        if await self._taken(found):
            counting.INCOMPLETE.inc(not message.complete)
            self._gathering.judged(one)

    async def _taken(self, found: list[Record]) -> bool:
        told: asyncio.Future[BaseException | None] = asyncio.get_running_loop().create_future()

        def decided(fault: BaseException | None) -> None:
            if not told.done():
                told.set_result(fault)

        self._publishing.send(found, decided)
        fault = await told
        if fault is not None:
            logger.error("Kafka did not take what came of a message in packets, trying again: %r", fault)
            await asyncio.sleep(_AGAIN)
        return fault is None

    async def _commit(self, consumer: Any) -> None:
        """Step 4."""
        positions = {place: await consumer.position(place) for place in consumer.assignment()}
        reached = {place: self._gathering.first(place.partition, position) for place, position in positions.items()}
        if reached:
            await consumer.commit(reached)


class _Anew(ConsumerRebalanceListener):  # type: ignore[misc]
    """Partitions were shared out anew: each is read from what its group has committed."""

    def __init__(self, clear: Callable[[], None]) -> None:
        self._clear = clear

    def on_partitions_revoked(self, revoked: object) -> None:
        """What was gathered will be read again."""
        self._clear()

    def on_partitions_assigned(self, assigned: object) -> None:
        """Nothing is known of them yet."""
        self._clear()
