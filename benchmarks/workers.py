"""Claim: workers share the work of one group; partitions move without loss or double counting and hardly stand still.

    python -m benchmarks.workers [--events 500000] [--topics 16] [--partitions 4] [--rate 1000] [--json]

In one run, on one broker and database server: one worker drains the readings; two workers drain the same readings into
a database that was the same before. Measured from when all workers have their partitions to the last record: the
processor seconds of each part, and the sessions seen waiting for a lock (looked for fifty times a second). On two cores
that broker, database and workers share, a second worker is worth what the first one leaves idle, no more.

Then readings come at a steady rate, and a third worker joins, one leaves (SIGTERM), one is killed (-9). ``stall`` is
the longest time for which a partition that stayed with its worker did not move in the ledger, from half a second
before the group began to exchange partitions until its third second with new owners. ``stall_before`` is the same in
the five seconds before, when nothing happened: readings gather into batches, no partition moves all the time.
``stall_while_starting`` is the same while the new worker's process starts, which wants a core of the two. Partitions of
the killed worker wait for the session's time-out, 6 s here, before they go to another.

In the end both warehouses are held against the answer key, line by line.
"""

from __future__ import annotations

import argparse
import copy
import io
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace

import psycopg
from sqlalchemy import make_url

from benchmarks import report
from benchmarks.end_to_end import exact, register_outlets, spread
from benchmarks.lock_waits import lock_waits
from benchmarks.pace import Sender
from benchmarks.parts import Space, processor, space
from benchmarks.rig import Rig, rig
from benchmarks.stalls import Exchange, exchange, movements, settled
from benchmarks.usage import Usage
from benchmarks.worker_stages import stage_seconds
from deploy.ports import choose
from schemas.topics import GROUP
from simulation.publication import Publication
from sinks.fetch import fetch
from sinks.warehouse import Warehouse

_GOAL_STALL = 3.0  # seconds
_SESSION = {"HUILIU_SESSION_SECONDS": "6"}  # the product's own default is longer
_STEADY = 60  # seconds for which the steady load suffices
_ARCHIVED = 200_000  # readings in the Parquet file that is weighed
_WARM = 3.0  # seconds of it before anything is watched


@dataclass(frozen=True)
class Drained:
    """``<part>_cpu`` are processor seconds for a million events; ``upkeep`` is the database's own, vacuum among it.

    ``rollup_waits``, ``ledger_waits`` and ``other_waits`` are sessions seen waiting for a lock.
    """

    workers: int
    events: int
    seconds: float
    events_per_second: float
    workers_cpu: float
    broker_cpu: float
    database_cpu: float
    upkeep_cpu: float
    peak_mib: float
    rollup_waits: int
    ledger_waits: int
    other_waits: int


def main() -> None:
    arguments = _arguments()
    load = spread(arguments.events + int(_STEADY * arguments.rate), arguments.topics)
    backlog, steady = load.messages[: arguments.events], load.messages[arguments.events :]
    with rig() as hub:
        register_outlets(hub, load, arguments.partitions)
        twin, before = copied(hub), space(hub.endpoints.database, hub.folder / "broker")
        end = hub.loaded() + len(backlog)
        hub.send(backlog)
        port = choose()
        with ExitStack() as stack:
            one = drained(hub, end, [started(hub, stack, "one", port)])
            seconds = stage_seconds(port)
        used = space(hub.endpoints.database, hub.folder / "broker").since(before)
        with ExitStack() as stack:
            pair = [started(twin, stack, f"two-{number}") for number in (1, 2)]
            two = drained(twin, end, pair)
            exchanges = list(exchanged(twin, pair, stack, steady, arguments.rate))
            twin.drain()
        with hub.worker():
            hub.drain()
        archive = archived(hub)
        right = [exact(rig, replace(load, answer_key=copy.deepcopy(load.answer_key))) for rig in (hub, twin)]
    figures = {
        "topics": arguments.topics,
        "partitions": arguments.topics * arguments.partitions,
        "rate": arguments.rate,
        "exact": all(right),
        "two_beside_one": two.events_per_second / one.events_per_second,
        "exchanges": report.show("while workers come and go", exchanges),
        "stage_seconds_per_million": {name: 1e6 * each / arguments.events for name, each in seconds.items()},
        "bytes_per_event": {**per_event(used, arguments.events), "archive": archive},
        "goal_stall": _GOAL_STALL,
        "reached": max(one.stall for one in exchanges) < _GOAL_STALL and not one.rollup_waits + two.rollup_waits,
    }
    report.tell("workers", [one, two], figures, as_json=arguments.json, kept=all(right))


