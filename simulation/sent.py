"""One event of the small kinds with its intended fate, and how many of them become records."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

import polars as pl

from huiliu.outcome import LOADED, Outcome
from schemas import topics
from schemas.contract import contract, polars_schema
from schemas.encode import encode_frame
from simulation.answer_key import AnswerKey
from simulation.mangling import MANGLES
from simulation.publication import Publication

Event = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Sent:
    """An event as sent: by which city, about which object (natural key), and what must become of it.

    ``mangle`` names what is done to its bytes after encoding.
    """

    kind: str
    city: str
    key: tuple[str, ...]
    event: Event
    outcome: Outcome
    code: str | None = None
    mangle: str | None = None


def note(key: AnswerKey, sent: Iterable[Sent]) -> None:
    """Add these events, in their order, to the answer key; the figures of readings are added elsewhere, column-wise."""
    for one in sent:
        key.count(one.kind, one.city, one.outcome, one.code)
        if one.outcome in LOADED and one.kind != "reading":
            key.load(one.kind, one.city, one.key, one.event)


def publications(sent: Sequence[Sent]) -> Iterator[Publication]:
    """The records of these events, in their order; the Kafka key is the natural key, so an object keeps its order."""
    values = _encoded(sent)
    for number, (one, value) in enumerate(zip(sent, values, strict=True)):
        mangled = MANGLES[one.mangle](value, number) if one.mangle else value
        topic = topics.intake_topic(one.city, one.kind)
        yield Publication(topic, "|".join(one.key).encode(), mangled, one.event["reported_at"])


def _encoded(sent: Sequence[Sent]) -> list[bytes]:
    values: list[bytes] = [b""] * len(sent)
    order = sorted(range(len(sent)), key=lambda place: sent[place].kind)
    for kind, group in groupby(order, key=lambda place: sent[place].kind):
        places = list(group)
        frame = pl.DataFrame([sent[place].event for place in places], schema=polars_schema(contract(kind)))
        for place, value in zip(places, encode_frame(kind, frame), strict=True):
            values[place] = value
    return values
