"""Loading a batch, whatever the warehouse says: retry, explain, split, or stop.

Four kinds of failure, four fates. Another writer was faster: roll back and try again. The database is away: wait for
it. The database refuses the content: halve the batch until the record stands alone, then quarantine it. Offsets are
missing: ask the broker. Everything else stops the worker.
"""

from __future__ import annotations

import logging
import time
from typing import Final

from kafka.errors import KafkaError

from huiliu.kafka import Cluster
from huiliu.settings import Settings
from schemas import topics
from sinks.errors import AnotherWriter, ContentRefused, WarehouseGone
from sinks.warehouse import Warehouse
from streams import holes
from streams.batch import Batch
from streams.chunk import Chunk
from streams.commit import Committer
from streams.drill import Drill
from streams.errors import HoleError
from streams.prepare import UNDECIDED, Prepared, prepare, refuse
from streams.stage import Stage
from validators.gate import Gate

logger = logging.getLogger(__name__)

#: A place to read again from: topic, partition, offset.
Place = tuple[str, int, int]

#: How often the same batch may meet another writer before that is no chance any more.
_CONTENTIONS: Final = 20

#: How long a database may be away before the worker stops, seconds. Its records stay in Kafka meanwhile.
_PATIENCE: Final = 600.0

#: How often one partition may be read again from the same offset before that is a fault.
_REREADS: Final = 3


class Loader:
    """Prepares and loads batches, in order. One per worker; ``prepare`` and ``load`` may run in two threads."""

    def __init__(self, warehouse: Warehouse, kafka: Cluster, settings: Settings, shard: int) -> None:
        self._kafka, self._settings = kafka, settings
        self._gate = Gate()
        self.drill = Drill(settings.crash_at)
        self._committer = Committer(warehouse, shard, self.drill)
        self._explained: set[Place] = set()
        self._reread: dict[Place, int] = {}

    def takes(self, chunk: Chunk) -> bool:
        return topics.parse_intake(chunk.topic) is not None

    def prepare(self, batch: Batch) -> list[Prepared]:
        """Step 2 of the batch."""
        with Stage("prepare", batch.size):
            prepared = prepare(batch, self._gate, self._settings.record_bytes)
        self.drill.reached("2")
        return prepared

    def load(self, batch: Batch, prepared: list[Prepared]) -> list[Place]:
        """Steps 3 to 11. Returns the places that have to be read again because offsets were skipped."""
        contentions, started = 0, time.monotonic()
        while batch.chunks:
            try:
                self._committer.commit(batch, prepared, self._explained)
                return []
            except AnotherWriter as fault:
                contentions += 1
                if contentions > _CONTENTIONS:
                    raise
                logger.info("Another writer was faster (%s): trying again", fault)
                time.sleep(0.05 * contentions)
            except WarehouseGone as fault:
                if time.monotonic() - started > _PATIENCE:
                    raise
                logger.warning("The warehouse is away, waiting for it: %s", fault)
                time.sleep(1.0)
            except HoleError as hole:
                place = self._explain(hole)
                if place is None:
                    continue
                rest = Batch(tuple(chunk for chunk in batch.chunks if chunk.place != place[:2]))
                return [place, *self.load(rest, self.prepare(rest))]
            except ContentRefused as fault:
                return self._split(batch, prepared, fault)
        return []

    def _explain(self, hole: HoleError) -> Place | None:
        """None when the broker has nothing in the hole; else the place to read again from."""
        place = (hole.topic, hole.partition, hole.expected)
        try:
            holes.explain(self._kafka, hole.topic, hole.partition, hole.expected, hole.found)
        except HoleError:
            self._reread[place] = self._reread.get(place, 0) + 1
            if self._reread[place] > _REREADS:
                raise
            logger.warning("%s Reading again from there.", hole)
            return place
        except KafkaError as fault:
            logger.warning("The broker cannot explain a hole yet, asking again: %s", fault)
            time.sleep(1.0)
            return None
        self._explained.add((hole.topic, hole.partition, hole.found))
        return None

    def _split(self, batch: Batch, prepared: list[Prepared], fault: ContentRefused) -> list[Place]:
        """Two smaller batches, the earlier records first; a single record goes to quarantine.

        One that is refused even there is beyond us: the fault stops the worker, which keeps everything.
        """
        if batch.size == 1:
            if all((one.outcomes != UNDECIDED).all() for one in prepared):
                raise fault
            logger.warning("The database refuses one record, it goes to quarantine: %s", fault)
            return self.load(batch, [refuse(one, str(fault)) for one in prepared])
        return [place for half in batch.halves() for place in self.load(half, self.prepare(half))]
