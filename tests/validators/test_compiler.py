"""Compiled expectations break on exactly the rows that Great Expectations names."""

from __future__ import annotations

import math
from typing import Any

import polars as pl
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from validators import gate
from validators.compiler import COMPILED, compile_expectation, published
from validators.rules.every.source_ref import RULE as SOURCE_REF

TYPES: dict[str, pl.DataType] = {
    "row": pl.UInt32(),
    "text": pl.String(),
    "a": pl.Float64(),
    "b": pl.Float64(),
    "small": pl.Int32(),
    "whole": pl.Int64(),
    "other": pl.Int64(),
}
PHASES = (Phase.explicit, Phase.reuse, Phase.generate)
SAFE = 2**53  # beyond it pandas rounds an integer in a column with nulls

odd_texts = st.sampled_from(
    [
        "",
        " ",
        "　",
        "\n",
        "340104",
        "340104\n",
        "\n340104",
        "３４０１０４",
        "a\x00b",
        "N",
        "n",
        "é",
        "汇流",
        "e\u0301",
        "A" * 201,
    ]
)
texts = st.none() | odd_texts | st.text(max_size=12)
odd_floats = st.sampled_from([math.nan, math.inf, -math.inf, 0.0, -0.0, 1e9, -1e9, 1.0000000001e9, 5e-324, 1.7e308])
floats = st.none() | odd_floats | st.floats()
wholes = st.none() | st.sampled_from([0, 1, -1, SAFE, -SAFE]) | st.integers(-SAFE, SAFE)
smalls = st.none() | st.integers(-(2**31), 2**31 - 1)

TEXT_SET = ["N", "340104", "", "汇流"]
CASES: list[dict[str, Any]] = [
    {"type": "expect_column_values_to_not_be_null", "kwargs": {"column": "text"}},
    {"type": "expect_column_values_to_not_be_null", "kwargs": {"column": "a"}},
    {"type": "expect_column_values_to_be_in_set", "kwargs": {"column": "text", "value_set": TEXT_SET}},
    {"type": "expect_column_values_to_be_in_set", "kwargs": {"column": "whole", "value_set": [0, 1, 2]}},
    {"type": "expect_column_values_to_be_in_set", "kwargs": {"column": "a", "value_set": [0.0, 1e9]}},
    {"type": "expect_column_values_to_not_be_in_set", "kwargs": {"column": "text", "value_set": TEXT_SET}},
    {"type": "expect_column_values_to_be_between", "kwargs": {"column": "a", "min_value": -1e9, "max_value": 1e9}},
    {"type": "expect_column_values_to_be_between", "kwargs": {"column": "b", "max_value": 0.0, "strict_max": True}},
    {"type": "expect_column_values_to_be_between", "kwargs": {"column": "small", "min_value": 1}},
    {
        "type": "expect_column_values_to_be_between",
        "kwargs": {"column": "whole", "min_value": 0, "strict_min": True, "max_value": 10**15},
    },
    {
        "type": "expect_column_value_lengths_to_be_between",
        "kwargs": {"column": "text", "min_value": 1, "max_value": 5},
    },
    {"type": "expect_column_value_lengths_to_be_between", "kwargs": {"column": "text", "max_value": 200}},
    {"type": "expect_column_values_to_match_regex", "kwargs": {"column": "text", "regex": "^[1-9][0-9]{5}$"}},
    {"type": "expect_column_values_to_match_regex", "kwargs": {"column": "text", "regex": r"[^\x00-\x20\x7f　]"}},
    {
        "type": "expect_column_values_to_match_regex",
        "kwargs": {"column": "text", "regex": (SOURCE_REF.expectation or {})["kwargs"]["regex"]},
    },
    {"type": "expect_column_values_to_not_match_regex", "kwargs": {"column": "text", "regex": r"[\x00-\x1f]"}},
    *(
        {
            "type": "expect_column_pair_values_a_to_be_greater_than_b",
            "kwargs": {"column_A": a, "column_B": b, "or_equal": equal, "ignore_row_if": "either_value_is_missing"},
        }
        for a, b in (("a", "b"), ("whole", "other"), ("small", "a"))
        for equal in (True, False)
    ),
]


