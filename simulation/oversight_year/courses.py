"""The courses that synthetic projects take through a year: how far they are, month after month, beside their plan.

A project's plan is a straight line from planned start to planned completion. A course says of each month how much of
a month's planned progress is made (1 keeps the distance, 0 is a standstill), from the month on in which it leaves the
plan; before that the project is on its plan. ``CATCH_UP`` sets progress to a share of what is planned by then.

With a plan of 14 months (7.14 points a month) a project that stands still at 45 % is 7 points behind after one month,
14 after two (yellow: 10 to 30 points, below 80 % of what is planned), 36 after five (red: over 30 points, below 60 %),
so that the lights of Yinchuan (points) and of Wuhan (share) agree on all that is planted.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

#: Length of the plans of planted courses, months.
PLANNED_MONTHS: Final = 14


@dataclass(frozen=True, slots=True)
class CatchUp:
    """At the end of the month progress is this share of what is planned by then."""

    share: float


Step = float | CatchUp


@dataclass(frozen=True, slots=True)
class Course:
    """How a project leaves its plan.

    ``begins`` at this planned share (%) at the end of the month before its steps. ``stages``: by number of the step,
    counted from 0, a stage that it enters. ``late``: numbers of steps whose report comes three weeks late.
    """

    name: str
    note: str
    steps: tuple[Step, ...]
    begins: float = 45.0
    stages: tuple[tuple[int, str], ...] = ()
    late: tuple[int, ...] = ()
    replanned: int | None = None  #: at this step the planned completion moves so far that it is on plan again
    guilty: bool = True
    least_months: int = 3  #: how many months of the year its steps need to show


_TO_THE_END: Final = (0.0,) * 12
_KEPT: Final = (CatchUp(0.73),) * 9

COURSES: Final = (
    Course("yellow-mended", "两月停滞后补上 | two months at a standstill, then caught up", (0.0, 0.0, CatchUp(0.99))),
    Course("near-yellow", "落后不足 10 个百分点 | behind by less than ten points", (0.0, 0.65), guilty=False),
    Course("stopped-resumed", "停工一月后复工 | stopped for a month, then resumed", (0.0, 1.0),
           stages=((0, "STOPPED"), (1, "BUILDING")), guilty=False),
    Course("recurs-soon", "迟报补上后两周再落后 | caught up by a late report, behind again within 30 days",
           (0.0, 0.0, CatchUp(0.865), 0.0), late=(2,), least_months=4),
    Course("not-started", "计划开工三个月未开工 | not started for three months after plan", ()),
    Course("started-late", "计划开工两个半月后开工 | started two and a half months after plan", (), guilty=False),
    Course("replanned", "调整计划后按期 | behind, then planned anew", (0.0, 0.0, 1.0), replanned=2),
    Course("cancelled", "落后后取消 | behind, then cancelled", (0.0, 0.0, 0.0), stages=((2, "CANCELLED"),)),
    Course("yellow-kept", "落后至年底 | behind to the end of the year", (0.0, 0.0, 0.0, *_KEPT)),
    Course("ahead", "超前完成 | ahead of plan", (CatchUp(1.1),) * 9, guilty=False),
    Course("red-kept", "停滞至年底 | at a standstill to the end of the year", _TO_THE_END, least_months=5),
    Course("red-mended", "红灯后补上 | red, then caught up", (0.0,) * 6 + (CatchUp(0.98),), least_months=7),
    Course("recurs-later", "补上后三月再落后 | caught up, behind again after 30 days",
           (0.0, 0.0, CatchUp(0.99), 0.0, 0.0, CatchUp(0.99)), begins=37.0, least_months=6),
    Course("flapping", "逐月反复 | behind and caught up month after month",
           (0.0, 0.75, 0.0, 2.0, 0.0, 2.0, CatchUp(0.99)), begins=37.0, least_months=7),
    Course("stopped-kept", "停工至年底 | stopped to the end of the year", _TO_THE_END, stages=((0, "STOPPED"),)),
    Course("finished-early", "提前竣工 | finished before plan", (CatchUp(1.05),) * 2 + (100.0,), begins=75.0,
           stages=((2, "COMPLETED"),), guilty=False),
)  # fmt: skip

STEADY: Final = Course("steady", "按计划推进 | on plan", (), guilty=False)
