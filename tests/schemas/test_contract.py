"""Contracts, code lists and topics hold together."""

from __future__ import annotations

import json
from importlib.resources import files

import avro.schema
import fastavro
import polars as pl
import pytest

from schemas import topics
from schemas.contract import CONTENT, KINDS, by_id, code_table, codes, contract, frame_schema, polars_schema, versions
from schemas.errors import ContractError
from schemas.field import REQUIRED, fields

CODE_LISTS = sorted(p.name.removesuffix(".json") for p in files("schemas").joinpath("codes").iterdir())
ALL = [version for kind in KINDS for version in versions(kind)]


def test_the_seven_kinds_are_there() -> None:
    assert set(KINDS) == {"project", "award", "indicator", "reading", "registration", "nil", "response"}


@pytest.mark.parametrize("of", ALL, ids=lambda c: f"{c.kind}-{c.version}")
def test_every_contract_is_an_avro_schema_to_other_readers(of) -> None:
    avro.schema.parse(json.dumps(of.schema))
    fastavro.parse_schema(json.loads(json.dumps(of.schema)))


@pytest.mark.parametrize("of", ALL, ids=lambda c: f"{c.kind}-{c.version}")
def test_every_field_is_described_classified_and_no_key_is_nullable(of) -> None:
    for field in of.fields:
        assert field.zh
        assert field.en
        assert field.classification in ("public", "internal", "personal")
        assert field.null is None or field.default is None
    assert all(of.field(name).null is None for name in of.key)
    assert of.names[:4] == ("division", "revision", "reported_at", "source_ref")


def test_schema_ids_are_given_once() -> None:
    entries = json.loads(files("schemas").joinpath("manifest.json").read_text("utf-8"))["schemas"]
    assert len({entry["id"] for entry in entries}) == len(entries)
    assert [by_id(entry["id"]).kind for entry in entries] == [entry["kind"] for entry in entries]
    assert by_id(0) is None


def test_the_ids_of_the_first_contracts_never_change() -> None:
    ids = {kind: contract(kind, 1).schema_id for kind in KINDS}
    assert ids == {"project": 1, "award": 2, "indicator": 3, "reading": 4, "registration": 5, "nil": 6, "response": 7}


def test_content_is_what_is_neither_key_nor_envelope() -> None:
    assert CONTENT["reading"] == (
        "division", "average", "minimum", "maximum", "cumulative", "corrected", "flag", "mark",
    )  # fmt: skip
    assert CONTENT["indicator"] == ("value", "unit", "cumulative")


def test_frames_hold_times_as_integers_and_dates_as_days() -> None:
    assert polars_schema(contract("reading"))["start"] == pl.Int64
    assert polars_schema(contract("award"))["paid_on"] == pl.Int32
    assert frame_schema("nil").names()[0] == "row"


def test_an_unknown_version_kind_or_field_is_refused() -> None:
    with pytest.raises(ContractError, match="99"):
        contract("reading", 99)
    with pytest.raises(ContractError, match="reading"):
        contract("readings")
    with pytest.raises(KeyError, match="nothing"):
        contract("reading").field("nothing")


@pytest.mark.parametrize(
    "declared",
    ["bytes", ["null", "int", "string"], {"type": "map", "values": "int"}, {"type": "array", "items": "int"},
     {"type": "long", "logicalType": "date"}, ["int", "string"]],
    ids=str,
)  # fmt: skip
def test_what_contracts_do_not_use_of_avro_is_refused_at_once(declared) -> None:
    with pytest.raises(ContractError, match="amount"):
        fields({"fields": [{"name": "amount", "type": declared}]})


def test_a_field_without_default_says_so() -> None:
    assert contract("award").field("amount").default is REQUIRED
    assert contract("award").field("uplift").default is False


# --- code lists ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", CODE_LISTS)
def test_code_lists_name_each_code_once_in_both_languages(name: str) -> None:
    entries = codes(name)
    assert len(code_table(name)) == len(entries)
    assert all(entry.code and entry.zh and entry.en for entry in entries)


