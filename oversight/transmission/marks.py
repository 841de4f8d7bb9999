"""What flags and marks do to an hour in the assessment.

An operator's mark wins over the logger's flag where both stand (hand marks win where they overlap, as the national
platform's data are read). What a mark does, and why:

=============== ================================================================================================
``excluded``    the hour takes no part, in neither denominator. STOPPED and LONG_STOP: periods marked as stopped leave
                the denominator. FORCE_MAJEURE, OTHER_LOSS: loss that is not the unit's fault, the exemptions of the
                national interface (V1.6, kind of mark 5).
``invalid``     CALIBRATION, FAULT, MAINTENANCE, COMMUNICATION: the invalid periods of HJ 75-2017 (fault, repair,
                calibration, maintenance); the hour takes part and is not valid.
``check``       STANDARD_CHECK: of waste water's COD, NH3-N, TP and TN one hour a day leaves the denominator, so 23 of
                24 hours count as all of them; any further hour, and any other factor's, is invalid
                (自动监测数据有效传输率统计算法说明).
``valid``       MANUAL: a value measured by hand and entered is completion, whatever flag it carries (hand-entered
                values carry S). Declared for a span it only documents what was entered.
``flag``        SWITCHED, COOLING, DRYING, STARTING, CONDITION_FAULT, RUNNING: the source's condition or which monitor
                measured, not whether it measured well: as the flag says. (Such hours are no evidence of exceedance;
                that is another question, see ``sinks.validity``.)
=============== ================================================================================================

Without a mark the flag decides: HJ 212's N, and of air stations 1 and 3, are valid (schemas/codes/flag.json). F says
"instrument stopped" in 2017 and "source stopped" in 2005, which the flag alone does not tell: invalid, unless the stop
is marked or declared. An hour without any value is invalid under every flag.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Final

import polars as pl

from schemas.contract import codes

EFFECTS: Final[Mapping[str, str]] = {
    "CALIBRATION": "invalid",
    "FAULT": "invalid",
    "MAINTENANCE": "invalid",
    "COMMUNICATION": "invalid",
    "STANDARD_CHECK": "check",
    "SWITCHED": "flag",
    "MANUAL": "valid",
    "FORCE_MAJEURE": "excluded",
    "LONG_STOP": "excluded",
    "OTHER_LOSS": "excluded",
    "STOPPED": "excluded",
    "COOLING": "flag",
    "DRYING": "flag",
    "STARTING": "flag",
    "CONDITION_FAULT": "flag",
    "RUNNING": "flag",
}

#: Waste water's COD, ammonia nitrogen, total phosphorus and total nitrogen: an hour a day for the standard check.
CHECKED: Final = ("w01018", "w21003", "w21011", "w21001")

#: What an operator can declare for a span of hours: all that has a meaning without a value.
DECLARABLE: Final = tuple(mark for mark, effect in EFFECTS.items() if effect != "flag")


@cache
def valid_flags() -> tuple[str, ...]:
    """The data flags under which a value is valid."""
    return tuple(entry.code for entry in codes("flag") if entry.extra["valid"])


def effect() -> pl.Expr:
    """Over ``flag``, ``mark``, ``measured``: excluded, invalid, check or valid."""
    told = pl.col("mark").replace_strict(EFFECTS, default="flag", return_dtype=pl.String).fill_null("flag")
    flagged = pl.when(pl.col("flag").is_in(valid_flags())).then(pl.lit("valid")).otherwise(pl.lit("invalid"))
    decided = pl.when(told == "flag").then(flagged).otherwise(told)
    return pl.when((decided == "valid") & ~pl.col("measured")).then(pl.lit("invalid")).otherwise(decided)
