"""What a lane tells of in one round: in order, never nothing, and nothing heavy before what is light."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from streams.lane import ALL, HEAVY, LIGHT, Lane, weight

ENTRIES = st.lists(
    st.fixed_dictionaries(
        {
            "intake": st.integers(1, 5),
            "accepted": st.integers(0, 9_000),
            "corrected": st.integers(0, 10),
            "quarantined": st.sampled_from([0, 0, 1, 400, 600, 9_000]),
        }
    ),
    max_size=30,
)


def by_intake(entries: list[Any]) -> dict[int, list[Any]]:
    found = defaultdict(list)
    for entry in entries:
        found[entry["intake"]].append(entry)
    return found


@given(ENTRIES, st.sampled_from([ALL, LIGHT, HEAVY]))
def test_of_each_partition_the_first_chunks_are_told_without_a_gap(entries: list[Any], lane: Lane) -> None:
    all_of = by_intake(entries)
    for intake, chosen in by_intake(list(lane.some(entries))).items():
        assert chosen == all_of[intake][: len(chosen)]


@given(ENTRIES)
def test_the_light_lane_tells_nothing_heavy_and_something_wherever_a_turn_is_light(entries: list[Any]) -> None:
    chosen = LIGHT.some(entries)
    assert all(weight(entry) <= LIGHT.heaviest for entry in chosen)
    heads = [some[0] for some in by_intake(entries).values()]
    assert bool(chosen) == any(weight(head) <= LIGHT.heaviest for head in heads)


@given(ENTRIES, st.sampled_from([ALL, HEAVY]))
def test_a_lane_without_a_limit_never_stands_still(entries: list[Any], lane: Lane) -> None:
    assert bool(lane.some(entries)) == bool(entries)


def test_each_chunk_belongs_to_one_lane() -> None:
    assert LIGHT.heaviest + 1 == HEAVY.lightest
    assert (LIGHT.lightest, HEAVY.heaviest) == (ALL.lightest, ALL.heaviest)
