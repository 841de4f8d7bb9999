"""The suites are current, and run in plain Great Expectations over the contract's own columns."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

import great_expectations as gx
import polars as pl
import pytest
from great_expectations.core import ExpectationSuite

import validators.suites
from schemas.contract import contract
from validators import catalogue, gate, judge, sample
from validators.check import checks_of
from validators.columns import column_types
from validators.compiler import columns_of
from validators.rule import ALL_KINDS, Rule
from validators.suites import read_suite, text_of

FOLDER = Path(validators.suites.__file__).parent
EXPECTED = [rule for rule in catalogue.rules() if rule.expectation is not None]


@pytest.fixture(scope="module")
def asset(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """A pandas asset of an ordinary Great Expectations context, as anyone would make it."""
    tempfile.tempdir = str(tmp_path_factory.mktemp("gx"))
    context = gx.get_context(mode="ephemeral")
    tempfile.tempdir = None
    context.variables.progress_bars = {"globally": False}
    asset = context.data_sources.add_pandas("publisher").add_dataframe_asset("events")
    return asset.add_batch_definition_whole_dataframe("all")


def plain(asset: Any, kind: str, frame: pl.DataFrame) -> Any:
    """The suite as shipped, run the public way over the contract's columns alone."""
    data = frame.select(contract(kind).names).to_pandas()
    return asset.get_batch(batch_parameters={"dataframe": data}).validate(
        ExpectationSuite(**read_suite(kind)), result_format="BOOLEAN_ONLY"
    )


def failed(result: Any) -> set[str]:
    return {each.expectation_config.meta["code"] for each in result.results if not each.success}


@pytest.mark.parametrize("kind", ALL_KINDS)
def test_the_suite_is_current(kind: str) -> None:
    assert (FOLDER / f"{kind}.json").read_text("utf-8") == text_of(kind), "run python -m validators.suites"


@pytest.mark.parametrize("kind", ALL_KINDS)
def test_a_suite_looks_at_columns_of_the_contract_only(kind: str) -> None:
    names = {name for each in read_suite(kind)["expectations"] for name in columns_of(each)}
    assert names <= set(contract(kind).names)


@pytest.mark.parametrize("kind", ALL_KINDS)
def test_the_sample_event_passes_the_suite_in_plain_great_expectations(asset: Any, kind: str) -> None:
    result = plain(asset, kind, sample.frame(kind, [{}] * 3))
    assert failed(result) == set()
    assert result.success


@pytest.mark.parametrize("kind", ALL_KINDS)
def test_bad_examples_fail_their_own_expectation_in_plain_great_expectations(asset: Any, kind: str) -> None:
    rules = [rule for rule in EXPECTED if kind in rule.kinds]
    assert failed(plain(asset, kind, sample.frame(kind, [rule.bad for rule in rules]))) == {r.code for r in rules}


@pytest.mark.parametrize("rule", EXPECTED, ids=[rule.code for rule in EXPECTED])
def test_every_expectation_of_the_catalogue_is_compiled(rule: Rule) -> None:
    for kind in rule.kinds:
        assert all(check.broken is not None for check in checks_of(rule, kind))
        assert set(columns_of(rule.expectation or {})) <= set(column_types(kind))


@pytest.mark.parametrize("kind", ALL_KINDS)
def test_compiled_judge_gate_and_plain_great_expectations_agree_on_every_example(asset: Any, kind: str) -> None:
    examples = [rule.bad for rule in catalogue.rules(kind) if set(rule.bad) <= set(column_types(kind))]
    frame = sample.frame(kind, [{}, *examples])
    stands = {rule.code for rule in EXPECTED if kind in rule.kinds and rule.severity == "error"}
    judged = judge.judge_event(kind, frame).findings.filter(pl.col("code").is_in(stands))
    verdict = gate.Gate().passes(kind, frame)
    assert verdict.exceptions == ()
    assert verdict.findings.rows() == judged.rows()
    assert set(verdict.failed_codes) == failed(plain(asset, kind, frame)) & stands


def test_a_gate_suite_is_short_enough_for_a_handful_of_events() -> None:
    for kind in ALL_KINDS:
        errors = [each for each in read_suite(kind)["expectations"] if each["meta"]["severity"] == "error"]
        assert len(errors) <= 18, kind
