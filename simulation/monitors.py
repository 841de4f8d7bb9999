"""Simulated monitors of the demo: their registrations, and what the hub must make of the frames they sent.

The frames themselves go over TCP, through the gateway; what is counted here is what the monitors say they sent and how
often each message was acknowledged, never what the gateway made of it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import Any, Final, Protocol

import polars as pl

from huiliu.outcome import Outcome
from huiliu.period import day_start_ms
from schemas.contract import contract, polars_schema
from simulation import sent
from simulation.answer_key import AnswerKey
from simulation.publication import Publication
from simulation.registry import credit
from simulation.sent import Sent
from simulation.slab import rollup

_PERIODS: Final = {"2011": "REALTIME", "2051": "MINUTE", "2061": "HOUR", "2031": "DAY"}
#: Limits of the outlets: of dust so low that some readings exceed it.
_LIMITS: Final = (("a34013", 4.2), ("a21026", 35.0), ("a21002", 50.0))


class Message(Protocol):
    """What a monitor says of one message."""

    mn: str
    cn: str
    start: int
    readings: tuple[dict[str, Any], ...]

    @property
    def copies(self) -> int:
        """How often the hub has it."""


def registrations(mns: Sequence[str], division: str, key: AnswerKey) -> list[Publication]:
    """Made-up outlets for these monitors, counted in the key."""
    events = [
        Sent("registration", division, (mn,), _outlet(mn, division, place), Outcome.ACCEPTED)
        for place, mn in enumerate(mns, start=1)
    ]
    sent.note(key, events)
    return list(sent.publications(events))


def _outlet(mn: str, division: str, place: int) -> dict[str, Any]:
    since = (date(2016, 1, 1) - date(1970, 1, 1)).days
    about = {"unit": "mg/m3", "norm": "排污许可证（模拟）", "valid_from": since, "valid_to": None}
    return {
        "division": division,
        "revision": 1,
        "reported_at": day_start_ms(date(2025, 5, 1)),
        "source_ref": None,
        "mn": mn,
        "outlet_name": f"{place}号模拟数采仪排口",
        "enterprise": credit("340100", 59_999_998),
        "enterprise_name": "模拟数采仪（模拟登记，非真实企业）",
        "medium": "AIR",
        "longitude": None,
        "latitude": None,
        "limits": [{"pollutant": pollutant, "value": value, **about} for pollutant, value in _LIMITS],
    }


def count(messages: Iterable[Message], division: str, key: AnswerKey) -> None:
    """Add what the monitors sent: the first copy of a reading is loaded, each further one is a duplicate."""
    events = []
    for message in messages:
        number = len(message.readings)
        key.count("reading", division, Outcome.ACCEPTED, number=number * min(1, message.copies))
        key.count("reading", division, Outcome.DUPLICATE, number=number * max(0, message.copies - 1))
        events += list(_events(message, division)) if message.copies else []
    frame = pl.DataFrame(events, schema=polars_schema(contract("reading")))
    limits = pl.DataFrame(_LIMITS, schema={"pollutant": pl.String, "limit": pl.Float64}, orient="row")
    frame = frame.join(limits, on="pollutant", how="left").with_columns(pl.lit(division).alias("city"))
    key.load_readings(rollup(frame))


def _events(message: Message, division: str) -> Iterator[Mapping[str, Any]]:
    about = {
        "division": division,
        "revision": 1,
        "reported_at": message.start,
        "mn": message.mn,
        "period": _PERIODS[message.cn],
        "start": message.start,
    }
    names = contract("reading").names
    for reading in message.readings:
        event = about | reading
        yield {name: event.get(name) for name in names}
