"""Longitude and latitude are given together or not at all."""

from __future__ import annotations

import polars as pl

from validators.rule import Layer, Rule, Severity

RULE = Rule(
    code="RG-COORDINATE-03",
    kinds=("registration",),
    layer=Layer.EXPECTATION,
    severity=Severity.WARNING,
    field="longitude",
    norm="数据契约 registration/1",
    zh="经度、纬度只填了一个",
    en="only one of longitude and latitude is given",
    mend_zh="补全经纬度",
    mend_en="give both",
    good={"longitude": None, "latitude": None},
    bad={"longitude": 117.283, "latitude": None},
    broken=lambda: pl.col("longitude").is_null() != pl.col("latitude").is_null(),
    shown=lambda: pl.format("{} / {}", *(pl.col(n).cast(pl.String).fill_null("-") for n in ("longitude", "latitude"))),
)
