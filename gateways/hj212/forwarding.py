"""Frames relayed unchanged to another platform, in the order the gateway took them.

What waits while the other platform is away waits in Kafka, where the gateway has put every frame before it acknowledged
it: the relay only remembers, as a consumer group's offsets, how far it is. So nothing more is kept on disk, what is
kept is bounded by the topics' retention, and a relay that dies goes on where it was.

- **Away** is a platform that cannot be reached, hangs up, or answers nothing at all: the relay tries again until it is
  told to stop, and passes nothing over. What was answered before the line broke is not sent again.
- **Refused** is what gets a 9011, or a 9014 with a code other than 1. Codes that may pass (a damaged check, a busy
  platform) are tried three times more, the others once (HJ 212-2017 6.8, tables 8 and 9); then the frame is counted,
  told in the log, and passed over, as it would be refused for ever.
- **Unanswered** is a frame that gets no answer in four tries though others beside it do: counted and passed over.

The offset moves past a frame once one of these is said of it. A frame whose answer was lost with the line, or that was
on its way when the relay was killed, arrives twice: no protocol with one answer can do without.
"""

from __future__ import annotations

import asyncio
import logging
from collections import Counter, OrderedDict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from aiokafka import AIOKafkaConsumer

from gateways.hj212.cutter import Cutter
from gateways.hj212.frame import Frame, read
from gateways.hj212.segment import Segment, parse
from huiliu.kafka import Cluster
from schemas.topics import HJ212_FRAMES

logger = logging.getLogger(__name__)

_TRIES, _AT_ONCE = 4, 200
_MOST: Final = 2_000  #: records held while a frame of them is not done with
_AWAY: Final = 3.0  #: seconds until the other platform is tried again
#: Codes that may be another the next time: QnRtn and ExeRtn alike (tables 8 and 9).
_PASSING: Final = {"QnRtn": frozenset({"2", "9", "100"}), "ExeRtn": frozenset({"2", "4", "5", "6", "100"})}
#: Monitors whose last frame is remembered, so that each of its readings relays it only once.
_REMEMBERED: Final = 50_000

Name = tuple[str, str]  #: MN and QN, by which a frame is answered


@dataclass(slots=True)
class Relayed:
    """One frame on its way: its bytes, and by what it is answered; None where no answer is wanted."""

    raw: bytes
    name: Name | None
    said: str = ""  #: answered, refused, unanswered, sent_unasked; empty while it is under way
    refusal: str = ""  #: the code with which it was refused last
    doubted: bool = False  #: others were answered when it was not, or it was refused: the platform is not away
    tries: int = 0  #: since it is doubted


#: Partition and offset of a record, and the frame that it relays, if it relays one.
UnderWay = tuple[Any, int, Relayed | None]
#: Frames under way, by what they are answered; a monitor may have sent one twice.
Waiting = dict[Name, list[Relayed]]


class Frames:
    """The frames of consumed records, each once though several readings came in it.

    What was made of several packets is passed over: the packets are in ``hj212.frames`` by themselves. So is a frame
    whose check is wrong, which the gateway has refused.
    """

    def __init__(self) -> None:
        self._last: OrderedDict[bytes | None, bytes] = OrderedDict()

    def of(self, record: Any) -> Relayed | None:
        """The frame of a record, unless it was relayed with the record before."""
        headers = dict(record.headers or ())
        kept = record.topic == HJ212_FRAMES
        raw = record.value if kept else headers.get("hj212.frame")
        if not raw or b"\r\n##" in raw or (kept and headers.get("hj212.reason") == b"crc"):
            return None
        if self._last.get(record.key) == raw:
            return None
        self._last[record.key] = raw
        self._last.move_to_end(record.key)
        if len(self._last) > _REMEMBERED:
            self._last.popitem(last=False)
        segment = parse(read(raw).segment)
        wanted = segment.flag is not None and segment.flag.answer
        return Relayed(raw, (segment.field("MN") or "", segment.field("QN") or "") if wanted else None)


