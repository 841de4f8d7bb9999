"""Reading by columns never says anything else than reading event by event."""

from __future__ import annotations

from typing import Any

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from schemas import event_columns, event_json
from schemas.contract import KINDS, contract
from validators.sample import SAMPLES

FLAT = [kind for kind in KINDS if contract(kind).flat]

VALUES = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(2**70), 2**70),
    st.sampled_from([2**31, -(2**63), 2**63 - 1, 2**53 + 1, 0, 1]),
    st.floats(allow_nan=False, allow_infinity=False),
    st.text(max_size=8),
    st.sampled_from(["2026-05-01", "2026-02-30", "2026-05-01T08:00:00+08:00", "2026-05-01T08:00Z", "N", "2026-05"]),
    st.just({"a": 1}),
    st.just([1]),
)


def by_rows(kind: str, objects: list[Any]) -> pl.DataFrame | None:
    events = [event_json.from_json(kind, one) for one in objects]
    if any(isinstance(one, tuple) for one in events):
        return None
    return event_json.frame(kind, [one for one in events if isinstance(one, dict)]).drop("row")


@pytest.mark.parametrize("kind", FLAT)
def test_events_in_order_are_read_by_columns(kind: str) -> None:
    plain = event_json.to_json(kind, SAMPLES[kind])
    found = event_columns.frame(kind, [plain, plain])
    assert found is not None
    assert found.equals(by_rows(kind, [plain, plain]))


@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(st.data())
def test_whatever_is_read_by_columns_is_what_reading_by_events_gives(data: st.DataObject) -> None:
    kind = data.draw(st.sampled_from(FLAT))
    plain = event_json.to_json(kind, SAMPLES[kind])
    objects: list[Any] = []
    for _ in range(data.draw(st.integers(1, 3))):
        changed = data.draw(st.dictionaries(st.sampled_from([*plain, "nobody"]), VALUES, max_size=2))
        gone = data.draw(st.sets(st.sampled_from([*plain]), max_size=1))
        objects.append({name: value for name, value in {**plain, **changed}.items() if name not in gone})
    found = event_columns.frame(kind, objects)
    if found is not None:
        expected = by_rows(kind, objects)
        assert expected is not None
        assert found.equals(expected)


def test_other_values_than_objects_are_left_to_the_reader_of_events() -> None:
    assert event_columns.frame("nil", [1]) is None
    assert event_columns.frame("nil", [[]]) is None
