"""The year as records that its cities send: for the hub itself, with a small year.

Registrations go first. All else may come in any order that keeps the records of one key in theirs, as Kafka does;
``delivered`` gives such an order by chance, with records delivered a second time.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any, Final

import numpy as np
import polars as pl

from huiliu import division
from huiliu.outcome import Outcome
from huiliu.period import DAY_MS, day_start_ms
from schemas import topics
from schemas.contract import contract
from schemas.encode import encode_frame
from simulation.oversight_year.duties import nil_events
from simulation.oversight_year.year import OversightYear
from simulation.publication import Publication
from simulation.registry import registration
from simulation.sent import Sent, publications

KINDS: Final = ("project", "award", "indicator", "reading", "registration", "nil", "response")
#: Natural keys of the small kinds.
_KEYS: Final = {
    "project": ("project_code",),
    "award": ("award_number",),
    "indicator": ("division", "indicator", "period"),
    "nil": ("division", "obligation", "period"),
}


def registrations(year: OversightYear) -> list[Publication]:
    """What must be loaded before readings come: every outlet, registered a month before the year."""
    at = day_start_ms(year.size.first) - 30 * DAY_MS
    told = [
        Sent("registration", outlet.city, (outlet.mn,), registration(outlet, at), Outcome.ACCEPTED)
        for outlet in year.monitors.outlets
    ]
    return list(publications(told))


def small(year: OversightYear) -> list[Publication]:
    """Projects, awards, indicators and nils in the order in which they are reported."""
    drawn = year.small
    told: list[tuple[datetime, str, dict[str, Any]]] = [
        *((one.known_from, "project", one.event) for life in drawn.projects for one in life.reports),
        *((one.known_from, "award", one.event) for life in drawn.awards for one in life.reports),
        *((one.known_from, "indicator", one.event) for life in drawn.indicators for one in life.reports),
    ]
    nils = [(event["reported_at"], "nil", event) for event in nil_events(drawn.duties)]
    timed = sorted([*((round(at.timestamp() * 1000), kind, event) for at, kind, event in told), *nils], key=_order)
    return list(publications([_sent(kind, event) for _, kind, event in timed]))


def _order(told: tuple[int, str, dict[str, Any]]) -> tuple[int, str, str, int]:
    at, kind, event = told
    return at, kind, "|".join(event[name] for name in _KEYS[kind]), event["revision"]


def _sent(kind: str, event: dict[str, Any]) -> Sent:
    city = division.city_of(event["division"])
    return Sent(kind, city, tuple(event[name] for name in _KEYS[kind]), event, Outcome.ACCEPTED)


def readings(year: OversightYear, city: str, month: date) -> list[Publication]:
    """The hour values of a city's month, in the order in which they are received."""
    told = year.readings(city, month).sort("received_at", "outlet", "pollutant", "start")
    events = told.select(
        pl.col("division").cast(pl.String),
        pl.lit(1, pl.Int32).alias("revision"),
        pl.col("received_at").dt.epoch("ms").alias("reported_at"),
        pl.lit(None, pl.String).alias("source_ref"),
        "mn",
        pl.col("pollutant_code").alias("pollutant"),
        pl.lit("HOUR").alias("period"),
        pl.col("start").dt.epoch("ms"),
        "average",
        "minimum",
        "maximum",
        pl.lit(None, pl.Float64).alias("cumulative"),
        "corrected",
        "flag",
        "mark",
    )
    values = encode_frame("reading", events.select(contract("reading").names))
    topic = topics.intake_topic(city, "reading")
    keys = {mn: mn.encode() for mn in events["mn"].unique()}
    return [
        Publication(topic, keys[mn], value, at)
        for mn, value, at in zip(events["mn"], values, events["reported_at"], strict=True)
    ]


def delivered(generator: np.random.Generator, sent: Sequence[Publication], again: float = 0.1) -> list[Publication]:
    """The records in an order by chance that keeps each key's own, and a share of them delivered again later."""
    place = {key: number for number, key in enumerate(dict.fromkeys(map(_key, sent)))}
    own = np.array([place[_key(one)] for one in sent])
    slots = generator.permutation(own)
    queues = {number: iter(np.flatnonzero(own == number)) for number in place.values()}
    order = [int(next(queues[int(slot)])) for slot in slots]
    repeated = generator.choice(len(order), round(len(order) * again), replace=False)
    later = {int(at): int(generator.integers(at, len(order))) for at in repeated}
    after: dict[int, list[int]] = {}
    for first, then in later.items():
        after.setdefault(then, []).append(order[first])
    return [sent[number] for at, one in enumerate(order) for number in (one, *after.get(at, ()))]


def _key(one: Publication) -> tuple[str, bytes]:
    return one.topic, one.key


def refused(year: OversightYear) -> Iterable[dict[str, Any]]:
    """Award reports above what their clause allows: the gate keeps them out, so the hub has no such matter."""
    for life in year.small.awards:
        if life.scheme is not None and life.scheme.topic == "award-over-cap" and life.scheme.guilty:
            corrected = life.scheme.mended is not None
            yield from (report.event for report in (life.reports[:-1] if corrected else life.reports))
