"""A flag that only the edition of 2005 knew: P, 0, 1, 2, 3. Readable; the logger speaks the old edition."""

from __future__ import annotations

from validators.rule import Layer, Rule, Severity
from validators.rules.reading.flag import FLAGS_2005, FLAGS_2017

RULE = Rule(
    code="RD-FLAG-02",
    kinds=("reading",),
    layer=Layer.EXPECTATION,
    severity=Severity.INFO,
    field="flag",
    norm="HJ 212-2017 数据标记表（取代 HJ/T 212-2005）",
    zh="数据标记“{value}”为 2005 版标记，现行标准已无此标记",
    en="the data flag “{value}” is of the 2005 edition; the standard in force does not have it",
    mend_zh="升级数采仪通信协议至现行版本",
    mend_en="bring the data logger to the protocol now in force",
    good={"flag": "D"},
    bad={"flag": "P"},
    expectation={
        "type": "expect_column_values_to_not_be_in_set",
        "kwargs": {"column": "flag", "value_set": list(FLAGS_2005)},
    },
    expected=" ".join(FLAGS_2017),
)
