"""Data flag of HJ 212: N normal, F stopped, M maintenance, S by hand, D fault, C calibrating, T over range, B silent.

HJ 212-2017 (数据标记表); the 2005 edition also knew P (power) and, for air stations, 0 to 3 (RD-FLAG-02).
A flag of neither edition is refused, because nobody can say whether the value counts.
"""

from __future__ import annotations

from typing import Final

from validators.rule import Layer, Rule, Severity
from validators.tidy import listed

FLAGS_2017: Final = ("N", "F", "M", "S", "D", "C", "T", "B")
FLAGS_2005: Final = ("P", "0", "1", "2", "3")

RULE = Rule(
    code="RD-FLAG-01",
    kinds=("reading",),
    layer=Layer.EXPECTATION,
    severity=Severity.ERROR,
    field="flag",
    norm="HJ 212-2017 数据标记表；HJ/T 212-2005 数据标记表",
    zh="数据标记“{value}”不是标准规定的标记（{expected}）",
    en="the data flag “{value}” is none of the standard's flags ({expected})",
    mend_zh="按 HJ 212 数据标记表改报；设备自定义的标记请换算为标准标记",
    mend_en="use a flag of HJ 212; map the maker's own flags to the standard's",
    good={"flag": "N"},
    bad={"flag": "A"},
    expectation={
        "type": "expect_column_values_to_be_in_set",
        "kwargs": {"column": "flag", "value_set": [*FLAGS_2017, *FLAGS_2005]},
    },
    expected=" ".join([*FLAGS_2017, *FLAGS_2005]),
    suggest=lambda: listed("flag", [*FLAGS_2017, *FLAGS_2005]),
)
