"""Claim: each stage alone, decode, rules, gate and load, beside the rival or the limit of the same work.

    python -m benchmarks.stages [--events 300000] [--json]

| stage | the hub | beside it |
|---|---|---|
| decode | column path | fastavro, and Apache's avro, on fewer rows |
| rules | the reading suite, compiled to Polars | the same suite in Great Expectations, COMPLETE, naming the rows |
| gate | Great Expectations over what passed the rules, as planned | that COMPLETE run |
| load | numbers and limits joined, probe, write, rollups, commit | COPY of the same rows into a bare table |

Great Expectations runs as at the gate, without hashing every cell first, which its public way in does. Decode, rules
and gate see readings with 2 % faults; what is loaded is new and without fault, in transactions of 100,000. Every pair
must agree: the same records decoded to the same values, the same rows named by the same rules, the gate passing what
the rules passed and naming only what they refused, the same number of rows loaded.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence

import polars as pl
from great_expectations.core import ExpectationSuite
from sqlalchemy import text

from benchmarks import decoding, report
from benchmarks.end_to_end import register_outlets
from benchmarks.pair import Stage, timed
from benchmarks.rig import Rig, rig
from schemas.contract import contract
from schemas.decode import decode
from schemas.topics import parse_intake
from simulation.load import Load, million
from simulation.publication import Publication
from sinks import context, copy, facts, register, rollups
from streams.fingerprint import fingerprint
from validators import gate
from validators.compiler import columns_of
from validators.judge import EVENT_LAYERS, checks, judge, judge_event, rejected
from validators.suites import read_suite

_KIND, _BATCH = "reading", 100_000
_NOW_MS = 1_767_225_600_000  #: 2026-01-01: after every reading but those of the future


def main() -> None:
    arguments = _arguments()
    load = million(arguments.events)
    clean = million(arguments.events, faulty=0.0, duplicates=0.0, corrections=0.0)
    stages, agree = decoding.measure([one.value for one in load.messages], arguments.events // 3, 10_000)
    for measure in (_rules, _gate):
        some, right = measure(_events(load.messages[:_BATCH]))
        stages, agree = stages + some, agree and right
    with rig() as hub:
        register_outlets(hub, clean, partitions=1)
        some, right = _load(hub, clean)
    stages, agree = stages + some, agree and right
    figures = {"agree": agree, **_ratios(stages)}
    report.tell("stages", stages, figures, as_json=arguments.json, kept=agree)


def _arguments() -> argparse.Namespace:
    parser = report.parser(__doc__)
    parser.add_argument("--events", type=int, default=300_000)
    return parser.parse_args()


def _ratios(stages: Sequence[Stage]) -> dict[str, float]:
    """How many times faster each way of the hub is than what stands beside it."""
    rate = {(one.stage, one.way): one.rows_per_second for one in stages}
    return {
        "decode_times_fastavro": rate["decode", "columns"] / rate["decode", "fastavro"],
        "decode_times_avro": rate["decode", "columns"] / rate["decode", "avro"],
        "rules_times_great_expectations": rate["rules", "compiled"] / rate["rules", "Great Expectations COMPLETE"],
        "gate_times_complete": rate["gate", "planned"] / rate["rules", "Great Expectations COMPLETE"],
        "load_share_of_bare_copy": rate["load", "probe, write, rollups"] / rate["load", "bare COPY"],
    }


def _events(messages: Sequence[Publication]) -> pl.DataFrame:
    """The event frame with provenance, of what can be decoded."""
    decoded = decode(_KIND, [one.value for one in messages], record_bytes=1 << 20).frame
    places = [parse_intake(one.topic) for one in messages]
    publishers = pl.Series("publisher", [place.division if place else None for place in places], pl.String)
    offsets = pl.Series("offset", range(len(messages)), pl.Int64)
    return decoded.with_columns(
        publishers.gather(decoded["row"]),
        offsets.gather(decoded["row"]),
        pl.lit(_NOW_MS).alias("received_at"),
        pl.lit(1, pl.Int32).alias("intake"),
    )


def _rules(events: pl.DataFrame) -> tuple[list[Stage], bool]:
    """The suite's rules, compiled and in Great Expectations; and all rules that need only the event."""
    suite = read_suite(_KIND)
    codes = {each["meta"]["code"] for each in suite["expectations"]}
    compiled = [check for check in checks(_KIND, EVENT_LAYERS) if check.rule.code in codes]
    every, _ = timed(lambda: judge_event(_KIND, events))
    ours, judgement = timed(lambda: judge(events, compiled))
    theirs, named = timed(lambda: _complete(suite, events), 1)
    stages = [
        Stage("rules", "compiled", events.height, ours),
        Stage("rules", "compiled, and those of the event beyond the suite", events.height, every),
        Stage("rules", "Great Expectations COMPLETE", events.height, theirs),
    ]
    return stages, bool(named) and set(judgement.findings.select("row", "code").iter_rows()) == named


