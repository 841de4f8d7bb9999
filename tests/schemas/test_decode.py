"""Framing, refusals, and older versions of a contract."""

from __future__ import annotations

import json
import math
import struct
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import polars as pl
import pytest

from schemas import contract as contracts
from schemas import decode as decoding
from schemas import wire
from schemas.contract import KINDS, Contract, contract, frame_schema
from schemas.decode import REFUSED, decode
from schemas.encode import encode, encode_frame
from schemas.errors import ContractError
from schemas.field import fields

READING: dict[str, Any] = {
    "division": "340104", "revision": 1, "reported_at": 1_767_196_800_000, "source_ref": "cems-1", "mn": "M1",
    "pollutant": "a21026", "period": "HOUR", "start": 1_767_193_200_000, "average": 12.5, "flag": "N",
}  # fmt: skip
GOOD = encode("reading", READING)


def refused(*values: bytes | None, record_bytes: int = 1 << 20) -> list[tuple[int, str, str | None, str | None]]:
    frame = decode("reading", values, record_bytes=record_bytes).refused
    return frame.select("row", "code", "field", "value").rows()


def test_a_null_and_an_empty_value_are_refused_as_empty() -> None:
    assert refused(None, b"") == [(0, "FR-EMPTY-01", None, None), (1, "FR-EMPTY-01", None, "")]


def test_a_record_of_ten_megabytes_is_refused_unread_and_does_not_touch_its_neighbours() -> None:
    huge = b"\0\0\0\0\x04" + bytes(10 << 20)
    decoded = decode("reading", [GOOD, huge, GOOD], record_bytes=1 << 20)
    assert decoded.refused.rows() == [(1, "FR-SIZE-01", None, str(len(huge)), "<= 1048576")]
    assert decoded.frame["row"].to_list() == [0, 2]


def test_a_record_of_exactly_the_largest_size_is_read() -> None:
    assert refused(GOOD, record_bytes=len(GOOD)) == []
    assert refused(GOOD, record_bytes=len(GOOD) - 1) == [(0, "FR-SIZE-01", None, str(len(GOOD)))]


def test_a_value_that_does_not_begin_with_zero_is_not_framed() -> None:
    assert refused(b'{"division":"340104"}')[0][:2] == (0, "FR-MAGIC-01")
    assert refused(b"\x01")[0][:2] == (0, "FR-MAGIC-01")


@pytest.mark.parametrize("size", range(1, 5))
def test_a_value_too_short_for_an_id_is_refused_even_where_the_next_value_would_complete_it(size: int) -> None:
    assert refused(GOOD[:size], GOOD[size:] + GOOD, GOOD)[0][:2] == (0, "FR-ID-01")
    assert decode("reading", [GOOD[:size], GOOD], record_bytes=1 << 20).frame["row"].to_list() == [1]


def test_an_unknown_id_and_the_id_of_another_kind_are_told_apart() -> None:
    unknown, other = wire.pack(4_000_000_000, GOOD[5:]), wire.pack(1, GOOD[5:])
    assert refused(unknown, other) == [(0, "FR-ID-01", None, "4000000000"), (1, "FR-KIND-01", None, "project")]


def test_every_way_to_spoil_a_datum_is_found_and_the_good_ones_stay() -> None:
    spoilt = [GOOD[:-1], GOOD + b"\0", GOOD + GOOD[5:], GOOD[:5], GOOD + GOOD]
    values = [value for bad in spoilt for value in (GOOD, bad)]
    decoded = decode("reading", values, record_bytes=1 << 20)
    assert decoded.refused["row"].to_list() == [1, 3, 5, 7, 9]
    assert decoded.refused["code"].unique().to_list() == ["AV-DATUM-01"]
    assert decoded.frame["row"].to_list() == [0, 2, 4, 6, 8]
    assert decoded.frame.drop("row").unique().height == 1


