"""The fold equals a plain loop over the events, whatever the order of revisions, copies and conflicts."""

from __future__ import annotations

from typing import NamedTuple

import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from huiliu.outcome import Outcome
from streams.fold import fold


class Event(NamedTuple):
    key: int
    revision: int
    content: int


EVENTS = st.lists(st.builds(Event, st.integers(0, 3), st.integers(1, 4), st.integers(0, 2)), max_size=30)
KNOWN = st.dictionaries(st.integers(0, 3), st.tuples(st.integers(1, 3), st.integers(0, 2)), max_size=4)


def one_by_one(events: list[Event], known: dict[int, tuple[int, int]]) -> list[Outcome]:
    """The definition: each event against what is current at its turn."""
    current = dict(known)
    outcomes = []
    for event in events:
        if event.key not in current:
            outcome = Outcome.ACCEPTED
        elif event.revision > current[event.key][0]:
            outcome = Outcome.CORRECTED
        elif event.revision < current[event.key][0]:
            outcome = Outcome.STALE
        else:
            outcome = Outcome.DUPLICATE if event.content == current[event.key][1] else Outcome.QUARANTINED
        if outcome in (Outcome.ACCEPTED, Outcome.CORRECTED):
            current[event.key] = (event.revision, event.content)
        outcomes.append(outcome)
    return outcomes


def frames(events: list[Event], known: dict[int, tuple[int, int]]) -> tuple[pl.DataFrame, pl.DataFrame]:
    schema = {"key": pl.Int64, "revision": pl.Int32, "content": pl.Int64}
    rows = [(key, revision, content) for key, (revision, content) in known.items()]
    return pl.DataFrame(events, schema=schema, orient="row"), pl.DataFrame(rows, schema=schema, orient="row")


@given(EVENTS, KNOWN)
def test_the_fold_equals_judging_one_event_after_the_other(
    events: list[Event], known: dict[int, tuple[int, int]]
) -> None:
    folded = fold(*frames(events, known), ["key"])
    assert folded["outcome"].to_list() == [int(outcome) for outcome in one_by_one(events, known)]


@given(EVENTS, KNOWN)
def test_the_final_event_of_a_key_is_the_last_one_loaded(
    events: list[Event], known: dict[int, tuple[int, int]]
) -> None:
    folded = fold(*frames(events, known), ["key"])
    loaded: dict[int, int] = {}
    for index, (event, outcome) in enumerate(zip(events, one_by_one(events, known), strict=True)):
        if outcome in (Outcome.ACCEPTED, Outcome.CORRECTED):
            loaded[event.key] = index
    assert set(folded.with_row_index().filter("final")["index"]) == set(loaded.values())
