"""The Faust app of oversight: a consumer group of its own on ``province.*``, beside the workers that load.

One agent takes answers, one sees that facts of any other kind came, one timer judges, one tells directives. A message
is acknowledged once what it asks for is committed. An unknown fault ends the process with everything kept: Faust alone
would acknowledge and go on.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from functools import partial
from pathlib import Path
from typing import Any, Final

import faust
from aiokafka.errors import KafkaError

from huiliu.kafka import Cluster
from huiliu.settings import Settings
from oversight.rule_files import Rules
from schemas import topics
from schemas.contract import KINDS
from sinks.errors import AnotherWriter, WarehouseGone
from sinks.warehouse import Warehouse
from streams.drill import Drill
from streams.errors import NotUpwardError
from streams.faust_settings import faust_settings
from streams.oversight_answers import answers, take
from streams.oversight_directives import Directives
from streams.oversight_judging import Judging
from streams.relay import writer

logger = logging.getLogger(__name__)

#: Seconds between two looks whether to judge, and whether something is to be told; and of rest after a fault.
_LOOK: Final = 2.0
_TELL: Final = 0.5
_AFTER_FAULT: Final = 2.0

Ended = Callable[[BaseException], None]


def build(kafka: Cluster, home: Path, settings: Settings) -> faust.App:
    """The app, without agents yet."""
    return faust.App(topics.OVERSIGHT_GROUP, **faust_settings(kafka, home / "oversight", settings))


class Oversight:
    """What the agents share. ``ended`` is told of a fault that nobody knows: it ends the process."""

    def __init__(self, warehouse: Warehouse, kafka: Cluster, rules: Rules, drill: Drill, ended: Ended) -> None:
        self._warehouse, self._kafka, self._rules, self._ended = warehouse, kafka, rules, ended
        self._judging, self._drill = Judging(warehouse, rules, drill), drill
        self._directives = Directives(warehouse, drill)

    def add_agents(self, app: faust.App) -> None:
        """Agents and tasks of the app."""
        rest = [topics.province_topic(kind) for kind in KINDS if kind != "response"]
        answered = app.topic(
            topics.province_topic("response"), key_type=bytes, value_type=bytes, value_serializer="raw"
        )
        changed = app.topic(*rest, key_type=bytes, value_type=bytes, value_serializer="raw")
        app.agent(answered, name="answers", concurrency=1)(self._answers)
        app.agent(changed, name="facts", concurrency=1)(self._facts)
        app.task()(self._judge)
        app.task()(self._tell)

    async def _answers(self, stream: Any) -> None:
        async for event in stream.noack().events():
            await self._going_on(partial(asyncio.to_thread, self._take, event))
            self._judging.changed()
            event.ack()

    def _take(self, event: Any) -> None:
        message = event.message
        try:
            found = list(answers(message.value, message.headers))
        except NotUpwardError as fault:
            # nobody but the relay writes here: what is none of its messages answers nothing, and stays in the topic
            logger.error("%s[%d]@%d is no container: %s", message.topic, message.partition, message.offset, fault)
            return
        take(self._warehouse, self._rules, found, self._drill)

    async def _facts(self, stream: Any) -> None:
        async for _ in stream:
            self._judging.changed()

    async def _judge(self) -> None:
        while True:
            await self._going_on(partial(asyncio.to_thread, self._judging.look))
            await asyncio.sleep(_LOOK)

    async def _tell(self) -> None:
        while True:
            await self._going_on(self._told)

    async def _told(self) -> None:
        async with writer(self._kafka) as sender:
            while True:
                if not await self._directives.tell(sender):
                    await asyncio.sleep(_TELL)

    async def _going_on(self, work: Callable[[], Awaitable[object]]) -> None:
        """Until it is done: a database or broker that is away is waited for, anything unknown ends the process."""
        while True:
            try:
                await work()
                return
            except (WarehouseGone, AnotherWriter, KafkaError, TimeoutError, ConnectionError) as away:
                logger.warning("Waiting, trying again: %s", away)
                await asyncio.sleep(_AFTER_FAULT)
            except asyncio.CancelledError:
                raise
            except BaseException as fault:
                self._ended(fault)
                raise