@pytest.mark.parametrize("at", range(5, len(GOOD)))
def test_cutting_anywhere_never_reads_into_the_next_record(at: int) -> None:
    decoded = decode("reading", [GOOD[:at], GOOD], record_bytes=1 << 20)
    assert decoded.frame["row"].to_list() == [1]
    assert decoded.refused["code"].to_list() == ["AV-DATUM-01"]


def test_text_that_is_not_utf8_names_the_field_and_shows_the_bytes() -> None:
    broken = encode("reading", {**READING, "mn": "合肥"}).replace("合肥".encode(), b"\xe5\x90\x88\xe8\x82\xff")
    good = encode("reading", {**READING, "mn": "合肥"})
    decoded = decode("reading", [good, broken, good], record_bytes=1 << 20)
    assert decoded.refused.rows() == [(1, "AV-UTF8-01", "mn", "e59088e882ff", "UTF-8")]
    assert decoded.frame["mn"].to_list() == ["合肥", "合肥"]


def test_surrogates_and_overlong_utf8_are_refused() -> None:
    for raw in (b"\xed\xa0\x80", b"\xc0\x80", b"\xf4\x90\x80\x80"):
        value = encode("reading", {**READING, "mn": "x" * len(raw)}).replace(b"x" * len(raw), raw)
        assert refused(value)[0][1] == "AV-UTF8-01"


def test_nothing_in_gives_frames_with_all_columns() -> None:
    for kind in KINDS:
        decoded = decode(kind, [], record_bytes=1)
        assert decoded.frame.schema == frame_schema(kind)
        assert decoded.refused.schema == REFUSED
        assert encode_frame(kind, decoded.frame) == []


def test_an_unknown_kind_is_the_callers_mistake() -> None:
    with pytest.raises(ContractError, match="readings"):
        decode("readings", [], record_bytes=1)


def test_batches_larger_than_one_buffer_are_read_in_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    values = [GOOD, None, GOOD[:-1], encode("reading", {**READING, "mn": "合肥"})] * 50
    whole = decode("reading", values, record_bytes=1 << 20)
    monkeypatch.setattr(decoding, "_SLAB_BYTES", 700)
    parts = decode("reading", values, record_bytes=1 << 20)
    assert parts.frame.equals(whole.frame)
    assert parts.refused.equals(whole.refused)


def test_nan_payloads_and_infinities_pass_bit_for_bit() -> None:
    odd = [b"\x01\0\0\0\0\0\xf0\x7f", b"\xef\xbe\xad\xde\0\0\xf8\xff", b"\0\0\0\0\0\0\xf0\x7f", b"\0" * 7 + b"\x80"]
    event = {f.name: None for f in contract("reading").fields if f.null is not None}
    event |= {"division": "340104", "revision": 1, "reported_at": 0, "mn": "m", "pollutant": "a"}
    event |= {"period": "DAY", "start": 0, "flag": "N"}
    marker = struct.unpack("<d", b"\x11\x22\x33\x44\x55\x66\x77\x3f")[0]
    value = encode("reading", {**event, "average": marker})
    values = [value.replace(struct.pack("<d", marker), raw) for raw in odd]
    average = decode("reading", values, record_bytes=1 << 20).frame["average"].to_numpy()
    assert [average[i].tobytes() for i in range(len(odd))] == odd
    assert math.isnan(average[0])


def test_extreme_times_and_dates_decode_and_are_left_to_the_rules() -> None:
    first = {"division": "340104", "revision": -(2**31), "reported_at": -(2**63), "award_number": "", "policy": ""}
    rest = {"clause": "", "fiscal_year": 0, "payee_count": 0, "amount": 2**63 - 1, "level": "CITY"}
    event = {**first, **rest, "mode": "AUTOMATIC", "status": "PAID", "paid_on": 2**31 - 1, "approved_on": -(2**31)}
    frame = decode("award", [encode("award", event)], record_bytes=1 << 20).frame
    assert frame.select("reported_at", "amount", "paid_on", "approved_on", "revision", "uplift").row(0) == (
        -(2**63), 2**63 - 1, 2**31 - 1, -(2**31), -(2**31), False,
    )  # fmt: skip
    assert frame.schema["paid_on"] == pl.Int32


