"""Chunks wait, in turn and in order, and none is lost or taken twice."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from dataclasses import dataclass

from hypothesis import given
from hypothesis import strategies as st

from streams.gathering import Gathering

ROWS = 100


@dataclass(frozen=True)
class Piece:
    place: tuple[str, int]
    rows: int
    number: int = 0

    @property
    def kind(self) -> str:
        return self.place[0].rpartition(".")[2]

    @property
    def publisher(self) -> str:
        return self.place[0].split(".")[1]


PLACES = st.builds(
    lambda city, kind, part: (f"intake.{city}.{kind}", part),
    st.sampled_from(["340100", "340200", "340300"]),
    st.sampled_from(["reading", "registration", "nil"]),
    st.integers(0, 1),
)


def batches(pieces: list[Piece], rows: int = ROWS) -> list[list[Piece]]:
    """Everything that is taken, batch by batch, when all has waited long enough."""

    async def gather() -> list[list[Piece]]:
        gathering = Gathering[Piece](0.0, rows)
        for _ in range(60):
            gathering.cost(1, 1, 0.0)  # costs nothing: nobody waits for more
        for piece in pieces:
            gathering.add(piece)
        taken: list[list[Piece]] = []
        while sum(map(len, taken)) < len(pieces):
            taken.append(await asyncio.wait_for(gathering.batch(), 5))
        return taken

    return asyncio.run(gather())


@given(st.lists(st.tuples(PLACES, st.integers(1, 120)), max_size=30))
def test_all_is_taken_once_and_each_place_in_its_order(drawn: list[tuple[tuple[str, int], int]]) -> None:
    pieces = [Piece(place, rows, number) for number, (place, rows) in enumerate(drawn)]
    taken = [piece for batch in batches(pieces) for piece in batch]
    assert sorted(piece.number for piece in taken) == list(range(len(pieces)))
    by_place: defaultdict[tuple[str, int], list[int]] = defaultdict(list)
    for piece in taken:
        by_place[piece.place].append(piece.number)
    assert all(numbers == sorted(numbers) for numbers in by_place.values())


@given(st.lists(st.tuples(PLACES, st.integers(1, 120)), max_size=30))
def test_a_batch_ends_with_the_piece_that_fills_it(drawn: list[tuple[tuple[str, int], int]]) -> None:
    pieces = [Piece(place, rows, number) for number, (place, rows) in enumerate(drawn)]
    for batch in batches(pieces):
        assert sum(piece.rows for piece in batch[:-1]) < ROWS


def test_a_flood_of_one_place_does_not_keep_another_out_of_the_next_batch() -> None:
    flood = [Piece(("intake.340100.reading", part), 60) for _ in range(20) for part in range(2)]
    first, *_ = batches([*flood, Piece(("intake.340200.reading", 0), 1)])
    assert first[0].place == ("intake.340200.reading", 0)


def test_a_batch_is_waited_for_until_something_comes() -> None:
    async def later() -> list[Piece]:
        gathering = Gathering[Piece](0.01, ROWS)
        waiting = asyncio.create_task(gathering.batch())
        await asyncio.sleep(0)
        assert not waiting.done()
        gathering.add(Piece(("intake.340100.nil", 0), 1))
        return await asyncio.wait_for(waiting, 5)

    assert len(asyncio.run(later())) == 1


def test_the_many_small_chunks_of_one_are_all_in_the_next_batch_whatever_another_floods() -> None:
    flood = [Piece(("intake.340200.reading", part), 5_000, number) for number in range(40) for part in range(4)]
    quiet = [Piece(("intake.340100.reading", 0), 20, number) for number in range(50)]
    first = batches([*flood, *quiet], rows=20_000)[0]
    assert [piece for piece in first if piece in quiet] == quiet