class Platform:
    """The other platform, connected to when there is something to say. ``answers``: whether it gives any."""

    def __init__(
        self, host: str, port: int, patience: float = 10.0, *, answers: bool = True, away: float = _AWAY
    ) -> None:
        self._host, self._port, self._patience, self._away = host, port, patience, away
        self._answers = answers
        self._line: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None
        self._cutter = Cutter()
        self.counts: Counter[str] = Counter()

    async def attempt(self, frames: Sequence[Relayed]) -> None:
        """Send what nothing is said of yet, in order, and hear what is said; what is left may be tried again."""
        left = [one for one in frames if not one.said]
        try:
            answered = await self._exchange(left)
        except (OSError, EOFError) as fault:
            await self._wait(f"{fault}", left)
            return
        left = [one for one in left if not one.said]
        for one in left:
            one.doubted = one.doubted or answered
            one.tries += one.doubted
            if one.tries >= _TRIES:
                self._say(one, "refused" if one.refusal else "unanswered")
                logger.warning(
                    "%s:%d, passed over: %s %s", self._host, self._port, one.name, one.refusal or "no answer"
                )
        if not all(one.doubted for one in left):
            await self._wait("it answers nothing; --without-answers is for platforms that never do", left)
        elif left:
            await asyncio.sleep(self._away)

    async def _wait(self, why: str, left: Sequence[Relayed]) -> None:
        logger.warning("%s:%d is away, %d frames wait: %s", self._host, self._port, len(left), why)
        self.close()
        await asyncio.sleep(self._away)

    def _say(self, one: Relayed, what: str) -> None:
        one.said = what
        self.counts[what] += 1

    async def _exchange(self, frames: Sequence[Relayed]) -> bool:
        """Send, and hear answers until all are there or patience ends; whether there was any at all.

        OSError, EOFError: the connection is no more; what was heard until then stands.
        """
        reader = await self._write(frames)
        waiting: Waiting = {}
        for one in frames:
            if one.name is not None and self._answers:
                waiting.setdefault(one.name, []).append(one)
            else:
                self._say(one, "sent_unasked")
        wanted = len(waiting)
        try:
            async with asyncio.timeout(self._patience):
                while waiting:
                    self._hear(await reader.read(65_536), waiting)
        except TimeoutError:
            logger.warning("%d of %d frames have no answer in %g s", len(waiting), wanted, self._patience)
        return not wanted or len(waiting) < wanted

    async def _write(self, frames: Sequence[Relayed]) -> asyncio.StreamReader:
        if self._line is None:
            self._line = await asyncio.open_connection(self._host, self._port)
            self._cutter = Cutter()
        reader, writer = self._line
        for one in frames:
            writer.write(one.raw)
        self.counts["sent"] += len(frames)
        await writer.drain()
        return reader

    def _hear(self, data: bytes, waiting: Waiting) -> None:
        if not data:
            raise EOFError("closed by the other end")
        for piece in self._cutter.feed(data):
            if isinstance(piece, Frame):
                self._heard(parse(piece.segment), waiting)

    def _heard(self, answer: Segment, waiting: Waiting) -> None:
        items = dict(pair for group in answer.cp or () for pair in group)
        mn, qn = answer.field("MN"), answer.field("QN") or items.get("QN", "")
        name = (mn, qn) if mn else next((one for one in waiting if one[1] == qn), ("", qn))
        about = waiting.pop(name, [])
        told = [(kind, items[kind]) for kind in _PASSING if items.get(kind, "1") != "1"]
        if answer.field("CN") == "9014" and not told:
            for one in about:
                self._say(one, "answered")
            return
        kind, code = told[0] if told else ("CN", answer.field("CN") or "")
        for one in about:
            one.refusal, one.doubted = f"{kind}={code}", True
            if code not in _PASSING.get(kind, ()):
                logger.warning("%s:%d refuses QN=%s of MN=%s: %s=%s", self._host, self._port, qn, name[0], kind, code)
                self._say(one, "refused")

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
    seen = Frames()
    begun: set[Any] = set()
    under_way: list[UnderWay] = []
    try:
        while not stop.is_set():
            # Also while some wait: beside others it shows whether a frame is at fault or the platform.
            room = max(0, _MOST - len(under_way))
            found = (
                await consumer.getmany(timeout_ms=0 if under_way else 500, max_records=min(room, _AT_ONCE))
                if room
                else {}
            )
            for place in found.keys() - begun:
                begun.add(place)
                await _remember(consumer, place, found[place], seen)
            under_way += [(place, record.offset, seen.of(record)) for place, told_ in found.items() for record in told_]
            frames = [one for _, _, one in under_way if one is not None and not one.said]
            if frames:
                attempting = asyncio.ensure_future(platform.attempt(frames))
                await asyncio.wait({attempting, told}, return_when=asyncio.FIRST_COMPLETED)
                if not attempting.done():
                    attempting.cancel()  # what has no answer yet comes again
                    await asyncio.wait({attempting})
                else:
                    attempting.result()
            if under_way:
                reached, under_way = _done(under_way)
                await consumer.commit(reached)
    finally:
        told.cancel()
        platform.close()
        await consumer.stop()


async def _remember(consumer: Any, place: Any, records: Sequence[Any], seen: Frames) -> None:
    """The record before the first one may be of the same frame, which was relayed before this relay began."""
    first = records[0].offset
    if first == 0:
        return
    consumer.seek(place, first - 1)
    for record in (await consumer.getmany(place, timeout_ms=5_000, max_records=1)).get(place, ()):
        if record.offset < first:
            seen.of(record)
    consumer.seek(place, records[-1].offset + 1)


def _done(under_way: Iterable[UnderWay]) -> tuple[dict[Any, int], list[UnderWay]]:
    """How far each partition is done with, up to the first frame of which nothing is said; and what is left."""
    reached: dict[Any, int] = {}
    left: list[UnderWay] = []
    stuck: set[Any] = set()
    for place, offset, one in under_way:
        if one is not None and not one.said:
            stuck.add(place)
        if place in stuck:
            left.append((place, offset, one))
            reached.setdefault(place, offset)
        else:
            reached[place] = offset + 1
    return reached, left
