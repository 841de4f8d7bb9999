"""Revisions count from 1: the natural key and the revision decide what supersedes what."""

from __future__ import annotations

from validators.rule import ALL_KINDS, Layer, Rule, Severity

RULE = Rule(
    code="HL-REV-01",
    kinds=ALL_KINDS,
    layer=Layer.EXPECTATION,
    severity=Severity.ERROR,
    field="revision",
    norm="数据契约：修订号自 1 起，每次更正加 1",
    zh="修订号 {value} 小于 1",
    en="the revision {value} is less than 1",
    mend_zh="首次报送填 1，每次更正加 1",
    mend_en="give 1 at first, and one more with each correction",
    good={"revision": 1},
    bad={"revision": 0},
    expectation={"type": "expect_column_values_to_be_between", "kwargs": {"column": "revision", "min_value": 1}},
    expected=">= 1",
)
