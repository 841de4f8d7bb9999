"""Upward reporting: what a lower hub has accepted becomes the intake of the hub of the level above.

A process of its own beside the higher hub. In rounds, each of which is

1. read where each partition of the lower hub's ``province.*`` topics stands, from the higher hub's warehouse;
2. read messages from there on, as many as one fetch gives;
3. open them (:mod:`streams.upward_events`) and send their events to ``intake.<lower hub>.<kind>`` above;
4. wait until the higher broker has all of them;
5. move the places on, in one transaction, and only from where they were read.

Dying between 4 and 5 sends some events again. They are byte for byte the same, so the higher hub counts them as
duplicates: at least once on the wire, exactly once in effect. A broker or database that is away is waited for.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import time
from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from typing import Any, Final

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition
from aiokafka.errors import KafkaError
from kafka import KafkaAdminClient
from kafka.errors import KafkaError as AdminError

from huiliu.division import DivisionCode
from huiliu.errors import Unavailable
from huiliu.kafka import Cluster
from huiliu.language import text
from schemas import topics
from sinks import publishers, upward
from sinks.errors import AnotherWriter, WarehouseGone
from sinks.upward import Passed, Place, Step
from sinks.warehouse import Warehouse
from streams.drill import NO_DRILL, Drill
from streams.errors import NotUpwardError, SourceError
from streams.relay import writer
from streams.upward_events import Upward, records

logger = logging.getLogger(__name__)

CARRIED: Final = "carried"  #: where a drill can stop: the higher broker has the events, the place is not moved yet

#: Messages taken at once, each of up to 800 kB of events.
_MESSAGES: Final = 32

#: How long the higher broker may take to have a round, seconds.
_PATIENCE: Final = 60.0

#: How long to wait after a fault, and for messages, seconds.
_AFTER_FAULT: Final = 2.0
_WAIT: Final = 0.5

_AWAY: Final = (KafkaError, AdminError, WarehouseGone, AnotherWriter, Unavailable, TimeoutError, ConnectionError)


@dataclass(frozen=True, kw_only=True)
class Route:
    """From the lower hub's broker to the higher hub's, where the lower one is the publisher of ``division``."""

    division: DivisionCode
    source: Cluster
    target: Cluster


@dataclass
class Carried:
    """What was carried since the start."""

    messages: int = 0
    events: int = 0
    passed: int = 0


@dataclass
class Carrier:
    """Carries one lower hub's events. ``skip_lost``: go on where the lower broker has deleted what was not carried."""

    warehouse: Warehouse
    route: Route
    skip_lost: bool = False
    refresh_seconds: float = 15.0
    drill: Drill = NO_DRILL
    carried: Carried = field(default_factory=Carried)

    async def run(self, stopping: asyncio.Event, *, once: bool = False) -> Carried:
        """Carry until told to stop; with ``once`` until all is carried that is there at the beginning.

        Raises SourceError where the lower hub's topics cannot be followed, ForeignContractError for events whose
        contract this hub lacks. What is away is waited for, with ``once`` too.
        """
        while not stopping.is_set():
            try:
                if await self._follow(stopping, once) and once:
                    break
            except _AWAY as fault:
                logger.warning("Not carried for now, trying again: %s", fault)
                await _rest(stopping, _AFTER_FAULT)
        return self.carried

    async def _follow(self, stopping: asyncio.Event, once: bool) -> bool:
        """Rounds until the topics are looked at anew, or (``once``) all is carried; then True."""
        kept, there = await asyncio.to_thread(self._look)  # 1.
        places = {place: TopicPartition(*place) for place in there}
        async with _reader(self.route.source) as reader, writer(self.route.target) as sender:
            reader.assign(list(places.values()))
            ends = await reader.end_offsets(list(places.values()))
            firsts = await reader.beginning_offsets(list(places.values()))
            at: dict[tuple[str, int], int] = {}
            for place, one in places.items():
                begin = self._begin(place, there[place], firsts[one], ends[one], kept.get(place))
                at[place] = kept[place].next_offset if place in kept else begin
                reader.seek(one, begin)
            until = time.monotonic() + self.refresh_seconds
            while not stopping.is_set() and (once or time.monotonic() < until):
                polled = await reader.getmany(timeout_ms=int(_WAIT * 1000), max_records=_MESSAGES)  # 2.
                if polled:
                    await self._round({(*one,): found for one, found in polled.items()}, there, at, sender)
                elif once and all([await reader.position(one) >= ends[one] for one in places.values()]):
                    return True
        return False

    def _look(self) -> tuple[dict[tuple[str, int], Place], dict[tuple[str, int], str]]:
        """How far everything is carried; and the lower hub's partitions, with the ids of their topics."""
        with self.warehouse.read() as connection:
            publisher = publishers.find(connection, self.route.division)
            kept = upward.places(connection, self.route.division)
        if publisher is None or publisher.suspended:
            raise SourceError(_not_admitted(self.route.division, publisher is not None))
        with closing(KafkaAdminClient(**self.route.source.kafka_python())) as admin:
            described = admin.describe_topics(_province(publisher.kinds))
        there = {
            (topic["name"], partition["partition_index"]): str(topic["topic_id"])
            for topic in described
            if not topic["error_code"]
            for partition in topic["partitions"]
        }
        if not there:
            raise SourceError(_no_hub(self.route.source))
        return kept, there

    def _begin(self, place: tuple[str, int], kafka_id: str, first: int, end: int, kept: Place | None) -> int:
        """Where a partition is read on. Raises SourceError where that would pass over something silently."""
        where = f"{place[0]}[{place[1]}]"
        if kept is None:
            if first > 0:
                logger.warning("%s begins at %d: what was before is deleted there; an export brings it", where, first)
            return first
        if kept.kafka_id != kafka_id or end < kept.next_offset:
            raise SourceError(_remade(where))
        if first > kept.next_offset:
            if not self.skip_lost:
                raise SourceError(_expired(where, kept.next_offset, first))
            logger.warning("%s goes on at %d: told to pass over what is deleted there", where, first)
        return max(first, kept.next_offset)

    async def _round(
        self,
        polled: Mapping[tuple[str, int], Sequence[Any]],
        there: Mapping[tuple[str, int], str],
        at: dict[tuple[str, int], int],
        sender: AIOKafkaProducer,
    ) -> None:
        """Steps 3 to 5. ``at``: where the warehouse has each partition; it is brought along."""
        steps, passed, sending = list[Step](), list[Passed](), list[asyncio.Future[Any]]()
        for place, messages in polled.items():
            before = len(sending)
            for message in messages:  # 3.
                for one in self._opened(place, message, passed):
                    sending.append(await sender.send(one.topic, one.value, one.key, headers=one.source.headers))
            after = messages[-1].offset + 1
            steps.append(Step(*place, there[place], at[place], after, len(sending) - before))
        await _confirmed(sending)  # 4.
        self.drill.reached(CARRIED)
        await asyncio.to_thread(self._move, steps, passed)  # 5.
        at |= {(step.topic, step.partition): step.after for step in steps}
        self.carried.messages += sum(map(len, polled.values()))
        self.carried.events += len(sending)
        self.carried.passed += len(passed)

    def _opened(self, place: tuple[str, int], message: Any, passed: list[Passed]) -> list[Upward]:
        kind = place[0].partition(".")[2]
        try:
            return records(self.route.division, kind, message.value, message.headers)
        except NotUpwardError as fault:
            logger.error("%s[%d] %d is passed over: %s", *place, message.offset, fault)
            passed.append(Passed(*place, message.offset, str(fault)))
            return []

    def _move(self, steps: Sequence[Step], passed: Sequence[Passed]) -> None:
        with self.warehouse.batch() as connection:
            upward.move(connection, self.route.division, steps, passed)


