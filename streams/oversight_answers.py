"""Answers to directives, from messages of ``province.response`` into their cases.

A message is a container of ``response`` records with the places that they were loaded from. Each is taken in a
transaction of its own and known by its place, so a message that comes again changes nothing.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from io import BytesIO
from typing import Any

import fastavro

from oversight.cases import answer
from oversight.cases.answer import Answer
from oversight.cases.keeping import Place, answer_kept
from oversight.rule_files import Rules
from sinks.warehouse import Warehouse
from streams.drill import KEPT, NO_DRILL, Drill
from streams.errors import NotUpwardError

logger = logging.getLogger(__name__)


def answers(value: bytes, headers: Iterable[tuple[str, bytes]]) -> Iterator[tuple[Place, Answer]]:
    """The answers in a message of the relay, with where each was loaded from. Raises NotUpwardError."""
    told: Mapping[str, bytes] = dict(headers)
    try:
        topic, partition = told["huiliu.topic"].decode(), int(told["huiliu.partition"])
        offsets = [int(offset) for offset in told["huiliu.offsets"].decode().split(",")]
        records: list[Any] = list(fastavro.reader(BytesIO(value)))
        places = [(topic, partition, offset) for offset in offsets]
        yield from zip(places, map(answer.read, records), strict=True)
    except (KeyError, ValueError, TypeError, EOFError) as fault:
        raise NotUpwardError(f"{type(fault).__name__}: {fault}") from fault


def take(warehouse: Warehouse, rules: Rules, found: Iterable[tuple[Place, Answer]], drill: Drill = NO_DRILL) -> int:
    """Apply or refuse each answer, in order; returns how many there were. Raises WarehouseError."""
    count = 0
    for place, said in found:
        with warehouse.batch() as connection:
            answered = answer_kept(connection, place, said, datetime.now(UTC), rules)
            drill.reached(KEPT)
        if answered.refusal:
            logger.warning("Answer %s[%d]@%d to %s refused: %s", *place, said.case_number, answered.refusal.code)
        count += 1
    return count