def _complete(suite: dict[str, list[dict[str, object]]], events: pl.DataFrame) -> set[tuple[int, str]]:
    """(row, code) that Great Expectations names."""
    expectations = suite["expectations"]
    configurations = ExpectationSuite(name=_KIND, expectations=expectations).expectation_configurations
    data = gate.to_pandas(events, {name for each in expectations for name in columns_of(each)})
    results = gate.run(data, configurations, gate.COMPLETE)
    return {(row, result.expectation_config.meta["code"]) for result in results for row in gate.bad_rows(result)}


def _gate(events: pl.DataFrame) -> tuple[list[Stage], bool]:
    wrong = rejected(judge_event(_KIND, events).findings)
    passing = events.filter(~pl.col("row").is_in(wrong.implode()))
    door = gate.Gate()
    door.passes(_KIND, passing[:1000])
    seconds, verdict = timed(lambda: door.passes(_KIND, passing))
    refused = door.passes(_KIND, events)
    blocked = events.filter(pl.col("row").is_in(pl.Series(refused.bad_rows, dtype=pl.UInt32).implode()))
    agree = verdict.success and not refused.success and set(blocked["row"]) <= set(wrong)
    return [Stage("gate", "planned", passing.height, seconds)], agree


def _load(hub: Rig, load: Load) -> tuple[list[Stage], bool]:
    """New readings through the hub's own steps, and the very same rows by COPY alone."""
    events = _events(load.messages).with_columns(flagged=pl.lit(False))
    events = events.with_columns(fingerprint(events, contract(_KIND).content))
    batches = [events[start : start + _BATCH] for start in range(0, events.height, _BATCH)]
    ours, rows = timed(lambda: [_written(hub, batch) for batch in batches], 1)
    with hub.warehouse.batch() as connection:
        names = ", ".join(f'"{name}"' for name in rows[0].columns)
        connection.execute(text(f"create table bare as select {names} from reading limit 0"))
    limit, _ = timed(lambda: sum(_copied(hub, frame) for frame in rows), 1)
    with hub.warehouse.read() as connection:
        counts = {
            connection.execute(text(statement)).scalar_one()
            for statement in ("select count(*) from reading", "select count(*) from bare",
                              "select sum(readings) from rollup_reading")
        }  # fmt: skip
    stages = [
        Stage("load", "probe, write, rollups", events.height, ours),
        Stage("load", "bare COPY", events.height, limit),
    ]
    return stages, counts == {events.height} == {len(load.messages)}


def _written(hub: Rig, batch: pl.DataFrame) -> pl.DataFrame:
    """Steps 5, 7 and 8 of a batch, committed; returns the rows in the warehouse's columns."""
    with hub.warehouse.batch() as connection:
        known = register.load(connection, None)
        assert facts.probe(connection, _KIND, batch, known).is_empty()
        fresh = facts.encode(_KIND, context.join(connection, _KIND, batch, known), known)
        none = fresh.clear()
        facts.write(connection, _KIND, fresh, none, none, none)
        rollups.apply(connection, _KIND, fresh, none, 0)
    return fresh


def _copied(hub: Rig, frame: pl.DataFrame) -> int:
    with hub.warehouse.batch() as connection:
        copy.copy(connection, "bare", frame)
    return frame.height


if __name__ == "__main__":
    main()
