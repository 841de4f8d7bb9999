"""Faults of reading events: the bytes are right, what they say is not."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import polars as pl

from simulation.faults import Fault

#: Midnights in Shanghai, so that the time is wrong and nothing else: 2098-01-01, and the years 9999 and 0.
_FUTURE: Final = 4_039_344_000_000
_YEAR_9999: Final = 253_370_736_000_000
_YEAR_0: Final = -62_167_248_000_000
_NONE: Final = pl.lit(None, pl.Float64)

#: A county that is not within the publisher's city.
_ELSEWHERE = pl.when(pl.col("city") == "340100").then(pl.lit("340202")).otherwise(pl.lit("340102"))
#: An MN of the right form that nobody registered: the maker's part is changed.
_UNREGISTERED = pl.concat_str(pl.lit("01FFFFFFF"), pl.col("mn").str.slice(9))

#: By name of fault: the columns it changes.
CHANGES: Final[Mapping[str, Mapping[str, pl.Expr]]] = {
    "outside jurisdiction": {"division": _ELSEWHERE},
    "unknown division": {"division": pl.concat_str(pl.col("city").str.slice(0, 4), pl.lit("99"))},
    "revision 0": {"revision": pl.lit(0, pl.Int32)},
    "NaN": {"average": pl.lit(float("nan"))},
    "infinite": {"maximum": pl.lit(float("inf"))},
    "MN with a blank": {"mn": pl.concat_str(pl.lit("01 "), pl.col("mn").str.slice(3))},
    "unknown factor": {"pollutant": pl.lit("a99999")},
    "unknown flag": {"flag": pl.lit("X")},
    "unknown mark": {"mark": pl.lit("CALIBRATING")},
    "no value": {
        "flag": pl.lit("N"),
        **dict.fromkeys(("average", "minimum", "maximum", "cumulative", "corrected"), _NONE),
    },
    "minimum above average": {"minimum": pl.col("average") * 1.5 + 1, "maximum": pl.col("average") * 2 + 2},
    "average above maximum": {"maximum": pl.col("average") * 0.5 - 1, "minimum": _NONE},
    "beyond every scale": {"average": pl.lit(1.5e9), "minimum": _NONE, "maximum": _NONE},
    "negative mass": {"cumulative": pl.lit(-0.1)},
    "in the future": {"start": pl.lit(_FUTURE)},
    "year 9999": {"start": pl.lit(_YEAR_9999)},
    "year 0": {"start": pl.lit(_YEAR_0)},
    "unregistered MN": {"mn": _UNREGISTERED},
    "another county than registered": {"division": pl.col("neighbour"), "publisher": pl.col("neighbour")},
}

FAULTS: Final = (
    Fault("outside jurisdiction", "reading", "HL-JUR-01", "区划不在报送单位辖区内", "division outside the publisher's"),
    Fault("unknown division", "reading", "HL-DIV-02", "区划代码不存在", "a division that never existed"),
    Fault("revision 0", "reading", "HL-REV-01", "修订号小于 1", "a revision below 1"),
    Fault("NaN", "reading", "HL-FINITE-01", "均值为 NaN", "the average is not a number"),
    Fault("infinite", "reading", "HL-FINITE-01", "最大值为无穷", "the maximum is infinite"),
    Fault("MN with a blank", "reading", "RD-MN-01", "MN 号含空格", "a blank in the MN"),
    Fault("unknown factor", "reading", "RD-POLLUTANT-01", "监测因子不在标准内", "a factor the standard does not know"),
    Fault("unknown flag", "reading", "RD-FLAG-01", "数据标记不在标准内", "a flag the standard does not know"),
    Fault("unknown mark", "reading", "RD-MARK-01", "人工标记不在代码表内", "a mark that is not in the code list"),
    Fault("no value", "reading", "RD-EMPTY-01", "标记正常但无数值", "flagged normal, without any value"),
    Fault("minimum above average", "reading", "RD-ORDER-01", "最小值大于均值", "minimum above average", weight=2.0),
    Fault("average above maximum", "reading", "RD-ORDER-02", "均值大于最大值", "average above maximum", weight=2.0),
    Fault("beyond every scale", "reading", "RD-RANGE-01", "均值超出任何量程", "an average beyond every scale"),
    Fault("negative mass", "reading", "RD-RANGE-03", "累计排放量为负", "a negative mass"),
    Fault("in the future", "reading", "RD-START-02", "时间在未来", "a time in the future"),
    Fault("year 9999", "reading", "RD-START-02", "年份 9999", "the year 9999", weight=0.5),
    Fault("year 0", "reading", "RD-START-03", "年份 0", "the year 0", weight=0.5),
    Fault("unregistered MN", "reading", "RD-OUTLET-01", "监测点未登记", "a monitor nobody registered", weight=2.0),
    Fault(
        "another county than registered", "reading", "RD-OUTLET-02", "区划与登记不符", "another county than registered"
    ),
)
