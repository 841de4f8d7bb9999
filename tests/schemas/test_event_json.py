"""Events as JSON: strict, complete in what it tells, and never an exception."""

from __future__ import annotations

import json
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from schemas import event_json
from schemas.contract import KINDS, contract, frame_schema
from schemas.decode import REFUSED, decode
from schemas.encode import encode
from schemas.event_json import from_json, parse, read, to_json
from schemas.field import Field

REGISTRATION: dict[str, Any] = {
    "division": "340104", "revision": 1, "reported_at": "2026-05-01T08:00:00+08:00", "mn": "M1", "outlet_name": "一号",
    "enterprise": "91340100MA2MQ1232Q", "enterprise_name": "某厂", "medium": "AIR", "longitude": 117,
    "limits": [{"pollutant": "a21026", "value": 35, "unit": "mg/m3", "valid_from": "2026-01-01"}],
}  # fmt: skip


def told(**change: Any) -> list[tuple[str | None, str | None]]:
    """Field and value of everything that is wrong with the registration when changed."""
    frame = read("registration", [json.dumps({**REGISTRATION, **change})]).refused
    assert set(frame["code"]) <= {"AV-JSON-01"}
    return frame.select("field", "value").rows()


def values(field: Field) -> st.SearchStrategy[Any]:
    """Values of a field in frame types."""
    of: dict[str, st.SearchStrategy[Any]] = {
        "string": st.text(st.characters(exclude_categories=["Cs"]), max_size=8),
        "int": st.integers(-(2**31), 2**31 - 1),
        "long": st.integers(-(2**63), 2**63 - 1),
        "double": st.floats(allow_nan=False, allow_infinity=False),
        "boolean": st.booleans(),
    }
    of["enum"] = st.sampled_from(field.symbols or ("",))
    plain = st.lists(events(field.items), max_size=2) if field.items else of[field.type]
    return st.one_of(st.none(), plain) if field.null is not None else plain


def events(fields: tuple[Field, ...]) -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries({field.name: values(field) for field in fields})


def in_calendar(fields: tuple[Field, ...], event: dict[str, Any]) -> dict[str, Any]:
    """Dates brought into the years that ISO 8601 can write; times beyond them stay numbers, which JSON may hold."""
    return {
        f.name: [in_calendar(f.items, item) for item in event[f.name]]
        if f.type == "array"
        else event[f.name] % 2_900_000
        if f.logical == "date" and event[f.name] is not None
        else event[f.name]
        for f in fields
    }


@pytest.mark.parametrize("kind", KINDS)
@settings(deadline=None, max_examples=60)
@given(st.data())
def test_an_event_written_as_json_is_read_as_the_same_event(kind: str, data: st.DataObject) -> None:
    fields = contract(kind).fields
    event = in_calendar(fields, data.draw(events(fields)))
    line = json.dumps(to_json(kind, event))
    assert from_json(kind, parse(line)) == event


@pytest.mark.parametrize("kind", KINDS)
@settings(deadline=None, max_examples=40)
@given(st.data())
def test_the_frame_is_what_decoding_the_same_events_would_give(kind: str, data: st.DataObject) -> None:
    many = data.draw(st.lists(events(contract(kind).fields), max_size=4))
    decoded = decode(kind, [encode(kind, event) for event in many], record_bytes=1 << 20).frame
    assert event_json.frame(kind, many).equals(decoded)
    assert event_json.frame(kind, many).schema == decoded.schema


json_values = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(), st.just("\ud800")),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(st.text(max_size=5), inner, max_size=3)),
    max_leaves=6,
)


@pytest.mark.parametrize("kind", KINDS)
@settings(deadline=None, max_examples=80)
@given(st.data())
def test_whatever_json_holds_is_an_event_or_told_as_faults(kind: str, data: st.DataObject) -> None:
    names = st.sampled_from([*contract(kind).names, "divison"])
    objects = st.dictionaries(names, json_values, max_size=5)
    lines = data.draw(st.lists(st.one_of(objects, json_values).map(json.dumps) | st.binary(max_size=9), max_size=4))
    decoded = read(kind, lines)
    assert set(decoded.frame["row"]) | set(decoded.refused["row"]) == set(range(len(lines)))
    assert not set(decoded.frame["row"]) & set(decoded.refused["row"])
    assert decoded.refused.schema == REFUSED
    assert decoded.frame.schema == frame_schema(kind)


