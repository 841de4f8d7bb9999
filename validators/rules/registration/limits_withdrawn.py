"""A registration that had limits has none any more: exceedances would silently stop being found. A warning."""

from __future__ import annotations

import polars as pl

from validators.rule import Layer, Rule, Severity

RULE = Rule(
    code="RG-HISTORY-03",
    kinds=("registration",),
    layer=Layer.HISTORY,
    severity=Severity.WARNING,
    field="limits",
    norm="《排污许可管理条例》第十三条（许可排放浓度）",
    zh="原有 {expected} 项排放限值，现全部删除，超标将不再判定",
    en="there were {expected} limits and now there are none: exceedances will no longer be found",
    mend_zh="保留历史限值，到期的填写失效日期",
    mend_en="keep former limits and give the day they end",
    good={"limits": [], "previous__limits": []},
    bad={
        "limits": [],
        "previous__limits": [{"pollutant": "a21026", "value": 35.0, "unit": "mg/m3", "norm": None, "valid_from": 200}],
    },
    broken=lambda: (pl.col("limits").list.len() == 0) & (pl.col("previous__limits").list.len() > 0),
    needs=("previous__limits",),
    expected=lambda: pl.col("previous__limits").list.len(),
)
