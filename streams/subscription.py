"""Publishers that come and go while the worker runs.

Faust subscribes once, and its pattern subscription does not work: the channel's list of topics is changed and the
conductor told. A topic that is registered but not on the broker, or that was deleted and made again, is left out, said
once, and looked at again.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Mapping
from typing import Any

from streams.errors import TopicRemadeError
from streams.transport import ChunkApp

logger = logging.getLogger(__name__)


class Subscription:
    """Keeps the intake channel's topics equal to what publishers are registered for and the broker has.

    ``wanted`` gives the topics that publishers are registered for, ``present`` the broker's topics with their ids,
    ``first_seen`` the ids with which topics were first read: one that has another id now is not consumed.
    """

    def __init__(
        self,
        app: ChunkApp,
        wanted: Callable[[], list[str]],
        present: Callable[[], Mapping[str, str]],
        first_seen: Callable[[Mapping[str, str]], Mapping[str, str]],
        always: str,
    ) -> None:
        self._app, self._wanted, self._present, self._always = app, wanted, present, always
        self._first_seen = first_seen
        self._missing: set[str] = set()
        self._replaced: set[str] = set()
        self.consumed = 0  #: intake topics to consume

    def topics(self) -> list[str]:
        """The topics to consume now; blocking."""
        wanted, present = self._wanted(), self._present()
        there = {topic: present[topic] for topic in wanted if topic in present}
        first = self._first_seen(there)
        self._report(set(wanted) - there.keys(), {topic for topic in there if there[topic] != first[topic]})
        intake = [topic for topic in there if topic not in self._replaced]
        self.consumed = len(intake)
        return [self._always, *intake]

    def _report(self, missing: set[str], replaced: set[str]) -> None:
        for topic in sorted(missing - self._missing):
            logger.error(
                "Topic %s is registered but the broker does not have it: restore it or run huiliu up again", topic
            )
        for topic in sorted(replaced - self._replaced):
            logger.error("%s", TopicRemadeError(topic))
        self._missing, self._replaced = missing, replaced

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
