"""What a worker knows of its partitions without asking: records fetched and not loaded are never lost from sight."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from huiliu import clock
from streams.places import Known, Places

PLACE = ("intake.340100.nil", 0)
OTHER = ("hub.publishers", 0)


@dataclass
class Some:
    """Records as a fetch gives them."""

    offsets: np.ndarray
    timestamps: np.ndarray

    def __len__(self) -> int:
        return len(self.offsets)


def records(*offsets: int) -> Some:
    """The record at offset n was received at n seconds."""
    return Some(np.array(offsets, np.int64), np.array(offsets, np.int64) * 1000)


def assigned(offset: int = 0) -> Places:
    places = Places()
    places.assigned({PLACE: offset, OTHER: 0})
    return places


def behind(places: Places, position: int | None, end: int | None) -> tuple[int, int | None]:
    (standing,) = places.standings({PLACE: Known(position, end, 0)})
    return standing.records, standing.oldest_ms


def test_only_intake_counts_and_only_what_has_an_end() -> None:
    places = assigned()
    assert places.standings({PLACE: Known(0, None, 0), OTHER: Known(0, 9, 0)}) == []
    assert places.standings({}) == []


def test_records_wait_from_the_fetch_to_the_commit_although_the_consumer_has_read_on() -> None:
    places = assigned()
    places.fetched({PLACE: records(0, 1, 2), OTHER: records(0)})
    places.fetched({PLACE: records(3, 4)})
    assert behind(places, 5, 5) == (5, 0)
    places.loaded({PLACE: 3})
    assert behind(places, 5, 5) == (2, 3000)
    assert (places.moved, places.newest_loaded_ms) == (3, 2000)
    places.loaded({PLACE: 5})
    assert behind(places, 5, 5) == (0, None)
    assert (places.moved, places.newest_loaded_ms) == (5, 4000)


def test_markers_of_transactions_after_the_last_record_are_nothing_to_load() -> None:
    places = assigned()
    places.fetched({PLACE: records(0, 1)})
    assert behind(places, 3, 3) == (3, 0)
    places.loaded({PLACE: 2})
    assert behind(places, 3, 3) == (0, None)


def test_what_is_not_fetched_yet_is_as_old_as_what_was_loaded_before_it_or_as_when_it_was_first_seen() -> None:
    places = assigned()
    places.fetched({PLACE: records(0, 1)})
    places.loaded({PLACE: 2})
    assert behind(places, 2, 9) == (7, 1000)
    fresh = assigned(7)
    with clock.using(clock.at(50_000)):
        assert behind(fresh, 7, 8) == (1, 50_000)
    with clock.using(clock.at(90_000)):
        assert behind(fresh, 7, 8) == (1, 50_000)


def test_after_a_rebalance_reading_starts_where_the_ledger_is_and_a_late_commit_still_counts() -> None:
    places = assigned()
    places.fetched({PLACE: records(0, 1, 2)})
    places.assigned({PLACE: 0})
    assert behind(places, 0, 3)[0] == 3
    places.loaded({PLACE: 3})
    assert behind(places, 3, 3) == (0, None)
    places.assigned({})
    places.loaded({PLACE: 9})
    assert places.moved == 3


@given(st.lists(st.tuples(st.integers(1, 5), st.booleans()), max_size=20))
def test_what_waits_is_what_was_fetched_and_not_loaded(steps: list[tuple[int, bool]]) -> None:
    places, fetched, loaded = assigned(), 0, 0
    for count, commits in steps:
        places.fetched({PLACE: records(*range(fetched, fetched + count))})
        fetched += count
        if commits:
            loaded = fetched
            places.loaded({PLACE: loaded})
        waiting, oldest = behind(places, fetched, fetched)
        assert waiting == fetched - loaded
        assert oldest == (loaded * 1000 if waiting else None)
    assert places.moved == loaded
