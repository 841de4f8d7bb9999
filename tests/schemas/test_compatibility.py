"""Contracts may change only so that the newest version reads whatever was written before."""

from __future__ import annotations

import copy
import io
import json
from typing import Any

import fastavro
import pytest

from schemas.compatibility import check, check_all
from schemas.contract import KINDS, contract


def changed(of: str, field: str | None = None, **change: Any) -> dict[str, Any]:
    """A contract's schema with one field, or its head, changed."""
    schema = copy.deepcopy(dict(contract(of).schema))
    target = schema if field is None else next(f for f in schema["fields"] if f["name"] == field)
    target.update(change)
    return schema


def without(kind: str, field: str) -> dict[str, Any]:
    schema = changed(kind)
    return {**schema, "fields": [f for f in schema["fields"] if f["name"] != field]}


def added(kind: str, **field: Any) -> dict[str, Any]:
    schema = changed(kind)
    return {**schema, "fields": [*schema["fields"], {"classification": "public", **field}]}


def enum(name: str, *symbols: str) -> dict[str, Any]:
    return {"type": "enum", "name": name, "symbols": list(symbols)}


def test_all_versions_in_the_folder_are_compatible() -> None:
    assert check_all() == []


@pytest.mark.parametrize("kind", KINDS)
def test_a_contract_is_compatible_with_itself(kind: str) -> None:
    assert check(contract(kind).schema, contract(kind).schema) == []


@pytest.mark.parametrize(
    "new",
    [
        added("indicator", name="remark", type=["null", "string"], default=None),
        added("indicator", name="method", type="string", default="x"),
        without("indicator", "unit"),
        changed("indicator", "revision", type="long"),
        changed("indicator", "unit", type=["null", "string"]),
        changed("indicator", "source_ref", type=["string", "null"], default=""),
    ],
    ids=["nullable added", "default added", "field removed", "int widened", "made nullable", "branches swapped"],
)
def test_what_old_events_survive_is_allowed(new: dict[str, Any]) -> None:
    assert check(contract("indicator").schema, new) == []


@pytest.mark.parametrize(
    ("new", "path"),
    [
        (added("indicator", name="remark", type="string"), "remark"),
        (changed("indicator", "value", type="long"), "value"),
        (changed("indicator", "source_ref", type="string"), "source_ref"),
        (changed("indicator", "reported_at", type="long"), "reported_at"),
        (changed("indicator", "reported_at", type="int"), "reported_at"),
        (changed("indicator", "unit", type=enum("Unit", "万元")), "unit"),
        (changed("indicator", key=["division"]), "key"),
        (changed("indicator", kind="figure"), "kind"),
        (changed("indicator", name="Figure"), "name"),
        (changed("indicator", "value", unit="%"), "value#unit"),
        (changed("indicator", "value", classification="internal"), "value#classification"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_old_events_do_not_survive_is_named_with_its_path(new: dict[str, Any], path: str) -> None:
    found = check(contract("indicator").schema, new)
    assert [incompatibility.path for incompatibility in found] == [path]
    assert all(incompatibility.allowed for incompatibility in found)
    assert path in str(found[0])


def test_symbols_may_be_added_and_not_taken_away() -> None:
    old = contract("nil").schema
    more = enum("Obligation", "PROJECT", "AWARD", "INDICATOR", "READING", "REGISTRATION")
    assert check(old, changed("nil", "obligation", type=more)) == []
    found = check(old, changed("nil", "obligation", type=enum("Obligation", "PROJECT")))
    assert [(f.path, f.new, f.allowed) for f in found] == [
        ("obligation", "PROJECT", "PROJECT|AWARD|INDICATOR|READING and more")
    ]


def test_records_in_arrays_are_looked_into() -> None:
    old, new = contract("registration").schema, changed("registration")
    limit = new["fields"][-1]["type"]["items"]
    limit["fields"].append({"name": "basis", "type": "string"})
    limit["fields"][1]["type"] = "string"
    assert [f.path for f in check(old, new)] == ["limits[].value", "limits[].basis"]


@pytest.mark.parametrize("field", ["revision", "unit"])
def test_what_is_allowed_is_what_fastavro_reads(field: str) -> None:
    old = json.loads(json.dumps(contract("indicator").schema))
    new = json.loads(json.dumps(changed("indicator", "revision", type="long")))
    new["fields"] = [f for f in new["fields"] if f["name"] != "unit"]
    event = {"division": "340100", "revision": 7, "reported_at": 0, "indicator": "x", "period": "2026", "value": 1.0}
    target = io.BytesIO()
    fastavro.schemaless_writer(target, fastavro.parse_schema(old), {**event, "unit": "%", "cumulative": True})
    target.seek(0)
    read = fastavro.schemaless_reader(target, fastavro.parse_schema(old), fastavro.parse_schema(new))
    assert isinstance(read, dict)
    assert read.get(field) == {"revision": 7, "unit": None}[field]