@st.composite
def frames(draw: st.DrawFn) -> pl.DataFrame:
    height = draw(st.integers(1, 12))
    columns = {"text": texts, "a": floats, "b": floats, "small": smalls, "whole": wholes, "other": wholes}
    data: dict[str, Any] = {name: draw(st.lists(s, min_size=height, max_size=height)) for name, s in columns.items()}
    rows = draw(st.lists(st.integers(0, 2**32 - 1), min_size=height, max_size=height, unique=True))
    return pl.DataFrame({"row": rows, **data}, schema=TYPES)


def configurations() -> list[Any]:
    suite = gate.ExpectationSuite(name="cases", expectations=[published(case) for case in CASES])
    return list(suite.expectation_configurations)


def test_every_compiled_type_is_among_the_cases() -> None:
    assert {case["type"] for case in CASES} == set(COMPILED)


#: Shrinking a failure would take minutes of Great Expectations.
@settings(max_examples=40, deadline=None, phases=PHASES, suppress_health_check=[HealthCheck.too_slow])
@given(frame=frames())
def test_compiled_and_great_expectations_name_the_same_rows(frame: pl.DataFrame) -> None:
    results = gate.run(gate.to_pandas(frame, [*TYPES][1:]), configurations(), gate.COMPLETE)
    for case, result in zip(CASES, results, strict=True):
        compiled = compile_expectation(published(case), TYPES)
        assert compiled is not None
        assert result.exception_info["raised_exception"] is False
        assert sorted(frame.filter(compiled)["row"]) == sorted(gate.bad_rows(result)), case


@pytest.mark.parametrize(
    "expectation",
    [
        {"type": "expect_column_value_lengths_to_equal", "kwargs": {"column": "text", "value": 6}},
        {"type": "expect_column_values_to_be_between", "kwargs": {"column": "a", "min_value": 0, "mostly": 0.9}},
        {"type": "expect_column_values_to_be_between", "kwargs": {"column": "text", "min_value": 0}},
        {"type": "expect_column_values_to_match_regex", "kwargs": {"column": "text", "regex": r"^\d{6}$"}},
        {"type": "expect_column_values_to_match_regex", "kwargs": {"column": "text", "regex": "(?=a)"}},
        {"type": "expect_column_values_to_match_regex", "kwargs": {"column": "text", "regex": "a.b"}},
        {"type": "expect_column_values_to_match_regex", "kwargs": {"column": "text", "regex": "^a$"}},
        {"type": "expect_column_values_to_be_in_set", "kwargs": {"column": "text", "value_set": [1, 2]}},
        {
            "type": "expect_column_pair_values_a_to_be_greater_than_b",
            "kwargs": {"column_A": "a", "column_B": "b", "ignore_row_if": "both_values_are_missing"},
        },
    ],
)
def test_what_could_differ_is_left_to_great_expectations(expectation: dict[str, Any]) -> None:
    assert compile_expectation(expectation, TYPES) is None


def test_the_end_of_a_text_is_published_as_python_reads_it_but_not_inside_a_class() -> None:
    rule = {"type": "expect_column_values_to_match_regex", "kwargs": {"column": "text", "regex": r"^[$]\$(a|b$)$"}}
    assert published(rule)["kwargs"]["regex"] == r"^[$]\$(?:a|b\Z)\Z"


def test_a_last_line_feed_is_not_passed_over() -> None:
    rule = {"type": "expect_column_values_to_match_regex", "kwargs": {"column": "text", "regex": "^[0-9]{6}$"}}
    frame = pl.DataFrame({"row": [0, 1], "text": ["340104", "340104\n"]}, schema_overrides={"row": pl.UInt32})
    assert gate.unexpected_rows(published(rule), frame).to_list() == [False, True]
