"""What a place needs: the smallest hub that catches up in time, found by running its course."""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil

import numpy as np

from benchmarks.cost import Cost
from benchmarks.queueing import Absence, Course, Service, run
from schemas.contract import KINDS

STEP = 60.0  #: seconds of one step of a course
DAY = 86_400

CORES = 8  #: of one server, each as fast as those of the measuring machine
USED = 0.6  #: part of a server's cores that intake may take while catching up; queries, vacuum and backup want the rest
BROKERS = 3  #: the fewest that keep three copies of the log
COPIES = 3  #: of Kafka's log
REPLICAS = 4_000  #: of partitions on one broker, at most
STANDBY = 2  #: copies of the database: one and its standby
WAL_LINK = 125e6 / 2  #: bytes/s: half of a standby's gigabit link
RAM = 64 * 2**30  #: of a database server
HOT = 0.25  #: part of it that index pages in use may fill
RESTORE = 200e6 * 8 * 3600  #: bytes that come back from a backup within eight hours at 200 MB/s
PAGE = 8192  #: bytes of a page
PAGE_IMAGE = 4096  #: bytes of WAL for a page that changes for the first time after a checkpoint, compressed: assumed
CHECKPOINT = 900.0  #: seconds between checkpoints, as delivered
BATCH = 100_000  #: records of one batch, as delivered


@dataclass(frozen=True)
class Place:
    """``rate``: records per second. ``outage``: hours without loading. ``within``: hours to catch up in.

    ``publishers`` have seven topics each, of ``partitions`` partitions.
    """

    zh: str
    en: str
    rate: float
    outage: float
    within: float
    publishers: int
    partitions: int

    @property
    def topics(self) -> int:
        """Partitions of all intake topics."""
        return self.publishers * len(KINDS) * self.partitions

    @property
    def series(self) -> float:
        """Outlets times factors, when each sends one record a minute."""
        return self.rate * 60


@dataclass(frozen=True)
class Needed:
    """A hub for a place, and its course: ``caught_up`` is hours after the outage, None if not within the course."""

    place: Place
    workers: int
    worker_cores: float
    database_cores: float
    broker_cores: float
    brokers: int
    peak: float
    wal: float
    most_waiting: float
    caught_up: float | None
    killed: float | None
    course: Course


def database_rate(cost: Cost, cores: int = CORES) -> float:
    """Records per second that a database server takes."""
    return USED * cores / cost.database


def wal_per_record(cost: Cost, rate: float, series: float) -> float:
    """Bytes of WAL: what was measured, and the images of index pages.

    Each series has an index page of its own in use. After a checkpoint the first record that comes to a page brings the
    page's image with it, and the more records come to a page between two checkpoints, the less that is for each.
    """
    per_page = max(1.0, rate * CHECKPOINT / series)
    return cost.wal + PAGE_IMAGE / per_page


def needed(place: Place, cost: Cost, cores: int = CORES) -> Needed:
    """The fewest workers with which the place catches up in time; if no number does, those that use the database up."""
    most = max(1, ceil(database_rate(cost, cores) / cost.rate) + 1)
    for workers in range(1, most + 1):
        found = _with(place, cost, workers, cores)
        if found.caught_up is not None and found.caught_up <= place.within:
            break
    return found


def _with(place: Place, cost: Cost, workers: int, cores: int) -> Needed:
    # Readings alone carry traffic; each publisher has one topic of them.
    service = Service(workers, place.publishers * place.partitions, cost.rate, database_rate(cost, cores))
    outage, course = course_of(place, service)
    first = outage.end
    # A worker dies in the first minute of catching up and its partitions wait for another, for a minute at the most.
    _, hurt = course_of(place, service, (Absence(workers - 1, first, first + 1),))
    peak = float(course.processed.max()) / STEP
    return Needed(
        place,
        workers,
        peak * cost.worker,
        peak * cost.database,
        peak * cost.broker,
        max(BROKERS, ceil(peak * cost.broker * COPIES / (USED * CORES)), ceil(place.topics * COPIES / REPLICAS)),
        peak,
        peak * wal_per_record(cost, peak, place.series),
        float(course.waiting.max()),
        _hours(course, first),
        _hours(hurt, first),
        course,
    )


def course_of(place: Place, service: Service, more: tuple[Absence, ...] = ()) -> tuple[Absence, Course]:
    """An hour of every day, the outage, and the time to catch up in, twice."""
    hour = int(3600 / STEP)
    outage = Absence(None, hour, hour + round(place.outage * hour))
    steps = outage.end + round(2 * place.within * hour)
    return outage, run(np.full(steps, place.rate * STEP), service, STEP, (outage, *more))


def _hours(course: Course, since: int) -> float | None:
    found = course.caught_up(since)
    return None if found is None else (found + 1 - since) * STEP / 3600


@dataclass(frozen=True)
class Limit:
    """Up to which steady rate one PostgreSQL server goes, by one measure."""

    zh: str
    en: str
    rate: float


def limits(cost: Cost, burst: float, years: float) -> list[Limit]:
    """For a place that must also catch up at ``burst`` times its steady rate and keep ``years``."""
    image = wal_per_record(cost, 1.0, 60.0)  # a record a minute and series, whatever the rate
    catching_up = wal_per_record(cost, burst, 60.0)
    wal = WAL_LINK / max(image, burst * catching_up)
    return [
        Limit(
            f"处理器：追赶时 {burst:.0f} 倍", f"processor, catching up {burst:.0f}-fold", database_rate(cost) / burst
        ),
        Limit("预写日志：备机链路的一半", "WAL, half of a standby's link", wal),
        Limit("正在写的索引页在内存中", "index pages in use stay in memory", HOT * RAM / PAGE / 60),
        Limit(
            f"保留 {years:g} 年，八小时内可恢复",
            f"{years:g} years kept, restored within eight hours",
            RESTORE / (cost.stored * years * 365 * DAY),
        ),
    ]


def index_depth(cost: Cost, rows: float) -> int:
    """Levels of a B-tree over so many rows, given the bytes of an entry as measured."""
    fanout = PAGE * 0.9 / max(cost.index, 16.0)
    return max(1, ceil(np.log(max(rows, 2.0)) / np.log(fanout)))
