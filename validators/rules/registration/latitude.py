"""Latitude within China: 3 to 54 degrees north."""

from __future__ import annotations

import polars as pl

from validators.rule import Layer, Rule, Severity

RULE = Rule(
    code="RG-COORDINATE-02",
    kinds=("registration",),
    layer=Layer.EXPECTATION,
    severity=Severity.ERROR,
    field="latitude",
    norm="数据契约 registration/1",
    zh="纬度 {value} 不在中国范围内（{expected}）",
    en="the latitude {value} is not within China ({expected})",
    mend_zh="核对经纬度是否填反，以度为单位的小数填写；不掌握时留空",
    mend_en="check that longitude and latitude are not swapped; decimal degrees, empty if unknown",
    good={"latitude": 31.861},
    bad={"latitude": 117.283},
    expectation={
        "type": "expect_column_values_to_be_between",
        "kwargs": {"column": "latitude", "min_value": 3.0, "max_value": 54.0},
    },
    expected="3.0 – 54.0",
    suggest=lambda: pl.when(pl.col("longitude").is_between(3.0, 54.0)).then(pl.col("longitude")),
)
