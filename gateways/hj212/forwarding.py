"""Frames relayed unchanged to another platform, in the order the gateway took them.

What waits while the other platform is away waits in Kafka, where the gateway has put every frame before it acknowledged
it: the relay only remembers, as a consumer group's offsets, how far it is. So nothing more is kept on disk, what is
kept is bounded by the topics' retention, and a relay that dies goes on where it was.

The offset moves once the other platform has answered, so a frame may arrive there twice, never not at all; one that it
does not answer in three further tries, or refuses, is counted and passed over (HJ 212-2017 6.8).
"""

from __future__ import annotations

import asyncio
import logging
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

from aiokafka import AIOKafkaConsumer

from gateways.hj212.cutter import Cutter
from gateways.hj212.frame import Frame, read
from gateways.hj212.segment import parse
from huiliu.kafka import Cluster
from schemas.topics import HJ212_FRAMES

logger = logging.getLogger(__name__)

_TRIES, _AT_ONCE = 4, 200
_AWAY: Final = 3.0  #: seconds until the other platform is tried again


@dataclass(frozen=True, slots=True)
class Relayed:
    """One frame on its way: its bytes, and the QN by which it is answered; empty where no answer is wanted."""

    raw: bytes
    qn: str


def relayed(records: Iterable[Any]) -> Iterator[Relayed]:
    """The frames of consumed records, each once though several readings came in it.

    What was made of several packets is passed over: the packets are in ``hj212.frames`` by themselves. So is a frame
    whose check is wrong, which the gateway has refused.
    """
    last = b""
    for record in records:
        headers = dict(record.headers or ())
        kept = record.topic == HJ212_FRAMES
        raw = record.value if kept else headers.get("hj212.frame")
        if not raw or raw == last or b"\r\n##" in raw or (kept and headers.get("hj212.reason") == b"crc"):
            continue
        last = raw
        segment = parse(read(raw).segment)
        wanted = segment.flag is not None and segment.flag.answer
        yield Relayed(raw, (segment.field("QN") or "") if wanted else "")


class Platform:
    """The other platform, connected to when there is something to say."""

    def __init__(self, host: str, port: int, patience: float = 10.0) -> None:
        self._host, self._port, self._patience = host, port, patience
        self._line: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None
        self._cutter = Cutter()
        self.counts: Counter[str] = Counter()

    async def deliver(self, frames: Sequence[Relayed]) -> None:
        """Send them all and hear what is said of each; returns once each is answered, refused or given up."""
        left = list(frames)
        attempt = 0
        while left and attempt < _TRIES:
            try:
                said = await self._exchange(left)
            except (OSError, EOFError) as fault:
                logger.warning("%s:%d is away, %d frames wait: %s", self._host, self._port, len(left), fault)
                self.close()
                await asyncio.sleep(_AWAY)
                continue
            attempt += 1
            self.counts["sent"] += len(left)
            self.counts["answered"] += sum(cn == "9014" for cn in said.values())
            self.counts["refused"] += sum(cn == "9011" for cn in said.values())
            left = [one for one in left if one.qn and one.qn not in said]
        self.counts["unanswered"] += len(left)

    async def _exchange(self, frames: Sequence[Relayed]) -> dict[str, str]:
        """What was said, by QN. OSError, EOFError: the connection is no more."""
        if self._line is None:
            self._line = await asyncio.open_connection(self._host, self._port)
            self._cutter = Cutter()
        reader, writer = self._line
        for one in frames:
            writer.write(one.raw)
        await writer.drain()
        wanted, said = {one.qn for one in frames if one.qn}, dict[str, str]()
        try:
            async with asyncio.timeout(self._patience):
                while wanted - said.keys():
                    data = await reader.read(65_536)
                    if not data:
                        raise EOFError("closed by the other end")
                    said |= self._heard(data)
        except TimeoutError:
            logger.warning("%d frames have no answer in %g s", len(wanted - said.keys()), self._patience)
        return {qn: cn for qn, cn in said.items() if qn in wanted}

    def _heard(self, data: bytes) -> dict[str, str]:
        found = {}
        for piece in self._cutter.feed(data):
            if isinstance(piece, Frame):
                answer = parse(piece.segment)
                items = dict(pair for group in answer.cp or () for pair in group)
                found[answer.field("QN") or items.get("QN", "")] = answer.field("CN") or ""
        return found

    def close(self) -> None:
        """Hang up."""
        if self._line is not None:
            self._line[1].close()
            self._line = None


async def forward(kafka: Cluster, topics: Sequence[str], group: str, platform: Platform, stop: asyncio.Event) -> None:
    """Relay until told to stop. KafkaError: the cluster does not answer."""
    consumer: Any = AIOKafkaConsumer(
        *topics, **kafka.aiokafka(), group_id=group, enable_auto_commit=False, auto_offset_reset="earliest"
    )
    await consumer.start()
    told = asyncio.ensure_future(stop.wait())
    try:
        while not stop.is_set():
            found = await consumer.getmany(timeout_ms=500, max_records=_AT_ONCE)
            frames = list(relayed(record for records in found.values() for record in records))
            if frames:
                delivering = asyncio.ensure_future(platform.deliver(frames))
                await asyncio.wait({delivering, told}, return_when=asyncio.FIRST_COMPLETED)
                if not delivering.done():
                    delivering.cancel()  # not committed: it comes again
                    return
                delivering.result()
            if found:
                await consumer.commit()
    finally:
        told.cancel()
        platform.close()
        await consumer.stop()
