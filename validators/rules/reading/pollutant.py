"""Factor code: one of the list of HJ 212-2017 appendix B. Codes of 2005 are told their successor.

Traps seen in public code: a21001 is ammonia, not SO2 (a21026); w01009 is dissolved oxygen, not COD (w01018).
"""

from __future__ import annotations

from typing import Final

import polars as pl

from schemas.contract import codes
from validators.rule import Layer, Rule, Severity

POLLUTANTS: Final = tuple(code.code for code in codes("pollutant"))
SUCCESSORS: Final = {code.extra["old_code"]: code.code for code in codes("pollutant") if code.extra.get("old_code")}


def successor() -> pl.Expr:
    """The code of 2017 for a code of 2005."""
    return pl.col("pollutant").replace_strict(SUCCESSORS, default=None, return_dtype=pl.String)


RULE = Rule(
    code="RD-POLLUTANT-01",
    kinds=("reading",),
    layer=Layer.EXPECTATION,
    severity=Severity.ERROR,
    field="pollutant",
    norm="HJ 212-2017 附录 B",
    zh="监测因子编码“{value}”不在 HJ 212-2017 附录 B 中",
    en="the factor code “{value}” is not in appendix B of HJ 212-2017",
    mend_zh="使用 2017 版因子编码，如二氧化硫 a21026、化学需氧量 w01018",
    mend_en="use the factor codes of 2017, such as a21026 for SO2 or w01018 for COD",
    good={"pollutant": "a21026"},
    bad={"pollutant": "011"},
    expectation={
        "type": "expect_column_values_to_be_in_set",
        "kwargs": {"column": "pollutant", "value_set": list(POLLUTANTS)},
    },
    suggest=successor,
)
