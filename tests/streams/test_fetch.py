"""What a fetch gave travels together: nothing is left out, and it is done with when its last piece is."""

from __future__ import annotations

import numpy as np
from faust.types.tuples import TP
from hypothesis import given
from hypothesis import strategies as st

from schemas import topics
from streams.fetch import Fetch, Held, Piece, together
from streams.records import Records

TOPICS = st.sampled_from(["intake.340100.reading", "intake.340200.nil", topics.PUBLISHERS, "something.else"])


def piece(topic: str, partition: int, first: int = 0, rows: int = 3) -> Piece:
    offsets = np.arange(first, first + rows)
    records = Records(offsets, np.zeros(rows, np.int64), [None] * rows, [b""] * rows, {})
    return Piece(TP(topic, partition), Held(records))


@given(st.lists(st.tuples(TOPICS, st.integers(0, 9)), max_size=20, unique=True))
def test_every_piece_is_in_one_fetch_and_only_those_of_intake_share_one(drawn: list[tuple[str, int]]) -> None:
    pieces = [piece(topic, partition) for topic, partition in drawn]
    fetches = list(together(pieces))
    assert sorted(id(one) for fetch in fetches for one in fetch.pieces) == sorted(map(id, pieces))
    for fetch in fetches:
        assert len(fetch.pieces) == 1 or all(topics.parse_intake(one.tp.topic) for one in fetch.pieces)
    assert sum(topics.parse_intake(fetch.carrier.tp.topic) is not None for fetch in fetches) <= 1


@given(st.integers(1, 9))
def test_a_fetch_is_done_with_when_its_last_piece_is(pieces: int) -> None:
    fetch = Fetch.of(*(piece("intake.340100.reading", number) for number in range(pieces)))
    assert [fetch.let_go() for _ in range(pieces)] == [False] * (pieces - 1) + [True]


def test_a_piece_knows_its_last_offset() -> None:
    assert piece("intake.340100.reading", 0, first=7, rows=3).last == 9
