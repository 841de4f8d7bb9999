"""The one table of detectors, by the name that rule files use. Adding one: its function, and a row here."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from oversight.awards.single import other_basis, other_payee, over_cap, paid_late
from oversight.awards.stacked import stacked
from oversight.detector import Detector, Parameter
from oversight.indicators.line import behind_line
from oversight.monitors.detectors import MONITOR_DETECTORS
from oversight.obligations.missing import contradicted, missing
from oversight.projects.lights import behind_pace, behind_points
from oversight.projects.not_started import not_started

DETECTORS: Final[Mapping[str, Detector]] = MappingProxyType(
    {
        "project.behind_points": Detector(
            behind_points,
            {
                "yellow": Parameter("point", "落后计划达到此值为黄灯", "yellow from so far behind plan", 0, 100),
                "red": Parameter("point", "落后超过此值为红灯", "red when further behind than this", 0, 100),
                "catch_up": Parameter(
                    "point", "红灯后落后不超过此值为赶上", "caught up when no further behind", 0, 100
                ),
            },
            rising=("catch_up", "yellow", "red"),
        ),
        "project.behind_pace": Detector(
            behind_pace,
            {
                "yellow": Parameter("%", "低于时序进度的此比例为黄灯", "yellow below this share of plan", 0, 100),
                "red": Parameter("%", "低于此比例为红灯", "red below this share", 0, 100),
                "catch_up": Parameter("%", "红灯后达到此比例为赶上", "caught up from this share on", 0, 100),
                "least_plan": Parameter("%", "时序进度达到此值才判定", "judged from this much of the plan on", 0, 100),
            },
            rising=("red", "yellow", "catch_up"),
        ),
        "project.not_started": Detector(
            not_started,
            {
                "after": Parameter(
                    "month", "计划开工后超过此时长未开工", "not started so long after planned start", 0, 120
                )
            },
        ),
        "award.over_cap": Detector(over_cap, {}),
        "award.stacked": Detector(stacked, {}),
        "award.paid_late": Detector(
            paid_late,
            {"after": Parameter("day", "批准后超过此时长未付清", "not paid in full so long after approval", 1, 3650)},
        ),
        "award.other_payee": Detector(other_payee, {}),
        "award.other_basis": Detector(
            other_basis,
            {
                "above": Parameter(
                    "%", "基数可高于项目投资的比例", "how far the basis may exceed the investment", 0, 1000
                ),
                "below": Parameter("%", "基数可低于项目投资的比例", "how far it may fall short of it", 0, 100),
            },
        ),
        "indicator.behind_line": Detector(
            behind_line,
            {
                "yellow": Parameter("%", "低于目标线超过此比例为黄灯", "yellow when further below the line", 0, 100),
                "red": Parameter("%", "低于目标线超过此比例为红灯", "red when further below it", 0, 100),
                "kept": Parameter("month", "年度结束后保留的时长", "how long a year's stands after its end", 0, 12),
            },
            rising=("yellow", "red"),
        ),
        "obligation.missing": Detector(
            missing,
            {"red": Parameter("day", "逾期超过此天数为红灯", "red when overdue for longer than this", 0, 366)},
        ),
        "obligation.contradicted": Detector(contradicted, {}),
        **MONITOR_DETECTORS,
    }
)