def _province(kinds: Sequence[str]) -> list[str]:
    """The lower hub's topics, in the order in which a hub wants to know: outlets before their readings."""
    first = ("registration", "project")
    return [topics.province_topic(kind) for kind in sorted(kinds, key=lambda kind: (kind not in first, kind))]


async def _confirmed(sending: Sequence[asyncio.Future[Any]]) -> None:
    """Wait until the broker has all. Raises KafkaError, TimeoutError."""
    if not sending:
        return
    done, late = await asyncio.wait(sending, timeout=_PATIENCE)
    for one in done:
        one.result()
    if late:
        raise TimeoutError(f"{len(late)} of {len(sending)} records are not confirmed after {_PATIENCE:.0f} s")


async def _rest(stopping: asyncio.Event, seconds: float) -> None:
    """Wait so long, or until told to stop."""
    with contextlib.suppress(TimeoutError):
        await asyncio.wait_for(stopping.wait(), seconds)


def _reader(kafka: Cluster) -> AIOKafkaConsumer:
    return AIOKafkaConsumer(
        **kafka.aiokafka(),
        group_id=None,
        enable_auto_commit=False,
        auto_offset_reset="none",
        isolation_level="read_committed",
        max_partition_fetch_bytes=4 << 20,
    )


def _not_admitted(division: str, suspended: bool) -> str:
    if suspended:
        again = f"huiliu publisher resume {division}"
        return text(f"{division} 在本枢纽已暂停，不再接收。恢复：{again}",
                    f"{division} is suspended here: nothing is carried. Let it in again: {again}")  # fmt: skip
    add = f"huiliu publisher add {division} --kinds project,award,indicator,registration,reading,nil"
    return text(f"{division} 尚未登记为本枢纽的报送单位。登记：{add}",
                f"{division} is no publisher of this hub yet. Register it: {add}")  # fmt: skip


def _no_hub(source: Cluster) -> str:
    return text(
        f"{source} 上看不到任何 province.* 主题：或非汇流的 Kafka，或无权读取（下级执行 huiliu upward reader）。",
        f"No province.* topic is to be seen at {source}: it is no hub's Kafka, or you may not read them (the lower hub"
        " gives that with huiliu upward reader).",
    )


def _remade(where: str) -> str:
    return text(
        f"下级枢纽的 {where} 已被删除后重建，或代理丢失数据：所记位置不再有效。"
        "请由下级导出缺失期间（huiliu upward export），在此导入，再以 huiliu upward reset 从头接续（重复的不计）。",
        f"{where} of the lower hub was deleted and made again, or its broker lost data: the place that is kept means"
        " nothing there. Import an export of what is missing (huiliu upward export), then begin anew with huiliu"
        " upward reset: what comes twice counts once.",
    )


def _expired(where: str, wanted: int, first: int) -> str:
    return text(
        f"下级枢纽的 {where} 第 {wanted}–{first - 1} 条消息已按保留期删除，尚未上报。"
        "请由下级导出该期间（huiliu upward export）并在此导入，然后加 --skip-lost 继续。",
        f"Messages {wanted} to {first - 1} of {where} of the lower hub were deleted by retention before they were"
        " carried. Import an export of that time (huiliu upward export), then go on with --skip-lost.",
    )
