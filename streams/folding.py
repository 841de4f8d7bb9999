"""Folding the rollups' shards once in a while, so that figures stay quick to read however many workers come and go.

Every worker does it, each in its own time; a second one at the same figures finds nothing or gives way.
"""

from __future__ import annotations

import logging
import random
import threading
from collections.abc import Callable
from typing import Final

from sinks import rollups, upkeep
from sinks.errors import WarehouseError
from sinks.warehouse import Warehouse

logger = logging.getLogger(__name__)

#: Seconds between two rounds; each worker's differ a little, so that several do not keep meeting.
EVERY: Final = 3_600.0
_SPREAD: Final = 0.2


class Folding(threading.Thread):
    """Folds until it is stopped. While ``busy`` says that a backlog is being loaded, a round is left out."""

    def __init__(self, warehouse: Warehouse, busy: Callable[[], bool], every: float = EVERY) -> None:
        super().__init__(name="folding", daemon=True)
        self._warehouse, self._busy, self._every = warehouse, busy, every
        self._stopping = threading.Event()

    def run(self) -> None:
        while not self._stopping.wait(self._every * random.uniform(1 - _SPREAD, 1 + _SPREAD)):  # noqa: S311 (no secret)
            for kind in rollups.ROLLUPS:
                if not (self._busy() or self._stopping.is_set()):
                    self._fold(kind)

    def _fold(self, kind: str) -> None:
        """A database that is away, or a fault of folding, is said and leaves the figures as they are: as right."""
        try:
            gone = upkeep.fold(self._warehouse, kind)
        except WarehouseError as fault:
            logger.warning("The shards of %s are folded another time: %s", kind, fault)
            return
        if gone:
            logger.info("Folded %d shards of %s", gone, kind)

    def stop(self) -> None:
        """A part that is under way is committed first, which takes a moment."""
        self._stopping.set()
        self.join(timeout=5)