def test_an_unknown_field_is_told_with_the_nearest_name() -> None:
    lines = [json.dumps({**REGISTRATION, "longtitude": 1})]
    assert read("registration", lines).refused.rows() == [(0, "AV-JSON-01", "longtitude", "1", "longitude")]


def test_all_that_is_wrong_with_an_event_is_told_at_once() -> None:
    wrong = told(
        medium="SOIL", revision=2**31, limits=[{"value": "35"}, 3], reported_at="2026-05-01 08:00", mn="\ud800"
    )
    assert wrong == [
        ("reported_at", "2026-05-01 08:00"), ("revision", "2147483648"), ("mn", "\\ud800"), ("medium", "SOIL"),
        ("limits[0].pollutant", None), ("limits[0].value", "35"), ("limits[0].unit", None),
        ("limits[0].valid_from", None), ("limits[1]", "3"),
    ]  # fmt: skip


def test_a_wrong_symbol_is_told_with_the_allowed_ones() -> None:
    assert (
        read("registration", [json.dumps({**REGISTRATION, "medium": "SOIL"})]).refused["expected"][0] == "AIR | WATER"
    )


@pytest.mark.parametrize(
    ("line", "value"),
    [
        ('{"longitude": NaN}', "NaN"), ('{"longitude": -Infinity}', "-Infinity"), ('{"longitude": 1e999}', "1e999"),
        ('{"mn": "a", "mn": "b"}', "mn"), ("[1]", "array of 1"), ("null", None), ("", ""), ("{", "{"),
        (b'{"mn": "\xff"}', "ff227d"), ('{"revision": ' + "9" * 5000 + "}", "9" * 64 + "..."),
        ("[" * 100_000, "[" * 64 + "..."),
    ],
)  # fmt: skip
def test_a_line_that_is_no_strict_json_object_is_told_as_one_fault(line: str | bytes, value: str | None) -> None:
    frame = read("registration", [line]).refused
    assert frame.select("row", "field", "value").rows() == [(0, None, value)]


@pytest.mark.parametrize(
    ("written", "milliseconds"),
    [
        ("2026-05-01T08:00:00+08:00", 1_777_593_600_000), ("2026-05-01T00:00:00Z", 1_777_593_600_000),
        ("2026-05-01 08:00:00.250+0800", 1_777_593_600_250), ("2026-05-01T08:00+08:00", 1_777_593_600_000),
        ("2026-05-01T00:00:00.120000Z", 1_777_593_600_120), (1_777_593_600_000, 1_777_593_600_000),
        ("1969-12-31T23:59:59.999Z", -1), (2**63 - 1, 2**63 - 1),
    ],
)  # fmt: skip
def test_times_are_iso_with_a_zone_or_milliseconds(written: object, milliseconds: int) -> None:
    event = from_json("registration", {**REGISTRATION, "reported_at": written})
    assert isinstance(event, dict)
    assert event["reported_at"] == milliseconds


@pytest.mark.parametrize(
    "written",
    ["2026-05-01T08:00:00", "2026-02-30T00:00:00Z", "2026-05-01", "20260501T000000Z", "2026-05-01T00:00:00.1234Z",
     "2026-05-01T24:00:01Z", "2026-05-01T00:00:60Z", "0000-01-01T00:00:00Z", 1.5, True, 2**63, "1777593600000"],
)  # fmt: skip
def test_other_times_are_refused(written: object) -> None:
    assert [field for field, _ in told(reported_at=written)] == ["reported_at"]


def test_null_stands_for_absent_where_there_is_a_default() -> None:
    head = {
        "division": "340100",
        "revision": 1,
        "reported_at": 0,
        "indicator": "x",
        "period": "2026",
        "value": 1,
        "unit": "%",
    }
    event = from_json("indicator", {**head, "cumulative": None, "source_ref": None})
    assert isinstance(event, dict)
    assert (event["cumulative"], event["source_ref"], event["value"]) == (False, None, 1.0)


def test_refusals_are_a_frame_that_can_be_stored_as_utf8() -> None:
    frame = read("registration", [json.dumps({**REGISTRATION, "\ud800": "\udfff"})]).refused
    assert frame["value"].to_list() == ["\\udfff"]
    assert frame["field"].to_list() == ["\\ud800"]
    assert isinstance(frame.write_json(), str)
    assert isinstance(pl.read_json(frame.write_json().encode()), pl.DataFrame)
