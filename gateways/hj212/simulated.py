"""Simulated monitors: they connect, send, wait for their acknowledgements and send again, as field machines do.

Timing is the standard's: 10 s for an answer, then up to three more tries (HJ 212-2017 6.8). Each try has a QN of its
own; in 2025 a further try carries RF=1. Data are seeded and each frame has a time of its own, so that sending again is
a duplicate to the hub and never a conflict.
"""

from __future__ import annotations

import asyncio
import random
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final

from gateways.hj212 import frame
from gateways.hj212.answers import moment
from gateways.hj212.cutter import Cutter
from gateways.hj212.frame import Frame
from gateways.hj212.segment import Edition, Group, Pair, Segment, build, parse
from huiliu.clock import now_ms

FAULTS: Final = ("crc", "split", "duplicate", "late", "clock")
#: Seconds between two data of one kind.
STEPS: Final = {"2011": 1, "2051": 60, "2061": 3_600, "2031": 86_400}
#: Every so many frames has the next of the faults asked for.
_EVERY: Final = 5
_ANSWER, _TRIES, _WINDOW = 10.0, 4, 16
_LATE_MS: Final = 28 * 3_600_000
_CLOCK_MS: Final = 600_000
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
    password: str = "123456"  # noqa: S105 (the standard's own example)
    edition: Edition = Edition.E2017
    cn: str = "2011"
    st: str = "31"
    rate: float = 1.0
    frames: int = 10
    faults: tuple[str, ...] = ()
    seed: int = 0
    answer: float = _ANSWER


@dataclass(slots=True)
class Told:
    """What became of it all; ``seconds`` of each answer that came."""

    counts: Counter[str] = field(default_factory=Counter)
    faults: Counter[str] = field(default_factory=Counter)
    seconds: list[float] = field(default_factory=list)


