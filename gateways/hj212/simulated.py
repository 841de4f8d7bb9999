"""Simulated monitors: they connect, send, wait for their acknowledgements and send again, as field machines do.

Timing is the standard's: 10 s for an answer, then up to three more tries (HJ 212-2017 6.8). Each try has a QN of its
own; in 2025 a further try carries RF=1. Data are seeded and each frame has a time of its own, so that sending again is
a duplicate to the hub and never a conflict. A monitor whose line breaks connects again.

What was said of each message is kept (:class:`Message`), so that somebody can hold the warehouse against it: as often
as its frame was acknowledged, so often the hub has its readings, the first time loaded, each further time a duplicate.
"""

from __future__ import annotations

import asyncio
import logging
import random
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from gateways.hj212 import frame
from gateways.hj212.answers import moment
from gateways.hj212.cutter import Cutter
from gateways.hj212.frame import Frame
from gateways.hj212.segment import Edition, Group, Pair, Segment, build, parse
from huiliu.clock import now_ms

logger = logging.getLogger(__name__)

PASSWORD: Final = "123456"  # noqa: S105 (the standard's own example)
FAULTS: Final = ("crc", "split", "duplicate", "late", "clock")
#: Where days begin, milliseconds after UTC's.
_SHANGHAI_MS: Final = -8 * 3_600_000
#: Seconds between two data of one kind.
STEPS: Final = {"2011": 1, "2051": 60, "2061": 3_600, "2031": 86_400}
#: Every so many frames has the next of the faults asked for.
_EVERY: Final = 5
_ANSWER, _TRIES, _WINDOW = 10.0, 4, 16
_LATE_MS: Final = 28 * 3_600_000
_CLOCK_MS: Final = 600_000
_AWAY: Final = 0.5  #: seconds until a line is tried again
_STATISTICS: Final = (("Min", "minimum"), ("Avg", "average"), ("Max", "maximum"))
_FLAGS: Final = {Edition.E2005: 1, Edition.E2017: 5, Edition.E2025: 9}
#: Factors of flue gas with a usual value each: code of 2017, of 2005, value.
_FACTORS: Final = (
    ("a34013", "01", 4.0),
    ("a21026", "02", 18.0),
    ("a21002", "03", 31.0),
    ("a19001", "S01", 8.0),
    ("a01012", "S03", 92.0),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What each monitor does. ``rate``: frames a second of one monitor; ``frames``: how many in all."""

    host: str
    port: int
    password: str = PASSWORD
    edition: Edition = Edition.E2017
    cn: str = "2011"
    st: str = "31"
    rate: float = 1.0
    frames: int = 10
    faults: tuple[str, ...] = ()
    seed: int = 0
    answer: float = _ANSWER
    keep: bool = False  #: remember each message


@dataclass(slots=True)
class Message:
    """One message and what became of it. ``readings``: factor, values and flag of each, named as in the contract.

    ``frames``: its packets as they were sent last, in order. ``acknowledged``: how often each of them was.
    """

    mn: str
    cn: str
    start: int  #: UTC ms
    fault: str | None
    readings: tuple[dict[str, Any], ...]
    frames: list[bytes] = field(default_factory=list)
    acknowledged: list[int] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)  #: QnRtn of each refusal

    @property
    def copies(self) -> int:
        """How often the hub has its readings. Of a message in packets once: a packet that comes again changes nothing.

        Right as long as each frame was answered in the end.
        """
        return min(1, *self.acknowledged) if len(self.acknowledged) > 1 else sum(self.acknowledged)

    def as_json(self) -> dict[str, Any]:
        """For whoever compares: JSON has no bytes, and a frame is text."""
        told = {name: getattr(self, name) for name in ("mn", "cn", "start", "fault", "copies", "refused", "readings")}
        return told | {"frames": [one.decode("ascii").rstrip() for one in self.frames]}


@dataclass(slots=True)
class Told:
    """What became of it all; ``seconds`` of each answer that came."""

    counts: Counter[str] = field(default_factory=Counter)
    faults: Counter[str] = field(default_factory=Counter)
    seconds: list[float] = field(default_factory=list)
    messages: list[Message] = field(default_factory=list)  #: empty unless the plan keeps them


@dataclass(slots=True)
class _Try:
    """A frame as it was sent: a packet of a message, so often."""

    message: Message
    place: int
    unanswered: int


class Monitor:
    """One monitor and its connection."""

    def __init__(self, mn: str, plan: Plan, told: Told) -> None:
        self._mn, self._plan, self._told = mn, plan, told
        self._draw = random.Random(f"{plan.seed} {mn}")  # noqa: S311 (a seeded simulation)
        self._waiting: dict[str, asyncio.Future[str]] = {}
        self._about: dict[str, _Try] = {}  # by QN, until each frame of it is answered
        self._unanswered = 0
        self._writer: asyncio.StreamWriter | None = None
        self._listening: set[asyncio.Task[None]] = set()
        self._connecting = asyncio.Lock()
        self._last_qn = 0
        step = STEPS[plan.cn] * 1000
        self._now = (now_ms() - _SHANGHAI_MS) // step * step + _SHANGHAI_MS  # periods begin on their boundary

    async def run(self) -> None:
        """Connect, send everything at the plan's rate, wait for what is owed. OSError: nobody is there."""
        await self._connect()
        room = asyncio.Semaphore(_WINDOW)
        began, sending = time.monotonic(), set[asyncio.Task[None]]()
        try:
            for number in range(self._plan.frames):
                await asyncio.sleep(began + number / self._plan.rate - time.monotonic())
                await room.acquire()
                task = asyncio.ensure_future(self._message(number))
                sending.add(task)
                task.add_done_callback(sending.discard)
                task.add_done_callback(lambda _: room.release())
            await asyncio.gather(*sending)
            deadline = time.monotonic() + self._plan.answer
            while self._unanswered and time.monotonic() < deadline:
                await asyncio.sleep(0.01)  # what was sent twice is answered twice
        finally:
            for task in self._listening:
                task.cancel()
            if self._writer is not None:
                self._writer.close()

    async def _connect(self) -> asyncio.StreamWriter:
        """The line; a new one where there is none or it has broken."""
        async with self._connecting:
            if self._writer is None or self._writer.is_closing():
                reader, self._writer = await asyncio.open_connection(self._plan.host, self._plan.port)
                task = asyncio.ensure_future(self._listen(reader, self._writer))
                self._listening.add(task)
                task.add_done_callback(self._listening.discard)
            return self._writer

    def _time(self, number: int, fault: str | None) -> int:
        """When a message's interval began: one after the other until now; late ones before all of them."""
        step = STEPS[self._plan.cn] * 1000
        ago = (self._plan.frames - number) * step
        if fault == "late":
            ago += _LATE_MS + self._plan.frames * step
        return self._now - ago

    async def _message(self, number: int) -> None:
        """One message until it is acknowledged, refused or given up."""
        plan = self._plan
        fault = plan.faults[number // _EVERY % len(plan.faults)] if plan.faults and number % _EVERY == 0 else None
        if fault:
            self._told.faults[fault] += 1
        at = self._time(number, fault)
        groups, readings = self._drawn(at)
        parts = [groups] if fault != "split" else [(groups[0], *groups[1:3]), (groups[0], *groups[3:])]
        message = Message(self._mn, plan.cn, at, fault, readings, [b""] * len(parts), [0] * len(parts))
        if plan.keep:
            self._told.messages.append(message)
        self._told.counts["messages"] += 1
        results = [await self._until_answered(message, part, place) for place, part in enumerate(parts)]
        self._told.counts["acknowledged" if set(results) == {"9014"} else "failed"] += 1

    async def _until_answered(self, message: Message, groups: Sequence[Group], place: int) -> str:
        fault, of = message.fault, len(message.frames)
        for attempt in range(_TRIES):
            qn = self._qn(_CLOCK_MS if fault == "clock" else 0)
            again = attempt > 0 or fault == "late"
            raw = message.frames[place] = frame.build(build(self._head(qn, (of, place + 1), again=again), groups))
            if fault == "crc" and not attempt:
                raw = raw[:-6] + f"{int(raw[-6:-2], 16) ^ 0x0101:04X}\r\n".encode()
            answer: asyncio.Future[str] = asyncio.get_running_loop().create_future()
            times = 2 if fault == "duplicate" and not attempt else 1
            self._waiting[qn], self._about[qn] = answer, _Try(message, place, times)
            began = time.monotonic()
            try:
                async with asyncio.timeout(self._plan.answer):
                    await self._say(raw, times=times, again=attempt > 0)
                    said = await answer
            except TimeoutError:
                self._told.counts["unanswered"] += 1
                continue
            finally:
                self._waiting.pop(qn, None)
            self._told.seconds.append(time.monotonic() - began)
            if said == "9014":
                return said
            self._told.counts["refused"] += 1
            self._told.counts[f"refused_{said}"] += 1
        return ""

    def _head(self, qn: str, place: tuple[int, int], *, again: bool) -> list[Pair]:
        plan, packets = self._plan, place[0] > 1
        head = [("QN", qn), ("ST", plan.st), ("CN", plan.cn), ("PW", plan.password), ("MN", self._mn)]
        head.append(("Flag", str(_FLAGS[plan.edition] | (2 if packets else 0))))
        if packets:
            head += [("PNUM", str(place[0])), ("PNO", str(place[1]))]
        if again and plan.edition is Edition.E2025:
            head.append(("RF", "1"))
        return head

    def _drawn(self, at: int) -> tuple[tuple[Group, ...], tuple[dict[str, Any], ...]]:
        """Data of this moment as groups of a frame, and as readings of the contract."""
        groups: list[Group] = [(("DataTime", moment(at)[:14]),)]
        readings = []
        for new, old, usual in _FACTORS:
            values = sorted(usual * self._draw.uniform(0.9, 1.1) for _ in range(3))
            told = [("Rtd", "average")] if self._plan.cn == "2011" else list(_STATISTICS)
            items = [(kind, name, f"{value:.3f}") for (kind, name), value in zip(told, values, strict=False)]
            code = old if self._plan.edition is Edition.E2005 else new
            groups.append((*((f"{code}-{kind}", value) for kind, _, value in items), (f"{code}-Flag", "N")))
            readings.append({"pollutant": new, **{name: float(value) for _, name, value in items}, "flag": "N"})
        return tuple(groups), tuple(readings)

    def _qn(self, ahead: int) -> str:
        """A QN that no other message of this monitor has."""
        self._last_qn = max(self._last_qn + 1, now_ms() + ahead)
        return moment(self._last_qn)

    async def _say(self, raw: bytes, *, times: int, again: bool) -> None:
        """Write a frame; while nobody listens, try again until the caller's patience ends."""
        while True:
            try:
                writer = await self._connect()
            except OSError:
                await asyncio.sleep(_AWAY)
                continue
            self._told.counts["sent"] += times
            self._told.counts["resent"] += again
            self._unanswered += times
            writer.write(raw * times)
            return

    async def _listen(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        cutter = Cutter()
        try:
            while data := await reader.read(65_536):
                for one in cutter.feed(data):
                    if isinstance(one, Frame):
                        self._heard(parse(one.segment), writer)
        except OSError as fault:
            logger.debug("The line has broken: %s", fault)
        self._told.counts["hung_up"] += 1
        writer.close()

    def _heard(self, answer: Segment, writer: asyncio.StreamWriter) -> None:
        cn, items = answer.field("CN"), dict(pair for group in answer.cp or () for pair in group)
        if cn == "1012":
            self._told.counts["clock_orders"] += 1
            for reply, said in (("9011", ("QnRtn", "1")), ("9012", ("ExeRtn", "1"))):
                flag = str(_FLAGS[self._plan.edition] & ~1)
                qn = answer.field("QN") or ""
                head = [("QN", qn), ("ST", "91"), ("CN", reply), ("PW", self._plan.password)]
                writer.write(frame.build(build([*head, ("MN", self._mn), ("Flag", flag)], [(said,)])))
            return
        qn, said_ = answer.field("QN") or items.get("QN", ""), "9014" if cn == "9014" else items.get("QnRtn", "?")
        about = self._about.get(qn)
        if about is not None:
            self._unanswered -= 1
            about.unanswered -= 1
            if not about.unanswered:
                del self._about[qn]
            if said_ == "9014":
                about.message.acknowledged[about.place] += 1
            else:
                about.message.refused.append(said_)
        future = self._waiting.get(qn)
        if future is not None and not future.done():
            future.set_result(said_)


def numbers(mn: str, devices: int) -> list[str]:
    """The monitors' numbers: the one given, or as many as asked for that end in 00001, 00002 …"""
    return [mn] if devices == 1 else [f"{mn[:-5]}{number:05d}" for number in range(1, devices + 1)]


async def simulate(mns: Sequence[str], plan: Plan) -> Told:
    """All monitors at once. OSError: nobody listens there."""
    told = Told()
    await asyncio.gather(*(Monitor(mn, plan, told).run() for mn in mns))
    return told