def test_enums_and_their_code_lists_agree() -> None:
    enums = [field for of in ALL for field in of.fields if field.symbols]
    assert len(enums) >= 9
    for field in enums:
        assert tuple(entry.code for entry in codes(field.codes)) == field.symbols


def test_every_code_list_that_a_contract_names_is_there() -> None:
    named = {f.codes for of in ALL for field in of.fields for f in (field, *field.items) if f.codes}
    assert named - {"division"} <= set(CODE_LISTS)
    with pytest.raises(ContractError, match="pollutant"):
        codes("nothing")


def test_pollutants_have_permanent_small_ids() -> None:
    table = code_table("pollutant")
    ids = [entry.extra["id"] for entry in codes("pollutant")]
    assert ids == list(range(1, 380))
    pinned = {"w00000": 1, "w01018": 10, "w21003": 48, "a21026": 105, "a21002": 97, "a34013": 177, "I33400": 379}
    assert {code: table[code].extra["id"] for code in pinned} == pinned
    assert (table["a21026"].zh, table["a21026"].extra["unit_si"], table["a21026"].extra["old_code"]) == (
        "二氧化硫", "mg/m3", "02",
    )  # fmt: skip
    assert {code: table[code].extra["medium"] for code in ("w01018", "a21026", "Leq")} == {
        "w01018": "water", "a21026": "air", "Leq": "noise",
    }  # fmt: skip


def test_every_target_measures_an_indicator_in_the_same_unit() -> None:
    table = code_table("indicator")
    targets = [entry for entry in codes("indicator") if entry.code.endswith(".target")]
    assert len(targets) == 19
    for target in targets:
        measured = table[target.extra["measures"]]
        assert measured.extra["unit"] == target.extra["unit"]
        assert target.extra["comparison"] in ("at_least", "value")
        assert target.extra["value"] > 0
        assert target.extra["source"]
        assert {"from", "by", "year"} & set(target.extra)


def test_bounds_of_indicators_are_in_order() -> None:
    for entry in codes("indicator"):
        assert entry.extra.get("minimum", -1e18) < entry.extra.get("maximum", 1e18)
        assert entry.extra["cadence"] in ("month", "quarter", "year")


def test_only_normal_flags_are_valid() -> None:
    assert {flag.code for flag in codes("flag") if flag.extra["valid"]} == {"N", "1", "3"}


# --- topics -------------------------------------------------------------------------------------------------------


def test_intake_topics_are_read_back() -> None:
    assert topics.intake_topic("340100", "reading") == "intake.340100.reading"
    assert topics.parse_intake("intake.340100.reading") == ("340100", "reading")


@pytest.mark.parametrize(
    "topic",
    [
        "intake.340100",
        "intake.999999.reading",
        "intake.340100.readings",
        "quarantine.340100",
        "intake.340100.reading.x",
        "",
    ],
)
def test_other_topics_are_no_intake(topic: str) -> None:
    assert topics.parse_intake(topic) is None


def test_every_topic_of_the_hub_is_of_one_family() -> None:
    named = [
        topics.intake_topic("340100", "nil"), topics.quarantine_topic("340100"), topics.receipts_topic("340100"),
        topics.ROLLUPS, topics.province_topic("award"), topics.directives_topic("340100"), topics.HJ212_FRAMES,
        topics.PUBLISHERS,
    ]  # fmt: skip
    assert [topics.topology(topic) for topic in named] == list(topics.TOPOLOGY)
    assert topics.topology("orders") is None


def test_intake_keeps_everything_and_lets_oversize_records_in() -> None:
    configuration = topics.topology("intake.340100.nil").configuration
    assert configuration["retention.ms"] == "-1"
    assert configuration["cleanup.policy"] == "delete"
    assert configuration["max.message.bytes"] == str(16 * 1024 * 1024)