class Monitor:
    """One monitor and its connection."""

    def __init__(self, mn: str, plan: Plan, told: Told) -> None:
        self._mn, self._plan, self._told = mn, plan, told
        self._draw = random.Random(f"{plan.seed} {mn}")  # noqa: S311 (a seeded simulation)
        self._waiting: dict[str, asyncio.Future[str]] = {}
        self._writer: asyncio.StreamWriter | None = None
        self._last_qn = 0

    async def run(self) -> None:
        """Connect, send everything at the plan's rate, wait for what is owed. OSError: nobody is there."""
        reader, self._writer = await asyncio.open_connection(self._plan.host, self._plan.port)
        listening = asyncio.ensure_future(self._listen(reader))
        room = asyncio.Semaphore(_WINDOW)
        began, sending = time.monotonic(), set[asyncio.Task[None]]()
        first = now_ms() // 1000 * 1000 - self._plan.frames * STEPS[self._plan.cn] * 1000
        try:
            for number in range(self._plan.frames):
                await asyncio.sleep(began + number / self._plan.rate - time.monotonic())
                await room.acquire()
                task = asyncio.ensure_future(self._message(number, first))
                sending.add(task)
                task.add_done_callback(sending.discard)
                task.add_done_callback(lambda _: room.release())
            await asyncio.gather(*sending)
        finally:
            listening.cancel()
            self._writer.close()

    async def _message(self, number: int, first: int) -> None:
        """One message until it is acknowledged, refused or given up."""
        plan = self._plan
        fault = plan.faults[number // _EVERY % len(plan.faults)] if plan.faults and number % _EVERY == 0 else None
        if fault:
            self._told.faults[fault] += 1
        at = first + number * STEPS[plan.cn] * 1000 - (_LATE_MS if fault == "late" else 0)
        groups = self._groups(at)
        parts = [groups] if fault != "split" else [(groups[0], *groups[1:3]), (groups[0], *groups[3:])]
        self._told.counts["messages"] += 1
        results = [
            await self._until_answered(part, fault, (len(parts), place)) for place, part in enumerate(parts, start=1)
        ]
        self._told.counts["acknowledged" if set(results) == {"9014"} else "failed"] += 1

    async def _until_answered(self, groups: Sequence[Group], fault: str | None, place: tuple[int, int]) -> str:
        for attempt in range(_TRIES):
            qn = self._qn(_CLOCK_MS if fault == "clock" else 0)
            again = attempt > 0 or fault == "late"
            raw = frame.build(build(self._head(qn, place, again=again), groups))
            if fault == "crc" and not attempt:
                raw = raw[:-6] + f"{int(raw[-6:-2], 16) ^ 0x0101:04X}\r\n".encode()
            self._told.counts["sent"] += 1
            self._told.counts["resent"] += attempt > 0
            answer: asyncio.Future[str] = asyncio.get_running_loop().create_future()
            self._waiting[qn] = answer
            began = time.monotonic()
            self._say(raw)
            if fault == "duplicate" and not attempt:
                self._told.counts["sent"] += 1
                self._say(raw)
            try:
                said = await asyncio.wait_for(answer, self._plan.answer)
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

    def _groups(self, at: int) -> tuple[Group, ...]:
        groups: list[Group] = [(("DataTime", moment(at)[:14]),)]
        for new, old, usual in _FACTORS:
            code = old if self._plan.edition is Edition.E2005 else new
            groups.append(tuple(self._items(code, usual)))
        return tuple(groups)

    def _items(self, code: str, usual: float) -> Iterator[Pair]:
        values = sorted(usual * self._draw.uniform(0.9, 1.1) for _ in range(3))
        names = ("Rtd",) if self._plan.cn == "2011" else ("Min", "Avg", "Max")
        for name, value in zip(names, values[:1] if len(names) == 1 else values, strict=True):
            yield f"{code}-{name}", f"{value:.3f}"
        yield f"{code}-Flag", "N"

    def _qn(self, ahead: int) -> str:
        """A QN that no other message of this monitor has."""
        self._last_qn = max(self._last_qn + 1, now_ms() + ahead)
        return moment(self._last_qn)

    def _say(self, raw: bytes) -> None:
        if self._writer is not None and not self._writer.is_closing():
            self._writer.write(raw)

    async def _listen(self, reader: asyncio.StreamReader) -> None:
        cutter = Cutter()
        while data := await reader.read(65_536):
            for one in cutter.feed(data):
                if isinstance(one, Frame):
                    self._heard(parse(one.segment))
        self._told.counts["hung_up"] += 1

    def _heard(self, answer: Segment) -> None:
        cn, items = answer.field("CN"), dict(pair for group in answer.cp or () for pair in group)
        if cn == "1012":
            self._told.counts["clock_orders"] += 1
            for reply, said in (("9011", ("QnRtn", "1")), ("9012", ("ExeRtn", "1"))):
                flag = str(_FLAGS[self._plan.edition] & ~1)
                qn = answer.field("QN") or ""
                head = [("QN", qn), ("ST", "91"), ("CN", reply), ("PW", self._plan.password)]
                self._say(frame.build(build([*head, ("MN", self._mn), ("Flag", flag)], [(said,)])))
            return
        future = self._waiting.get(answer.field("QN") or items.get("QN", ""))
        if future is not None and not future.done():
            future.set_result("9014" if cn == "9014" else items.get("QnRtn", "?"))


def numbers(mn: str, devices: int) -> list[str]:
    """The monitors' numbers: the one given, or as many as asked for that end in 00001, 00002 …"""
    return [mn] if devices == 1 else [f"{mn[:-5]}{number:05d}" for number in range(1, devices + 1)]


async def simulate(mns: Sequence[str], plan: Plan) -> Told:
    """All monitors at once. OSError: nobody listens there."""
    told = Told()
    await asyncio.gather(*(Monitor(mn, plan, told).run() for mn in mns))
    return told
