"""Longitude within China: 73 to 136 degrees east."""

from __future__ import annotations

import polars as pl

from validators.rule import Layer, Rule, Severity

RULE = Rule(
    code="RG-COORDINATE-01",
    kinds=("registration",),
    layer=Layer.EXPECTATION,
    severity=Severity.ERROR,
    field="longitude",
    norm="数据契约 registration/1",
    zh="经度 {value} 不在中国范围内（{expected}）",
    en="the longitude {value} is not within China ({expected})",
    mend_zh="核对经纬度是否填反，以度为单位的小数填写；不掌握时留空",
    mend_en="check that longitude and latitude are not swapped; decimal degrees, empty if unknown",
    good={"longitude": 117.283},
    bad={"longitude": 31.861},
    expectation={
        "type": "expect_column_values_to_be_between",
        "kwargs": {"column": "longitude", "min_value": 73.0, "max_value": 136.0},
    },
    expected="73.0 – 136.0",
    suggest=lambda: pl.when(pl.col("latitude").is_between(73.0, 136.0)).then(pl.col("latitude")),
)
