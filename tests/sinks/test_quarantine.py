"""What is rejected is kept byte for byte, found by what it is, and marked once."""

from __future__ import annotations

from typing import Any

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sinks import quarantine
from sinks.errors import AnotherWriter
from sinks.warehouse import Warehouse

TOPIC = "intake.340100.reading"
NARROW = {"intake": pl.Int32, "offset": pl.Int64, "key": pl.Binary, "value": pl.Binary, "headers": pl.Binary,
          "awaits": pl.String}  # fmt: skip
TEXTS = ("value", "expected", "difference", "suggestion", "source_ref", "pattern")


def record(offset: int, **more: Any) -> dict[str, Any]:
    return {
        "intake": 1, "offset": offset, "key": None, "value": None, "headers": b"", "received_at": 0, "layer": "avro",
        "kind": "reading", "publisher": "340100", "rule_set": "abc", "not_evaluated": "[]",
        "status": "open", "awaits": None, **more,
    }  # fmt: skip


def finding(offset: int, code: str, severity: str = "error") -> dict[str, Any]:
    texts = dict.fromkeys(TEXTS)
    return {"intake": 1, "offset": offset, "code": code, "severity": severity, "field": "flag", **texts}


def findings(*rows: dict[str, Any]) -> pl.DataFrame:
    texts = dict.fromkeys(TEXTS, pl.String)
    return pl.DataFrame(list(rows), schema_overrides={"intake": pl.Int32, "offset": pl.Int64, **texts})


def write(warehouse: Warehouse, journal: Any, records: list[dict[str, Any]], *found: dict[str, Any]) -> None:
    with warehouse.batch() as connection:
        journal.enter(connection, TOPIC, [], [row["offset"] for row in records])
        quarantine.write(connection, pl.DataFrame(records, schema_overrides=NARROW))
        if found:
            quarantine.write_findings(connection, findings(*found))


@given(key=st.none() | st.binary(), value=st.none() | st.binary(), headers=st.none() | st.binary())
@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_key_value_and_headers_are_kept_byte_for_byte(
    key: bytes | None, value: bytes | None, headers: bytes | None, warehouse: Warehouse
) -> None:
    partition = hash((key, value, headers)) % 2**31
    with warehouse.batch() as connection:
        from sinks import ledger

        head = ledger.lock(connection, [(TOPIC, partition)])[TOPIC, partition]
        row = record(7, intake=head.intake, key=key, value=value, headers=headers)
        kept = quarantine.entry(connection, TOPIC, partition, 7)
        if kept is None:
            quarantine.write(connection, pl.DataFrame([row], schema_overrides=NARROW))
            kept = quarantine.entry(connection, TOPIC, partition, 7)
    assert kept is not None
    assert (kept["key"], kept["value"], kept["headers"]) == (key, value, headers)
    assert (kept["topic"], kept["partition"], kept["status"], kept["publisher"]) == (TOPIC, partition, "open", 340100)


def test_letters_of_a_range_carry_their_findings_errors_first(warehouse: Warehouse, journal: Any) -> None:
    told = [finding(1, "W-1", "warning"), finding(1, "E-1"), finding(1, "E-2"), finding(3, "E-3")]
    write(warehouse, journal, [record(1), record(3), record(4)], *told)
    with warehouse.read() as connection:
        letters = quarantine.letters(connection, 1, 0, 4)
    codes = [(letter["offset"], [f["code"] for f in letter["findings"]]) for letter in letters]
    assert codes == [(1, ["E-1", "E-2", "W-1"]), (3, ["E-3"])]


def test_entries_are_found_by_what_they_are_and_come_in_pages(warehouse: Warehouse, journal: Any) -> None:
    records = [
        record(n, kind="award" if n % 2 else "reading", publisher="340200" if n == 4 else "340100") for n in range(6)
    ]
    write(warehouse, journal, records, *(finding(n, "E-1" if n < 3 else "E-2") for n in range(6)))
    with warehouse.read() as connection:

        def offsets(**filters: Any) -> list[int]:
            return [entry["offset"] for entry in quarantine.entries(connection, **filters)]

        assert offsets() == [0, 1, 2, 3, 4, 5]
        assert offsets(kind="award") == [1, 3, 5]
        assert offsets(publisher="340200") == [4]
        assert offsets(code="E-2", kind="reading") == [4]
        assert offsets(status="requeued") == []
        assert offsets(status=None, limit=4) == [0, 1, 2, 3]
        assert offsets(limit=4, after=(1, 3)) == [4, 5]
        first = quarantine.entries(connection, limit=1)[0]
    assert (first["topic"], first["partition"], first["publisher"], first["codes"]) == (TOPIC, 0, "340100", ["E-1"])


def test_an_entry_is_marked_once(warehouse: Warehouse, journal: Any) -> None:
    write(warehouse, journal, [record(1), record(2)], finding(1, "E-1"), finding(2, "E-1"))
    with warehouse.batch() as connection:
        places = [(TOPIC, 0, 1), (TOPIC, 0, 9), ("elsewhere", 0, 2)]
        assert quarantine.mark(connection, places, "requeued") == 1
        assert quarantine.mark(connection, places, "corrected") == 0
        assert [entry["offset"] for entry in quarantine.entries(connection)] == [2]
        assert [entry["offset"] for entry in quarantine.entries(connection, status="requeued")] == [1]


def test_the_same_record_is_not_quarantined_twice(warehouse: Warehouse, journal: Any) -> None:
    write(warehouse, journal, [record(1)], finding(1, "E-1"))
    with pytest.raises(AnotherWriter), warehouse.batch() as connection:
        quarantine.write(connection, pl.DataFrame([record(1)], schema_overrides=NARROW))
