"""Crash points for kill drills: HUILIU_CRASH_AT names a step, and the worker kills itself there as `kill -9` would."""

from __future__ import annotations

import os
import signal
from typing import Final

#: The steps of the batch a drill can stop at, in order; "4" is just after step 4 and so on.
STEPS: Final = ("2", "4", "5", "6", "7", "8", "9", "10", "11", "committed", "acked")

#: The step of the relay: waiting readings have been sent again and are not yet marked.
RELEASED: Final = "released"

#: The steps of oversight: an answer, a judgement is written and not yet committed; the broker has directives that are
#: not yet marked as told.
KEPT: Final = "kept"
JUDGED: Final = "judged"
TOLD: Final = "told"


class Drill:
    """Does nothing, unless it was told a step."""

    def __init__(self, step: str | None, *others: int) -> None:
        """``others`` are processes that die with this one."""
        self.step, self._others = step, others

    def reached(self, step: str) -> None:
        if step == self.step:
            for process in (*self._others, os.getpid()):
                os.kill(process, signal.SIGKILL)


NO_DRILL: Final = Drill(None)
