"""MN as the edition of 2017 forms it: 24 hexadecimal digits (EPC-96). Other forms are in use: a warning."""

from __future__ import annotations

from validators.rule import Layer, Rule, Severity

RULE = Rule(
    code="RG-MN-02",
    kinds=("registration",),
    layer=Layer.EXPECTATION,
    severity=Severity.WARNING,
    field="mn",
    norm="HJ 212-2017（MN：EPC-96，24 位十六进制）",
    zh="设备唯一标识 MN“{value}”不是 24 位十六进制数",
    en="the monitor number MN “{value}” is not 24 hexadecimal digits",
    mend_zh="设备更换或升级时改用 24 位 MN；在用的旧 MN 可继续使用",
    mend_en="use a 24-digit MN when the logger is replaced; an old MN may stay in use until then",
    good={"mn": "010000A8900016F000169DC0"},
    bad={"mn": "88888880000001"},
    expectation={
        "type": "expect_column_values_to_match_regex",
        "kwargs": {"column": "mn", "regex": "^[0-9A-Fa-f]{24}$"},
    },
    expected="^[0-9A-F]{24}$",
)
