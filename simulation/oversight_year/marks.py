"""The thresholds by which the answer key counts: those of ``shared/facts`` and of the norms, written down once more.

That the hub's rule files say the same is what a comparison shows; nothing here is read from them.
"""

from __future__ import annotations

from typing import Final

#: Points behind the straight line from planned start to planned completion (银川: 10 to 30 yellow, above 30 red).
YELLOW_POINTS: Final = 10.0
RED_POINTS: Final = 30.0
#: Months after the planned start without having started (银川: red).
NOT_STARTED_MONTHS: Final = 3

#: Days after approval by whose end an award is paid.
PAID_WITHIN_DAYS: Final = 60

#: Transmission effectiveness asked of an outlet and of a city: valid hours of those due in a month.
OUTLET_EFFECTIVENESS: Final = 0.95
CITY_EFFECTIVENESS: Final = 0.90

#: Day of the month after by whose end a monthly report is there (where it is no working day, the next one).
REPORT_DAY: Final = 10

#: How far below its target line an indicator may be: a share of the line.
BEHIND_LINE: Final = 0.0
