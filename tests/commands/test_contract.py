"""Contracts on the command line: what events consist of, and what a change would break."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

import avro.schema
import pytest

from schemas.contract import KINDS, contract

READING = contract("reading")


def proposed(tmp_path: Path, **changes: Any) -> tuple[Path, dict[str, Any]]:
    schema = {**copy.deepcopy(dict(READING.schema)), "version": 2, **changes}
    path = tmp_path / "proposed.avsc"
    path.write_text(json.dumps(schema), "utf-8")
    return path, schema


def test_every_kind_is_listed_with_its_schema_id(huiliu: Any) -> None:
    answer = huiliu("contract", "list", "--json")
    assert {each["kind"]: each["schema_id"] for each in answer.last["contracts"]} == {
        kind: contract(kind).schema_id for kind in KINDS
    }
    assert all(kind in huiliu("contract", "list").out for kind in KINDS)


@pytest.mark.parametrize("kind", KINDS)
def test_the_schema_that_is_handed_out_is_one_that_apaches_library_reads(kind: str, huiliu: Any) -> None:
    answer = huiliu("contract", "show", kind, "--avro")
    assert avro.schema.parse(answer.out).type == "record"


def test_a_contract_is_shown_with_unit_classification_and_wire_format(huiliu: Any) -> None:
    out = huiliu("contract", "show", "award").out
    assert "fen" in out
    assert "公开" in out
    assert "0x00 00000002" in out


def test_an_unknown_kind_or_version_is_refused_with_those_there_are(huiliu: Any) -> None:
    assert "reading" in huiliu("contract", "show", "readings").err
    answer = huiliu("contract", "show", "reading", "--version", "9")
    assert (answer.code, "1" in answer.err) == (2, True)


def test_the_shipped_contracts_are_compatible(huiliu: Any) -> None:
    answer = huiliu("contract", "check", "--json")
    assert (answer.code, answer.last) == (0, {"compatible": True, "incompatibilities": []})


def test_a_field_with_a_default_may_be_added(huiliu: Any, tmp_path: Path) -> None:
    fields = [*READING.schema["fields"], {"name": "note", "type": ["null", "string"], "default": None}]
    path, _ = proposed(tmp_path, fields=fields)
    assert huiliu("contract", "check", str(path)).code == 0


def test_a_change_that_breaks_is_told_with_path_old_new_and_what_is_allowed(huiliu: Any, tmp_path: Path) -> None:
    path, schema = proposed(tmp_path)
    next(field for field in schema["fields"] if field["name"] == "average")["type"] = ["null", "string"]
    path.write_text(json.dumps(schema), "utf-8")
    answer = huiliu("contract", "check", str(path), "--json")
    assert answer.code == 3
    (found,) = answer.last["incompatibilities"]
    assert "average" in found["path"]
    assert "double" in found["old"]
    assert found["new"]
    assert found["allowed"]


def test_a_published_version_stays_as_it_is(huiliu: Any, tmp_path: Path) -> None:
    path, _ = proposed(tmp_path, version=1, owner="别人")
    answer = huiliu("contract", "check", str(tmp_path))
    assert answer.code == 3
    assert str(path) in answer.out
    assert "请用 2" in answer.out


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ("not json", "JSON"),
        ("[]", "record"),
        ('{"type": "record"}', "name"),
        (json.dumps({**READING.schema, "fields": [{"name": "x", "type": "bytes"}]}), "bytes"),
        (json.dumps({**READING.schema, "fields": [{"name": "x", "type": "nonsense"}]}), "Avro"),
        (json.dumps({**READING.schema, "key": ["nothing"]}), "nothing"),
    ],
)
def test_what_is_no_contract_is_refused_by_name(content: str, told: str, huiliu: Any, tmp_path: Path) -> None:
    path = tmp_path / "x.avsc"
    path.write_text(content, "utf-8")
    answer = huiliu("contract", "check", str(path))
    assert answer.code == 2
    assert "x.avsc" in answer.err
    assert told in answer.err


def test_a_folder_without_contracts_is_refused(huiliu: Any, tmp_path: Path) -> None:
    assert huiliu("contract", "check", str(tmp_path)).code == 2
    assert huiliu("contract", "check", str(tmp_path / "gone.avsc")).code == 2
