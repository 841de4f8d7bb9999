"""Publishers that come and go while the worker runs.

Faust subscribes once, and its pattern subscription does not work: the channel's list of topics is changed and the
conductor told. A topic that is registered but not on the broker is left out, said once, and tried again.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from typing import Any

from streams.transport import ChunkApp

logger = logging.getLogger(__name__)


class Subscription:
    """Keeps the intake channel's topics equal to what publishers are registered for and the broker has."""

    def __init__(self, app: ChunkApp, wanted: Callable[[], list[str]], present: Callable[[], set[str]], always: str):
        self._app, self._wanted, self._present, self._always = app, wanted, present, always
        self._missing: set[str] = set()

    def topics(self) -> list[str]:
        """The topics to consume now; blocking."""
        wanted, present = self._wanted(), self._present()
        missing = set(wanted) - present
        for topic in sorted(missing - self._missing):
            logger.error(
                "Topic %s is registered but the broker does not have it: restore it or run huiliu up again", topic
            )
        self._missing = missing
        return [self._always, *(topic for topic in wanted if topic in present)]

    async def refresh(self, channel: Any) -> bool:
        """Follow what has changed; true when it had."""
        topics = await asyncio.to_thread(self.topics)
        if set(topics) == set(channel.topics):
            return False
        logger.info("The topics changed: %d are consumed now", len(topics) - 1)
        self._app.topics._resubscribe_sleep_lock_seconds = 0.5
        for known in list(self._app.topics):
            if set(known.topics) == set(channel.topics):
                known.topics = topics
        channel.topics = topics
        self._app.topics._flag_changes()
        return True
