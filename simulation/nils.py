"""Statements of counties that there is nothing to report."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from typing import Final

import numpy as np

from huiliu import division
from huiliu.period import day_start_ms
from simulation.faults import Fault
from simulation.lives import Change, Disturbance, Faults, Life, by_content, outside
from simulation.sent import Sent

CHANGES: Final[Mapping[str, Change]] = {
    "outside jurisdiction": outside,
    "no reason": lambda *_: {"reason": "\u3000"},
    "no such day": lambda event, _: {"period": event["period"][:4] + "-02-30"},
    "before its period": lambda *_: {"period": "2099-01"},
}

FAULTS: Final = (
    Fault("outside jurisdiction", "nil", "HL-JUR-01", "区划不在报送单位辖区内", "division outside the publisher's"),
    Fault("no reason", "nil", "NL-REASON-01", "零报告无理由", "no reason"),
    Fault("no such day", "nil", "NL-PERIOD-02", "日期不存在", "a day that does not exist"),
    Fault("before its period", "nil", "NL-PERIOD-03", "统计期尚未开始", "a period that had not begun"),
)


def reports(
    generator: np.random.Generator,
    counties: Sequence[str],
    due: Sequence[date],
    share: Disturbance,
    byte_faults: Faults,
) -> Iterator[Sent]:
    """Counties that state each month that they had no awards to report: about one in ten."""
    faults = [*by_content(FAULTS, CHANGES), *byte_faults]
    for month in due:
        for county in counties:
            if generator.random() < 0.1:
                period = f"{month:%Y-%m}"
                life = Life(
                    "nil",
                    division.city_of(county),
                    (county, "AWARD", period),
                    faults,
                    {"reason": "本月未拨付（更正）"},
                )
                reported = day_start_ms(month + timedelta(days=35))
                event = {
                    "division": county,
                    "revision": 1,
                    "reported_at": reported,
                    "source_ref": None,
                    "obligation": "AWARD",
                    "period": period,
                    "reason": "本月无奖补资金拨付（模拟）",
                    "reported_by": f"{division.name(county)}财政局（模拟）",
                }
                yield from life.report(event, generator, share)
