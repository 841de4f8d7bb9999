"""Names fit into a line of a report: at most 200 characters."""

from __future__ import annotations

from typing import Final

import polars as pl

from validators.rule import Layer, Rule, Severity

_LONGEST: Final = 200


def _names() -> list[pl.Expr]:
    return [pl.col("enterprise_name"), pl.col("outlet_name")]


RULE = Rule(
    code="RG-NAME-03",
    kinds=("registration",),
    layer=Layer.EXPECTATION,
    severity=Severity.ERROR,
    field="enterprise_name",
    norm="数据契约 registration/1",
    zh="排污单位名称或排放口名称超过 {expected} 个字符",
    en="the name of the enterprise or of the outlet is longer than {expected} characters",
    mend_zh="按排污许可证填写名称，说明文字不要写入名称",
    mend_en="give the name as in the discharge permit, without explanations",
    good={"enterprise_name": "厂" * 200},
    bad={"enterprise_name": "厂" * 201},
    broken=lambda: pl.any_horizontal(name.str.len_chars() > _LONGEST for name in _names()),
    expected=str(_LONGEST),
)
