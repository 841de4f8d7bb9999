"""What one fetch gave: chunks of many partitions, handed on together.

Faust hands every message through its queues, its streams and its books by itself, a good half millisecond each; a
fetch over a province's 448 partitions gives a hundred chunks, several times a second. So the chunks of intake topics
travel in one message, that of one of their partitions, and are acknowledged one by one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from schemas import topics
from streams.records import Records


class Held:
    """Records that take room in the backlog. ``release`` gives it back, once, however often it is called."""

    __slots__ = ("__weakref__", "records", "release")

    release: Callable[[], object]

    def __init__(self, records: Records) -> None:
        self.records = records


@dataclass(frozen=True, slots=True)
class Piece:
    """The consecutive records that a fetch gave of one partition (a Faust ``TP``)."""

    tp: Any
    held: Held

    @property
    def last(self) -> int:
        """Offset of the last record."""
        return int(self.held.records.offsets[-1])


@dataclass(slots=True)
class Fetch:
    """Pieces of different partitions, at least one; ``waiting`` of them are neither committed nor let go."""

    pieces: tuple[Piece, ...]
    waiting: int

    @classmethod
    def of(cls, *pieces: Piece) -> Fetch:
        return cls(pieces, len(pieces))

    @property
    def carrier(self) -> Piece:
        """The piece whose place in Kafka the message has."""
        return self.pieces[0]

    def let_go(self) -> bool:
        """One piece is done with; whether that was the last."""
        self.waiting -= 1
        return self.waiting == 0


def together(pieces: Iterable[Piece]) -> Iterator[Fetch]:
    """The pieces of intake topics as one fetch, each of the others by itself: other agents read those."""
    taken_in = []
    for piece in pieces:
        if topics.parse_intake(piece.tp.topic) is None:
            yield Fetch.of(piece)
        else:
            taken_in.append(piece)
    if taken_in:
        yield Fetch.of(*taken_in)
