"""The Faust app: explicit agents, explicit topics, nothing discovered.

``build`` makes the app of one worker; what all apps of the hub are set to is :mod:`streams.faust_settings`'s.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

from kafka.errors import KafkaError

from huiliu.kafka import Cluster
from huiliu.settings import Settings
from schemas import topics
from sinks.errors import WarehouseError
from streams.faust_settings import faust_settings
from streams.intake import Intake
from streams.loading import Loader
from streams.pace import Rhythm
from streams.places import Places
from streams.subscription import Subscription
from streams.transport import Backlog, ChunkApp, LedgerOffsets, RawChunk

logger = logging.getLogger(__name__)

#: Records of one partition in one turn: a flood waits after so many until the others had theirs.
_QUOTA: Final = 5_000

#: Records have gathered at the broker for the whole linger; this part of it is for one fetch's chunks to come together.
_REST_OF_LINGER: Final = 0.03

#: Bytes of one partition in one answer of the broker.
_FETCH_BYTES: Final = 4 << 20


def build(kafka: Cluster, home: Path, settings: Settings, ledger_offsets: LedgerOffsets) -> ChunkApp:
    """The app, without agents yet."""
    app = ChunkApp(
        topics.GROUP,
        **faust_settings(kafka, home / "worker", settings),
        stream_buffer_maxsize=1024,
        broker_max_poll_records=_QUOTA,
        consumer_max_fetch_size=_FETCH_BYTES,
    )
    app.ledger_offsets = ledger_offsets
    app.backlog = Backlog(2 * settings.batch_rows)
    app.rhythm = Rhythm(settings.linger_ms / 1000)
    app.places = Places()
    return app


def add_agents(
    app: ChunkApp, loader: Loader, subscription: Subscription, settings: Settings, committed: Callable[[], None]
) -> Intake:
    """The agents and the timer of the app: intake, publishers, and the look at what publishers there are.

    ``committed`` is called after each commit.
    """
    intake = Intake(app, loader, settings.linger_ms / 1000 * _REST_OF_LINGER, settings.batch_rows, committed)
    channel = app.topic(*subscription.topics(), schema=_schema(), value_type=bytes)
    announcements = app.topic(topics.PUBLISHERS, schema=_schema(), value_type=bytes)

    async def take_in(stream: Any) -> None:
        await intake.run(stream)

    async def follow_publishers(stream: Any) -> None:
        """Somebody said that publishers changed: look at once instead of at the next tick."""
        async for _ in stream:
            await _refresh(subscription, channel)

    app.agent(channel, name="intake", concurrency=1)(take_in)
    app.agent(announcements, name="publishers", concurrency=1)(follow_publishers)
    app.timer(interval=float(settings.refresh_seconds), name="publishers")(_ticking(subscription, channel))
    return intake


def _ticking(subscription: Subscription, channel: Any) -> Any:
    async def look_for_publishers() -> None:
        await _refresh(subscription, channel)

    return look_for_publishers


async def _refresh(subscription: Subscription, channel: Any) -> None:
    """A database or broker that is away for a moment must not stop the worker: the next tick looks again."""
    try:
        await subscription.refresh(channel)
    except (WarehouseError, KafkaError, OSError) as fault:
        logger.warning("Publishers could not be read, trying again: %s", fault)


def _schema() -> RawChunk:
    return RawChunk(key_serializer="raw", value_serializer="raw")
