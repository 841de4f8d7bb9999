"""Readings are written byte for byte as the contract's own encoder writes them."""

from __future__ import annotations

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from gateways.hj212 import datum
from schemas.encode import encode

number = st.none() | st.floats(allow_nan=False, allow_infinity=False)
text = st.text(st.characters(codec="utf-8"), max_size=80)
shared = st.fixed_dictionaries(
    {
        "division": text,
        "revision": st.integers(-(2**31), 2**31 - 1),
        "reported_at": st.integers(-(2**63), 2**63 - 1),
        "source_ref": st.none() | text,
        "mn": text,
        "period": st.sampled_from(["REALTIME", "MINUTE", "HOUR", "DAY"]),
        "start": st.integers(-(2**63), 2**63 - 1),
    }
)
own = st.fixed_dictionaries(
    {
        "pollutant": text,
        "average": number,
        "minimum": number,
        "maximum": number,
        "cumulative": number,
        "corrected": number,
        "flag": text,
        "mark": st.none(),
    }
)


@settings(deadline=None)
@given(shared, st.lists(own, max_size=4))
def test_a_frames_readings_are_those_of_the_contracts_encoder(
    common: dict[str, Any], each: list[dict[str, Any]]
) -> None:
    events = [{**common, **one} for one in each]
    assert datum.encode(events) == [encode("reading", event) for event in events]
