"""What can happen to the monitors of a synthetic year: episodes, and the innocent ones that look like them.

Episodes of a factor change the values or marks of one factor of an outlet; those of an outlet take hours away, of all
its factors; those of a city do so for every outlet of the city.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

Reach = Literal["factor", "outlet", "city"]
DAY: Final = 24
#: How many days after its hour what is sent again is received.
RESENT_DAYS: Final = 5


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of episode: how long it lasts (hours, least and most), and what it must, or must not, be found as."""

    name: str
    reach: Reach
    topic: str
    hours: tuple[int, int]
    note: str
    guilty: bool = True
    whole_days: bool = False  #: begins at midnight in Shanghai and lasts whole days
    whole_month: bool = False


FACTOR: Final = (
    Kind("hour-over", "factor", "reading-hour-over", (2, 6), "小时超标 | hours over the limit"),
    Kind("over-marked", "factor", "reading-hour-over", (2, 6), "超标但已标记维护、启炉 | over, under marks",
         guilty=False),
    Kind("day-over", "factor", "reading-day-over", (DAY, 3 * DAY), "日均超标 | day means over the limit",
         whole_days=True),
    Kind("near-limit", "factor", "reading-hour-over", (3, 8), "接近或等于限值 | close to and at the limit",
         guilty=False),
    Kind("over-running", "factor", "reading-hour-over", (2, 5),
         "标记正常运行而超标 | over, marked as running normally"),
    Kind("over-flagged", "factor", "reading-hour-over", (2, 6), "故障标记下的超标值 | over, flagged as faulty",
         guilty=False),
    Kind("frozen", "factor", "reading-frozen", (30, 96), "数据恒值 | one value for a day and more"),
    Kind("still-short", "factor", "reading-frozen", (2, 3), "数小时同值 | one value for two or three hours",
         guilty=False),
    Kind("flat", "factor", "reading-flat", (14 * DAY, 20 * DAY), "波动消失 | variance gone"),
    Kind("quiet-short", "factor", "reading-flat", (2 * DAY, 3 * DAY),
         "波动减半两三日 | half the variance for two or three days",
         guilty=False),
    Kind("hugging", "factor", "reading-hugging", (7 * DAY, 12 * DAY), "紧贴限值 | values hug the limit"),
    Kind("high-steady", "factor", "reading-hugging", (7 * DAY, 12 * DAY),
         "偏高但正常波动 | high, with the usual variance",
         guilty=False),
    Kind("step", "factor", "reading-step", (10 * DAY, 16 * DAY), "校准后数值阶跃 | a step at calibration"),
    Kind("calibrated", "factor", "reading-step", (10 * DAY, 16 * DAY), "校准后小幅变化 | calibrated, hardly a change",
         guilty=False),
)  # fmt: skip

OUTLET: Final = (
    Kind("silent", "outlet", "monitor-silent", (3 * DAY, 8 * DAY), "监测点中断 | the monitor is silent"),
    Kind("declared-stop", "outlet", "monitor-silent", (3 * DAY, 9 * DAY), "已申报停运 | a declared stop", guilty=False,
         whole_days=True),
    Kind("lossy", "outlet", "outlet-effectiveness", (0, 0), "整月零星缺失 | hours lost all month", whole_month=True),
    Kind("lossy-little", "outlet", "outlet-effectiveness", (0, 0), "缺失不足百分之五 | less than five per cent lost",
         guilty=False, whole_month=True),
    Kind("undocumented-stop", "outlet", "outlet-effectiveness", (4 * DAY, 6 * DAY),
         "停运申报无证明，恢复原标记 | a declared stop without document: the original came back", whole_days=True),
    Kind("short-gap", "outlet", "monitor-silent", (1, 2), "中断一两小时 | silent for an hour or two", guilty=False),
    Kind("resent", "outlet", "outlet-effectiveness", (3 * DAY, 4 * DAY), "十日内自动补传 | sent again within ten days",
         guilty=False),
)  # fmt: skip

CITY: Final = (
    Kind("city-silent", "city", "publisher-silent", (3 * DAY, 3 * DAY), "全市中断 | the city's feed is silent",
         whole_days=True),
    Kind("city-lossy", "city", "city-effectiveness", (0, 0), "全市缺失偏多 | much is lost in the whole city",
         whole_month=True),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Episode:
    """A kind of episode at an outlet (None: the whole city), on the factor of this place, between two hours.

    Hours count from the first moment of the year; ``until`` is the hour after the last.
    """

    kind: Kind
    city: str
    outlet: int | None
    factor: int | None
    since: int
    until: int
