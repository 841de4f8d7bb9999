"""The judge as a whole, and rules that one example does not exhaust."""

from __future__ import annotations

import importlib
import math
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from validators import catalogue, judge, sample, uncompiled
from validators.check import checks_of
from validators.columns import column_types, contract_types
from validators.finding import FINDINGS
from validators.rule import ALL_KINDS

HOUR = 3_600_000


def codes(kind: str, **changes: Any) -> set[str]:
    return set(judge.judge_event(kind, sample.frame(kind, [changes])).findings["code"])


def texts(code: str, kind: str, **changes: Any) -> Mapping[str, Any]:
    rule = catalogue.by_code(code)
    frame = sample.frame(kind, [changes], needs=rule.needs)
    found = judge.judge(frame, judge.checks(kind, (rule.layer,))).findings.filter(pl.col("code") == code)
    return found.row(0, named=True) if found.height else {}


def test_findings_are_in_the_order_of_rows_then_codes() -> None:
    frame = sample.frame("reading", [{"flag": "A", "revision": 0}, {}, {"flag": "B", "mark": "X"}])
    found = judge.judge_event("reading", frame).findings
    assert found.schema == FINDINGS
    assert found.select("row", "code").rows() == [(0, "HL-REV-01"), (0, "RD-FLAG-01"), (2, "RD-MARK-01")]


def test_rejected_are_the_rows_with_an_error_once_each() -> None:
    frame = sample.frame("reading", [{"flag": "A", "revision": 0}, {"corrected": None}, {"flag": "P"}, {"flag": "X"}])
    assert judge.rejected(judge.judge_event("reading", frame).findings).to_list() == [0, 3]


def test_rules_whose_columns_are_absent_are_named_and_find_nothing() -> None:
    frame = sample.frame("reading", [{"flag": "A"}]).drop("publisher", "received_at")
    judgement = judge.judge_event("reading", frame)
    assert judgement.not_evaluated == ("HL-JUR-01", "HL-TIME-02", "RD-START-02")
    assert judgement.findings["code"].to_list() == ["RD-FLAG-01"]
    assert judge.judge_reference("reading", frame).not_evaluated == ("RD-MEDIUM-01", "RD-OUTLET-01", "RD-OUTLET-02")


def test_an_empty_frame_is_judged() -> None:
    for kind in ALL_KINDS:
        assert judge.judge_event(kind, sample.frame(kind).clear()).findings.height == 0


def test_a_rule_whose_expectation_is_not_compiled_is_judged_by_great_expectations_where_it_is() -> None:
    importlib.import_module("validators.gate")
    expectation = {"type": "expect_column_value_lengths_to_equal", "kwargs": {"column": "flag", "value": 1}}
    rule = replace(catalogue.by_code("RD-FLAG-01"), expectation=expectation)
    frame = sample.frame("reading", [{}, {"flag": "NN"}])
    found = judge.judge(frame, list(checks_of(rule, "reading"))).findings
    assert found.select("row", "code", "value").rows() == [(1, "RD-FLAG-01", "NN")]