def _arguments() -> argparse.Namespace:
    parser = report.parser(__doc__)
    parser.add_argument("--events", type=int, default=500_000)
    parser.add_argument("--topics", type=int, default=16, help="publishers, one topic of readings each; up to 104")
    parser.add_argument("--partitions", type=int, default=4, help="partitions of a topic")
    parser.add_argument("--rate", type=float, default=1000.0, help="readings per second while workers come and go")
    return parser.parse_args()


def copied(hub: Rig) -> Rig:
    """The same hub with a database of its own that has all that the first one has now."""
    url = make_url(hub.endpoints.database)
    hub.warehouse.close()
    with psycopg.connect(hub.endpoints.database, autocommit=True) as connection:
        connection.execute(f'create database twin template "{url.database}"')
    twin = url.set(database="twin").render_as_string(hide_password=False)
    return replace(hub, endpoints=replace(hub.endpoints, database=twin), warehouse=Warehouse(twin))


def started(hub: Rig, stack: ExitStack, name: str, port: int | None = None) -> Usage:
    """A worker that runs until the stack is left."""
    return stack.enter_context(hub.worker({**_SESSION, "HUILIU_METRICS_PORT": str(port or choose())}, name))


def drained(hub: Rig, end: int, workers: Sequence[Usage]) -> Drained:
    """What these workers did, from when all have their partitions until so many offsets are in the ledger."""
    settled(hub.endpoints.kafka, GROUP, len(workers))
    processes = [one.process for one in workers]
    with lock_waits(hub.endpoints.database) as waits:
        first, since, before = hub.loaded(), time.monotonic(), processor(processes)
        hub.until_loaded(end, workers[0], every=0.1)
        seconds, used = time.monotonic() - since, processor(processes).since(before)
    events = end - first
    return Drained(
        workers=len(workers),
        events=events,
        seconds=seconds,
        events_per_second=events / seconds,
        workers_cpu=1e6 * used.workers / events,
        broker_cpu=1e6 * used.broker / events,
        database_cpu=1e6 * used.database / events,
        upkeep_cpu=1e6 * used.upkeep / events,
        peak_mib=sum(one.peak_mib for one in workers),
        rollup_waits=waits.seen["rollups"],
        ledger_waits=waits.seen["ledger"],
        other_waits=waits.seen["other"],
    )


def exchanged(
    hub: Rig, workers: list[Usage], stack: ExitStack, steady: Sequence[Publication], rate: float
) -> Iterator[Exchange]:
    """A third worker joins, the first one leaves, the second is killed, all the while readings come."""
    kafka = hub.endpoints.kafka
    with movements(hub.endpoints.database) as seen, Sender(kafka) as sender:
        load = threading.Thread(target=sender.send, args=(steady, rate))
        load.start()
        time.sleep(_WARM)
        try:
            yield exchange("a third joins", lambda: started(hub, stack, "two-3"), seen, kafka, GROUP, (2, 3))
            yield exchange("one leaves", workers[0].process.terminate, seen, kafka, GROUP, (3, 2))
            yield exchange("one is killed", workers[1].process.kill, seen, kafka, GROUP, (2, 1))
        except BaseException:
            sender.stop.set()
            raise
        finally:
            load.join()


def per_event(used: Space, events: int) -> dict[str, float]:
    """Bytes on disk, and of WAL written, for one event."""
    return {name: size / events for name, size in vars(used).items()}


def archived(hub: Rig) -> float:
    """Bytes of one reading in a Parquet file, in the order of its key."""
    with hub.warehouse.read() as connection:
        readings = fetch(connection, f"select * from reading order by outlet, pollutant, start limit {_ARCHIVED}")
    file = io.BytesIO()
    readings.write_parquet(file, compression="zstd")
    return file.tell() / readings.height


if __name__ == "__main__":
    main()
