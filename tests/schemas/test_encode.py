"""Encoding refuses what a contract does not allow, and names it."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import polars as pl
import pytest

from schemas import wire
from schemas.contract import contract
from schemas.decode import decode
from schemas.encode import encode, encode_frame
from schemas.errors import ContractError

INDICATOR: dict[str, Any] = {
    "division": "340100", "revision": 1, "reported_at": 0, "indicator": "guarantee-balance", "period": "2026-05",
    "value": 1.5, "unit": "万元",
}  # fmt: skip


@pytest.mark.parametrize(
    ("change", "field", "allowed"),
    [
        ({"revison": 1}, "revison", "revision"),
        ({"revision": 2**31}, "revision", "2147483647"),
        ({"revision": True}, "revision", "int"),
        ({"revision": 1.0}, "revision", "int"),
        ({"reported_at": 2**63}, "reported_at", "UTC milliseconds"),
        ({"unit": None}, "unit", "string"),
        ({"unit": "\ud800"}, "unit", "UTF-8"),
        ({"value": "1.5"}, "value", "double"),
        ({"value": 2**53 + 1}, "value", "double"),
        ({"cumulative": 1}, "cumulative", "boolean"),
    ],
)
def test_a_value_that_does_not_fit_is_named_with_what_is_allowed(change: Any, field: str, allowed: str) -> None:
    with pytest.raises(ContractError) as raised:
        encode("indicator", {**INDICATOR, **change})
    assert raised.value.field == field
    assert allowed in raised.value.allowed
    assert field in str(raised.value)


def test_a_missing_field_is_named_and_a_default_may_be_left_out() -> None:
    with pytest.raises(ContractError) as raised:
        encode("indicator", {k: v for k, v in INDICATOR.items() if k != "period"})
    assert raised.value.field == "period"
    event = decode("indicator", [encode("indicator", INDICATOR)], record_bytes=1 << 20).frame.row(0, named=True)
    assert (event["cumulative"], event["source_ref"]) == (False, None)


def test_a_wrong_symbol_tells_the_right_ones() -> None:
    nil = {
        "division": "340100",
        "revision": 1,
        "reported_at": 0,
        "obligation": "PROJECTS",
        "period": "2026",
        "reason": "",
    }
    with pytest.raises(ContractError, match=r"PROJECT \| AWARD \| INDICATOR \| READING"):
        encode("nil", nil)
    with pytest.raises(ContractError, match=r"PROJECTS.*PROJECT \| AWARD"):
        encode_frame("nil", pl.DataFrame([nil]))


def test_a_fault_inside_an_array_names_its_place() -> None:
    head = {"division": "340104", "revision": 1, "reported_at": 0, "case_number": "D1", "sequence": 1}
    proof = {"name": "a.pdf", "sha256": "00", "media_type": "application/pdf", "size": 1}
    event = {**head, "action": "REPORT", "text": "已整改", "evidence": [proof, {**proof, "size": "1"}]}
    with pytest.raises(ContractError) as raised:
        encode("response", event)
    assert raised.value.field == "evidence[1].size"


def test_frames_take_what_keeps_its_meaning_and_refuse_what_does_not() -> None:
    frame = pl.DataFrame([INDICATOR]).with_columns(pl.col("unit").cast(pl.Categorical))
    expected = [encode("indicator", INDICATOR)]
    assert encode_frame("indicator", frame) == expected
    moment = pl.Series("reported_at", [datetime(1970, 1, 1, tzinfo=UTC)], pl.Datetime("ms", "UTC"))
    assert encode_frame("indicator", frame.with_columns(moment)) == expected
    for column in (
        moment.cast(pl.Datetime("us", "UTC")),
        pl.Series("revision", [1.0]),
        pl.Series("revision", [2**31]),
        pl.Series("value", ["1.5"]),
        pl.Series("unit", [None], pl.String),
        pl.Series("unyt", ["万元"]),
    ):
        with pytest.raises(ContractError) as raised:
            encode_frame("indicator", frame.with_columns(column))
        assert raised.value.field == column.name


def test_dates_in_frames_are_days() -> None:
    head = {"division": "340104", "revision": 1, "reported_at": 0, "award_number": "1", "policy": "p", "clause": "c"}
    event = {
        **head,
        "fiscal_year": 2026,
        "payee_count": 1,
        "amount": 1,
        "level": "CITY",
        "mode": "AUTOMATIC",
        "status": "PAID",
    }
    frame = pl.DataFrame([event]).with_columns(pl.lit(date(2026, 5, 1)).alias("paid_on"))
    assert encode_frame("award", frame) == [encode("award", {**event, "paid_on": 20574})]


def test_frames_of_nested_kinds_are_encoded_row_by_row() -> None:
    head = {"division": "340104", "revision": 1, "reported_at": 0, "case_number": "D1", "sequence": 1}
    events = [
        {**head, "action": "REPORT", "text": "已整改", "evidence": []},
        {**head, "action": "OBJECT", "text": "", "evidence": []},
    ]
    values = [encode("response", event) for event in events]
    frame = decode("response", values, record_bytes=1 << 20).frame
    assert encode_frame("response", frame) == values


def test_the_header_is_confluents() -> None:
    value = encode("indicator", INDICATOR)
    assert value[:5] == b"\0\0\0\0\x03"
    assert wire.unpack(value) == (contract("indicator").schema_id, value[5:])
    assert wire.pack(2**32 - 1, b"x") == b"\0\xff\xff\xff\xffx"
    with pytest.raises(ValueError, match="4294967296"):
        wire.pack(2**32, b"")
    with pytest.raises(ValueError, match="framed"):
        wire.unpack(b"\x01\0\0\0\x01")
