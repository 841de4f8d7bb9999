"""The page on capacity, ``docs/capacity.md``: Chinese first, English second. A test holds it to what was measured.

    make capacity                                        measures anew what the page rests on, then writes it
    python -m benchmarks.capacity > docs/capacity.md     writes it from docs/measured/*.json

What is measured: cost by part and bytes (``benchmarks.workers``), the rate of one machine (``benchmarks.end_to_end``),
and what a worker uses at low rates (``benchmarks.latency``). What is derived is found by running the course of
arrivals, outage and catching up (:mod:`benchmarks.queueing`) for more and more workers (:mod:`benchmarks.plan`). What
is neither is assumed, and listed as assumed.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from benchmarks import plan
from benchmarks.capacity_words import ASSUMED, COURSE, DISK, ENDS, HEAD, LAST, MEASURED_AT, MONTHS, NEEDED
from benchmarks.cost import MEASURED, Cost, cost, measured
from benchmarks.plan import DAY, STEP, Needed, Place, needed

#: What the page rests on.
NAMES: Final = ("workers", "end_to_end", "latency")

BURST: Final = 20.0  #: times the steady rate while catching up, which takes a day's backlog in 76 minutes
SMALL: Final = Place("一个省", "a province", 300, 24, 4, 120, 4)
LARGEST: Final = Place("最大的省（全国的十分之一）", "the largest (a tenth)", 800, 24, 24 / (BURST - 1), 200, 4)
NATION: Final = Place("全国，一个库", "the nation, one database", 8_000, 24, 24 / (BURST - 1), 3_200, 1)
PLACES: Final = (SMALL, LARGEST, NATION)
PROVINCES: Final = 31
YEARS: Final = (1, 3, 5, 10)

Figures = Mapping[str, Mapping[str, Any]]  #: what the benchmarks said, by name


def page(said: Figures) -> str:
    """The whole page."""
    each = cost(said["workers"])
    here = float(said["end_to_end"]["rows"][0]["events_per_second"])
    found = [needed(place, each) for place in PLACES]
    parts = (
        [HEAD],
        _measured(each, said, here),
        _assumed(),
        _needs(found, here),
        _course(found[-1]),
        _disk(each),
        _ends(each),
        [LAST.format(archive=each.archive, share=each.archive / each.stored)],
    )
    return "\n\n".join("\n".join(part) for part in parts) + "\n"


def _measured(each: Cost, said: Figures, here: float) -> Iterator[str]:
    one, two = said["workers"]["rows"]
    whole = each.all_parts * 1e6
    yield "## 测得 | Measured\n"
    lines = [
        ("处理进程 worker", f"{each.worker * 1e6:.1f}"),
        ("Kafka", f"{each.broker * 1e6:.1f}"),
        ("PostgreSQL", f"{each.database * 1e6:.1f}"),
        ("合计 all", f"{whole:.1f}"),
    ]
    yield from _table(("每百万条的核秒 core seconds for a million records", ""), lines)
    yield ""
    timed = said["workers"]["stage_seconds_per_million"]
    lines = [(f"`{name}`", f"{seconds:.2f}") for name, seconds in timed.items() if name != "relay"]
    yield from _table(("处理进程各阶段每百万条的秒数 seconds of a worker's stages for a million records", ""), lines)
    yield ""
    lines = [
        ("Kafka 日志（一份） log, one copy", f"{each.log:.0f}"),
        ("事实表 facts", f"{each.facts:.0f}"),
        ("事实表的索引 their indexes", f"{each.index:.0f}"),
        ("历史 history", f"{each.history:.0f}"),
        ("汇总、隔离区、台账等 rollups, quarantine, ledger and others", f"{each.others:.0f}"),
        ("预写日志 WAL", f"{each.wal:.0f}"),
        ("Parquet 归档 archive", f"{each.archive:.0f}"),
    ]
    yield from _table(("每条的字节 bytes of a record", ""), lines)
    yield ""
    loads = [
        (f"{row['events_per_second']:,}", f"{row['processor']:.0%}", f"{row['p50']:.2f}", f"{row['p99']:.2f}")
        for row in said["latency"]["rows"][1:]
    ]
    head = ("每秒条数，112 个主题 records/s, 112 topics", "处理进程用核 of a core, worker", "p50 s", "p99 s")
    yield from _table(head, loads)
    yield MEASURED_AT.format(
        here=here,
        whole=whole,
        most=2e6 / whole,
        pair=each.pair,
        waits=one["rollup_waits"] + two["rollup_waits"],
        stall=each.stall,
    )


def _assumed() -> Iterator[str]:
    yield "## 假设 | Assumed\n"
    values = {
        "cores": f"{plan.CORES}",
        "used": f"{plan.USED:.0%}",
        "ram": f"{plan.RAM / 2**30:.0f} GiB",
        "hot": f"{plan.HOT:.0%}",
        "link": f"{plan.WAL_LINK / 1e6:.1f} MB/s",
        "restore": f"{plan.RESTORE / 1e12:.1f} TB",
        "checkpoint": f"{plan.CHECKPOINT / 60:.0f} min",
        "image": f"{plan.PAGE_IMAGE:,} B",
        "replicas": f"{plan.REPLICAS:,}",
        "log": f"{plan.COPIES}",
        "database": f"{plan.STANDBY}",
        "minute": "1 / min",
        "publishers": " / ".join(f"{place.publishers:,} × {place.partitions}" for place in PLACES),
    }
    yield from _table(("", ""), [(ASSUMED[name], value) for name, value in values.items()])


def _needs(found: Sequence[Needed], here: float) -> Iterator[str]:
    yield "## 需要多少 | What is needed\n"
    yield NEEDED[0].format(burst=BURST)
    yield from _table(
        ("", *(f"{one.place.zh} {one.place.en}" for one in found)),
        [
            ("平时每秒 steady, records/s", *(f"{one.place.rate:,.0f}" for one in found)),
            ("停后积压 waiting after the outage", *(f"{one.most_waiting / 1e6:,.1f} M" for one in found)),
            ("限时 within", *(_clock(one.place.within) for one in found)),
            ("处理进程 workers", *(f"{one.workers}" for one in found)),
            ("追赶每秒 catching up, records/s", *(f"{one.peak:,.0f}" for one in found)),
            ("追上 caught up after", *(_clock(one.caught_up) for one in found)),
            ("其间一个进程被杀 with one worker killed", *(_clock(one.killed) for one in found)),
            ("处理进程用核 cores of workers", *(f"{one.worker_cores:.1f}" for one in found)),
            ("数据库用核 cores of the database", *(f"{one.database_cores:.1f}" for one in found)),
            ("Kafka 用核 cores of brokers", *(f"{one.broker_cores:.1f}" for one in found)),
            ("接收主题的分区 partitions of intake topics", *(f"{one.place.topics:,}" for one in found)),
            ("Kafka 节点 brokers", *(f"{one.brokers}" for one in found)),
            ("数据库节点（含备机） database servers with standby", *(f"{plan.STANDBY}" for _ in found)),
            ("追赶时预写日志 WAL while catching up, MB/s", *(f"{one.wal / 1e6:.1f}" for one in found)),
        ],
    )
    small, hub = found[0], found[1]
    yield NEEDED[1].format(
        here=here,
        alone=_clock(small.most_waiting / max(here - small.place.rate, 1.0) / 3600),
        servers=PROVINCES * plan.STANDBY,
        provinces=PROVINCES,
        every=PROVINCES * hub.peak,
    )


def _course(found: Needed) -> Iterator[str]:
    yield "## 过程 | The course\n"
    yield COURSE
    back, caught = 1 + found.place.outage, found.caught_up or found.place.within
    moments = [0.5, 1 + found.place.outage / 2, back, *(back + caught * part for part in (0.25, 0.5, 0.75, 1, 1.2))]
    head = ("小时 hour", "到达/秒 arriving", "入库/秒 loaded", "积压 waiting")
    yield from _table(head, [_moment(found, hour) for hour in moments])


def _moment(found: Needed, hour: float) -> tuple[str, ...]:
    course = found.course
    step = min(round(hour * 3600 / STEP) - 1, len(course.arrived) - 1)
    rates = (f"{one[step] / STEP:,.0f}" for one in (course.arrived, course.processed))
    return (_clock(hour), *rates, f"{course.waiting[step] / 1e6:,.1f} M")


def _disk(each: Cost) -> Iterator[str]:
    yield "## 磁盘 | Disk\n"
    yield DISK
    lines = []
    for place in PLACES:
        for years in YEARS:
            records = place.rate * years * 365 * DAY / 1e12
            sizes = (each.log * plan.COPIES, each.stored * plan.STANDBY, each.archive)
            lines.append((f"{place.zh} {place.en}", f"{years}", *(f"{records * size:,.1f}" for size in sizes)))
    yield from _table(("", "年 years", "Kafka", "PostgreSQL", "Parquet"), lines)


def _ends(each: Cost) -> Iterator[str]:
    yield "## 单个 PostgreSQL 到哪里为止 | Where one PostgreSQL server ends\n"
    yield ENDS.format(burst=BURST)
    found = [*plan.limits(each, BURST, 1), *plan.limits(each, BURST, 5)[-1:]]
    lines = [
        (f"{one.zh} {one.en}", f"{one.rate:,.0f}", *("✓" if one.rate >= place.rate else "✗" for place in PLACES))
        for one in found
    ]
    yield from _table(("", "至多 at most", *(f"{place.rate:,.0f}" for place in PLACES)), lines)
    month = [place.rate * 30 * DAY for place in PLACES]
    yield MONTHS.format(
        rows=" / ".join(f"{one / 1e9:.1f}" for one in month),
        deep=" / ".join(f"{plan.index_depth(each, one)}" for one in month),
        index=" / ".join(f"{one * each.index / 1e9:,.0f}" for one in month),
        frozen=NATION.rate * DAY * (each.facts + each.index) / 1e12,
    )


def _clock(hours: float | None) -> str:
    if hours is None:
        return "—"
    minutes = round(hours * 60)
    return f"{minutes // 60}:{minutes % 60:02}"


def _table(head: Sequence[str], lines: Sequence[Sequence[str]]) -> Iterator[str]:
    yield f"| {' | '.join(head)} |"
    yield f"|---|{'---:|' * (len(head) - 1)}"
    for line in lines:
        yield f"| {' | '.join(line)} |"


def keep(name: str, said: str, folder: Path = MEASURED) -> None:
    """Keep what a benchmark said with ``--json``: the last line of its output. ValueError if that is no such line."""
    figures = json.loads(said.strip().splitlines()[-1])
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{name}.json").write_text(json.dumps(figures, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--keep", metavar="NAME", help="keep a benchmark's output, read from standard input")
    arguments = parser.parse_args()
    if arguments.keep:
        keep(arguments.keep, sys.stdin.read())
    else:
        sys.stdout.write(page({name: measured(name) for name in NAMES}))


if __name__ == "__main__":
    main()