def test_where_great_expectations_is_not_such_a_rule_is_not_evaluated(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(uncompiled, "_finders", [])
    expectation = {"type": "expect_column_value_lengths_to_equal", "kwargs": {"column": "flag", "value": 1}}
    rule = replace(catalogue.by_code("RD-FLAG-01"), expectation=expectation)
    judgement = judge.judge(sample.frame("reading", [{"flag": "NN"}]), list(checks_of(rule, "reading")))
    assert judgement.not_evaluated == ("RD-FLAG-01",)
    assert judgement.findings.height == 0


def test_judging_does_not_import_great_expectations() -> None:
    code = "import sys, validators.verdict, validators.suites; print('great_expectations' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "False\n"


@pytest.mark.parametrize("kind", ALL_KINDS)
def test_texts_judged_once_each_are_judged_as_texts_judged_one_by_one(kind: str) -> None:
    bad = [
        rule.bad for rule in catalogue.rules(kind) if not rule.decided_by and set(rule.bad) <= set(column_types(kind))
    ]
    few = sample.frame(kind, [{}, dict.fromkeys(("source_ref",)), *bad])
    repeated = pl.concat([few] * (6000 // few.height)).with_columns(pl.arange(0, pl.len()).cast(pl.UInt32).alias("row"))
    once = judge.judge_event(kind, few).findings
    many = judge.judge_event(kind, repeated).findings
    assert many.height == once.height * (6000 // few.height)
    assert many.filter(pl.col("row") < few.height).rows() == once.rows()


floats = st.none() | st.floats() | st.sampled_from([math.nan, math.inf, -0.0, 1e9])
ints = st.sampled_from([-(2**63), 2**63 - 1, 0, 1, -1]) | st.integers(-(2**63), 2**63 - 1)
days = st.sampled_from([-(2**31), 2**31 - 1, 0]) | st.integers(-(2**31), 2**31 - 1)
words = st.sampled_from(["", "\x00", "340104", "34010４", "2026-02-30", "9999Q4", "0000", "%", "{value}"]) | st.text()
BY_TYPE: dict[Any, st.SearchStrategy[Any]] = {
    pl.Float64: floats,
    pl.Int64: ints,
    pl.Int32: days,
    pl.String: words,
    pl.Boolean: st.booleans(),
}


def anything(dtype: pl.DataType) -> st.SearchStrategy[Any]:
    if isinstance(dtype, pl.List):
        assert isinstance(dtype.inner, pl.Struct)
        item = st.fixed_dictionaries({field.name: st.none() | anything(field.dtype) for field in dtype.inner.fields})
        return st.lists(item, max_size=3)
    return BY_TYPE[type(dtype)]


@pytest.mark.parametrize("kind", ALL_KINDS)
@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_whatever_a_publisher_sends_becomes_findings_that_postgresql_can_store(kind: str, data: st.DataObject) -> None:
    changes = {
        name: data.draw(st.none() | anything(dtype), name)
        for name, dtype in column_types(kind).items()
        if name != "row"
    }
    required = {
        name: data.draw(anything(contract_types(kind)[name])) for name in ("division", "revision", "reported_at")
    }
    frame = sample.frame(kind, [{**changes, **required}, {}])
    for judging in (judge.judge_event, judge.judge_reference, judge.judge_history):
        found = judging(kind, frame).findings
        assert found.schema == FINDINGS
        told = [text for row in found.rows() for text in row if isinstance(text, str)]
        assert not any("\x00" in text for text in told)
        assert all(len(text) <= 200 for text in told)


def test_full_width_digits_of_a_division_are_narrowed_in_the_suggestion() -> None:
    assert texts("HL-DIV-01", "nil", division="３４０１０４")["suggestion"] == "340104"


def test_a_retired_division_is_told_its_successor_and_only_after_its_last_year() -> None:
    assert texts("HL-DIV-03", "nil", division="340221")["suggestion"] == "340210"
    in_force = 1_577_836_800_000  # 2020-01-01, the year of the change
    assert "HL-DIV-03" not in codes("nil", division="340221", reported_at=in_force)


@pytest.mark.parametrize(
    ("division", "publisher", "within"),
    [
        ("340104", "340104", True),
        ("340104", "340100", True),
        ("340104", "340000", True),
        ("340100", "340104", False),
        ("340000", "340100", False),
        ("340104", "340103", False),
        ("320104", "340000", False),
        ("110101", "110000", True),
    ],
)
def test_jurisdiction_follows_the_levels_of_the_code(division: str, publisher: str, within: bool) -> None:
    assert ("HL-JUR-01" not in codes("nil", division=division, publisher=publisher)) is within


@pytest.mark.parametrize("field", ["average", "minimum", "maximum", "cumulative", "corrected"])
@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
def test_every_number_of_a_reading_is_finite(field: str, value: float) -> None:
    assert "HL-FINITE-01" in codes("reading", **{field: value})
    assert texts("HL-FINITE-01", "reading", **{field: value})["field"] == field


def test_numbers_and_texts_inside_lists_are_judged_and_shown() -> None:
    limit = {"pollutant": "a21026", "value": 35.0, "unit": "mg/m3", "norm": None, "valid_from": 19723, "valid_to": None}
    broken = [limit, {**limit, "pollutant": "a21002", "value": math.inf, "unit": "mg\x00"}]
    frame = sample.frame("registration", [{"limits": broken}])
    found = judge.judge_event("registration", frame).findings.select("code", "field", "value").rows()
    assert ("HL-FINITE-01", "limits.value", "inf") in found
    assert ("HL-TEXT-01", "limits.unit", "mg\ufffd") in found


@pytest.mark.parametrize("moment", [-(2**63), 0, -62_167_219_200_000, 253_402_271_999_999, 2**63 - 1, 1_795_140_300])
def test_years_zero_and_9999_and_seconds_for_milliseconds_are_refused(moment: int) -> None:
    assert "HL-TIME-01" in codes("reading", reported_at=moment)
    assert "RD-START-03" in codes("reading", start=moment)


def test_seconds_taken_for_milliseconds_are_told() -> None:
    assert texts("HL-TIME-01", "nil", reported_at=1_795_140_300)["suggestion"] == "2026-11-20T10:05:00.000+08:00"


@pytest.mark.parametrize(
    ("period", "start", "kept"),
    [
        ("HOUR", 1_795_136_400_000, True),
        ("HOUR", 1_795_136_400_001, False),
        ("MINUTE", 1_795_136_460_000, True),
        ("MINUTE", 1_795_136_461_000, False),
        ("DAY", 1_795_017_600_000, True),
        ("DAY", 1_795_046_400_000, False),
        ("REALTIME", 1_795_136_461_123, True),
    ],
)
def test_a_period_starts_on_its_boundary_in_shanghai(period: str, start: int, kept: bool) -> None:
    assert ("RD-START-01" not in codes("reading", period=period, start=start)) is kept


def test_temperature_below_zero_is_no_finding_and_a_negative_concentration_is_a_warning() -> None:
    cold = {"average": -8.0, "minimum": -9.0, "maximum": -7.0, "corrected": None, "cumulative": None}
    assert codes("reading", pollutant="a01012", **cold) == set()
    assert codes("reading", pollutant="a21026", **cold) == {"RD-NEGATIVE-01"}


def test_a_flow_reported_by_its_cumulative_figure_alone_is_loaded() -> None:
    only = {"average": None, "minimum": None, "maximum": None, "corrected": None, "cumulative": 120.0}
    frame = sample.frame("reading", [{"pollutant": "w00000", **only}])
    assert judge.rejected(judge.judge_event("reading", frame).findings).to_list() == []


def test_all_factors_of_the_standard_are_known_and_an_old_code_is_told_its_successor() -> None:
    assert "RD-POLLUTANT-01" not in codes("reading", pollutant="LA")
    assert texts("RD-POLLUTANT-01", "reading", pollutant="011")["suggestion"] == "w01018"


def test_swapped_coordinates_are_suggested() -> None:
    swapped = {"longitude": 31.861, "latitude": 117.283}
    assert texts("RG-COORDINATE-01", "registration", **swapped)["suggestion"] == "117.283"
    assert texts("RG-COORDINATE-02", "registration", **swapped)["suggestion"] == "31.861"


limits = st.lists(
    st.fixed_dictionaries(
        {
            "pollutant": st.sampled_from(["a21026", "a21002"]),
            "value": st.just(35.0),
            "unit": st.just("mg/m3"),
            "norm": st.none(),
            "valid_from": st.integers(100, 120),
            "valid_to": st.none() | st.integers(100, 130),
        }
    ).filter(lambda limit: limit["valid_to"] is None or limit["valid_to"] >= limit["valid_from"]),
    max_size=5,
)


@settings(max_examples=150, deadline=None)
@given(given_limits=limits)
def test_limits_overlap_exactly_where_a_day_has_two_of_one_factor(given_limits: list[dict[str, Any]]) -> None:
    days = [
        (limit["pollutant"], day)
        for limit in given_limits
        for day in range(limit["valid_from"], (132 if limit["valid_to"] is None else limit["valid_to"]) + 1)
    ]
    overlapping = len(days) != len(set(days))
    assert ("RG-LIMIT-04" in codes("registration", limits=given_limits)) is overlapping


def test_an_outlet_under_a_retired_code_and_its_successor_are_the_same_place() -> None:
    pairs = [("340210", "340221"), ("340221", "340210"), ("340104", "340104"), ("340104", "340210"), ("340104", None)]
    rows = [{"division": own, "outlet__division": registered} for own, registered in pairs]
    found = judge.judge_reference("reading", sample.frame("reading", rows, needs=("outlet__medium",))).findings
    assert found.select("row", "code").rows() == [(3, "RD-OUTLET-02"), (4, "RD-OUTLET-01")]


def test_a_judgement_of_history_says_what_the_former_value_was() -> None:
    changes = {"enterprise": "91340100MA2MQ1232Q", "previous__enterprise": "913402001490846601"}
    assert texts("RG-HISTORY-01", "registration", **changes)["expected"] == "913402001490846601"
    assert texts("RG-HISTORY-01", "registration", previous__enterprise=None) == {}