# --- versions -----------------------------------------------------------------------------------------------------


def newer(kind: str, schema_id: int, change: dict[str, Any], drop: str, more: list[dict[str, Any]]) -> Contract:
    """Version 2 of a kind: fields changed, one dropped, more added in front."""
    schema = json.loads(json.dumps(contract(kind, 1).schema))
    kept = [{**f, **change.get(f["name"], {})} for f in schema["fields"] if f["name"] != drop]
    schema |= {"version": 2, "fields": [*more, *kept]}
    return replace(contract(kind, 1), schema_id=schema_id, version=2, schema=schema, fields=fields(schema))


@pytest.fixture
def two_versions(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Readings and registrations with a second version: a field added, one removed, one widened."""
    more = [
        {"name": "method", "type": "string", "default": "自动"},
        {"name": "n", "type": ["null", "int"], "default": None},
    ]
    reading = newer(
        "reading", 101, {"revision": {"type": "long"}, "average": {"type": ["double", "null"]}}, "mark", more
    )
    limits = json.loads(json.dumps(contract("registration").schema["fields"][-1]["type"]))
    limits["items"]["fields"].append({"name": "basis", "type": "string", "default": "许可证"})
    registration = newer("registration", 102, {"limits": {"type": limits}}, "latitude", more)
    by_id = {**{c.schema_id: c for k in KINDS for c in contracts.versions(k)}, 101: reading, 102: registration}
    monkeypatch.setattr(contracts, "_by_id", lambda: by_id)
    contracts.versions.cache_clear()
    yield
    contracts.versions.cache_clear()


@pytest.mark.usefixtures("two_versions")
def test_events_of_an_older_version_get_defaults_and_lose_what_was_removed() -> None:
    old = encode("reading", {**READING, "mark": "FAULT"}, version=1)
    new = encode("reading", {**READING, "revision": 2**40, "method": "手工", "n": 7})
    assert contract("reading").version == 2
    frame = decode("reading", [old, new, old], record_bytes=1 << 20).frame
    assert frame.columns == ["row", *contract("reading").names]
    assert frame["method"].to_list() == ["自动", "手工", "自动"]
    assert frame["n"].to_list() == [None, 7, None]
    assert frame["revision"].to_list() == [1, 2**40, 1]
    assert frame.schema["revision"] == pl.Int64
    assert "mark" not in frame.columns


@pytest.mark.usefixtures("two_versions")
def test_only_older_events_still_give_the_newest_frame() -> None:
    frame = decode("reading", [encode("reading", READING, version=1)], record_bytes=1 << 20).frame
    assert frame.schema == frame_schema("reading")


@pytest.mark.usefixtures("two_versions")
def test_records_in_arrays_get_the_defaults_of_the_newest_version_too() -> None:
    limit = {"pollutant": "a21026", "value": 35.0, "unit": "mg/m3", "valid_from": 0}
    first = {"division": "340104", "revision": 1, "reported_at": 0, "mn": "M1", "outlet_name": "一号"}
    event = {**first, "enterprise": "e", "enterprise_name": "n", "medium": "AIR", "limits": [limit]}
    values = [
        encode("registration", event, version=1),
        encode("registration", {**event, "limits": [{**limit, "basis": "标准"}]}),
    ]
    frame = decode("registration", values, record_bytes=1 << 20).frame
    assert [row[0]["basis"] for row in frame["limits"].to_list()] == ["许可证", "标准"]
    assert frame.columns == ["row", *contract("registration").names]


@pytest.mark.usefixtures("two_versions")
def test_a_refusal_names_the_version_that_the_record_names() -> None:
    values = [encode("reading", READING, version=1)[:-1], encode("reading", READING)[:-1]]
    expected = decode("reading", values, record_bytes=1 << 20).refused["expected"].to_list()
    assert [text.partition(":")[0] for text in expected] == ["reading v1", "reading v2"]
