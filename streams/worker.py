"""``python -m streams.worker``: one worker of the hub, in the foreground until it is told to stop.

It needs a broker and a warehouse (``HUILIU_KAFKA``, ``HUILIU_DATABASE``) and starts neither. SIGTERM and SIGINT end it
cleanly. A fault ends it with exit code 70 and the reason in its log: everything not yet committed comes again.
"""

from __future__ import annotations

import contextlib
import gc
import logging
import os
import sys
import threading
import time
from collections.abc import Mapping
from typing import Final, NoReturn

import faust
from kafka import KafkaAdminClient
from kafka.errors import KafkaError

from huiliu import process
from huiliu.exposition import Exposition
from huiliu.kafka import Cluster
from huiliu.settings import Settings
from schemas import topics
from sinks import identities, ledger, publishers, shards
from sinks.errors import WarehouseGone
from sinks.warehouse import Warehouse
from streams import holes
from streams.app import add_agents, build
from streams.folding import Folding
from streams.gauges import Gauges
from streams.loading import Loader
from streams.relay_process import RelayProcess
from streams.signing import Keeper, key_file
from streams.stage import REGISTRY
from streams.subscription import Subscription
from streams.transport import ChunkApp, LedgerOffsets
from streams.watch import Watch, Watched

logger = logging.getLogger(__name__)

EX_SOFTWARE: Final = 70

#: Seconds to stop in after a fault, before the process is ended.
_LAST_WORDS: Final = 10.0

#: Seconds after which a thread that computes lets another go on. The loader asks the database some hundred times for a
#: batch of all kinds, and after each answer it waits as long for the thread that prepares the next one.
_SWITCH: Final = 0.0001

#: Seconds between two looks for a broker or database that is away.
_PAUSE: Final = 1.0

_LEVELS: Final = {
    "kafka": "WARNING",
    "kafka.net.sasl": "ERROR",  # it warns at each connection of names sent in the clear, on loopback
    "aiokafka": "WARNING",
}


def run(kafka: Cluster, database: str, settings: Settings) -> int:
    """Run a worker until it is stopped; returns the exit code."""
    settings.home.mkdir(parents=True, exist_ok=True)
    sys.setswitchinterval(_SWITCH)
    warehouse = Warehouse(database)
    with shards.held(warehouse) as shard:
        loader = Loader(warehouse, kafka, settings, shard)
        app = build(kafka, settings.home, settings, _ledger_offsets(warehouse, kafka))
        subscription = _subscription(app, warehouse, kafka)
        app.on_crash = _end_soon
        Keeper(key_file(settings))  # the relay's key: one that cannot be read is refused here, before anything starts
        relay = RelayProcess({**os.environ, **kafka.environ(), "HUILIU_DATABASE": database}, lambda: app.backlog.busy)
        intake = add_agents(app, loader, subscription, settings, relay.call)
        watch = _watch(app, subscription, kafka, settings)
        folding = Folding(warehouse, lambda: app.backlog.busy)
        relay.start()
        folding.start()
        try:
            code = _serve(app)
        except Exception as fault:
            logger.critical("The worker ended with a fault: %s", fault)
            return EX_SOFTWARE
        finally:
            watch.stop()
            folding.stop()
            relay.stop()
            warehouse.close()
    return EX_SOFTWARE if intake.fault or code else 0


def _watch(app: ChunkApp, subscription: Subscription, kafka: Cluster, settings: Settings) -> Watch:
    """Watch the worker, and serve what is seen. An address that is taken is said and does not keep it from loading."""
    watched = Watched(lambda: app._consumer, lambda: subscription.consumed, lambda: app.backlog.rows, app.places)
    watch = Watch(watched, kafka, settings.stall_seconds)
    app.task()(watch.attach)
    watch.start()
    REGISTRY.register(Gauges(watch.snapshot))
    try:
        served = Exposition(settings.metrics_host, settings.metrics_port or 0, REGISTRY, watch)
    except OSError as fault:
        logger.error("Metrics cannot be served on %s:%s: %s", settings.metrics_host, settings.metrics_port, fault)
        return watch
    served.start()
    logger.info("Metrics, readiness and liveness: %s/metrics /ready /live", served.address)
    return watch


def end(code: int) -> NoReturn:
    """End the process now: everything is committed or comes again, and no client's thread may hold it."""
    logging.shutdown()
    os._exit(code)


def _end_soon(reason: BaseException) -> None:
    """After a fault the process ends, even if what should stop does not: a worker alive but stuck helps nobody."""
    timer = threading.Timer(_LAST_WORDS, end, (EX_SOFTWARE,))
    timer.daemon = True
    timer.start()


def _serve(app: faust.App) -> int:
    """Run until told to stop; what Faust ends with: 0 only when it ended as it was told."""
    log = process.logging_config(_LEVELS)
    worker = faust.Worker(app, loglevel="INFO", logging_config=log, redirect_stdouts=False, quiet=True)
    try:
        worker.execute_from_commandline()
    except SystemExit as end:
        logger.info("The worker ended (%s)", end.code)
        return 0 if end.code is None else int(end.code)
    return 0


def _ledger_offsets(warehouse: Warehouse, kafka: Cluster) -> LedgerOffsets:
    def offsets(assigned: list[tuple[str, int]]) -> Mapping[tuple[str, int], int]:
        """Where reading goes on. A topic that was made again is said loudly and left where the ledger is."""
        while True:
            try:
                with warehouse.read() as connection:
                    known = ledger.next_offsets(connection, assigned)
                for fault in holes.replaced(kafka, known):
                    logger.error("%s", fault)
                return known
            except (WarehouseGone, KafkaError) as away:
                logger.warning("Where to read on is not known yet, trying again: %s", away)
                time.sleep(_PAUSE)

    return offsets


def _registered(warehouse: Warehouse) -> list[str]:
    with warehouse.read() as connection:
        return publishers.topics(connection)


def _present(kafka: Cluster) -> dict[str, str]:
    """The broker's topics and their ids."""
    with contextlib.closing(KafkaAdminClient(**kafka.kafka_python())) as admin:
        return {topic["name"]: str(topic["topic_id"]) for topic in admin.describe_topics()}


def _first_seen(warehouse: Warehouse, present: Mapping[str, str]) -> Mapping[str, str]:
    with warehouse.batch() as connection:
        return identities.first_seen(connection, present)


def _subscription(app: ChunkApp, warehouse: Warehouse, kafka: Cluster) -> Subscription:
    return Subscription(
        app,
        lambda: _registered(warehouse),
        lambda: _present(kafka),
        lambda present: _first_seen(warehouse, present),
        topics.PUBLISHERS,
    )


def leave_what_stays_alone() -> None:
    """Take the libraries out of the garbage collector's rounds, and let it go round seldom.

    Records make and drop objects by the hundred thousand, none in a cycle; each full round over what the libraries
    have loaded costs a third of a second of everybody's time.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(100_000, 20, 50)


if __name__ == "__main__":
    leave_what_stays_alone()
    end(process.begin(run))
