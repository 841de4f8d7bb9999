"""Judging in the oversight process: when facts changed, and at fixed moments, so that dates are kept without any."""

from __future__ import annotations

import logging
import time
from datetime import UTC, datetime, timedelta
from typing import Final

from oversight.cases.judgement import Judged, NotJudged
from oversight.cases.keeping import judge_kept, not_judged
from oversight.cases.step import today
from oversight.errors import OversightError
from oversight.facts_known import known
from oversight.rule_files import Rules
from oversight.standing import standing
from sinks.warehouse import Warehouse
from streams.drill import JUDGED, NO_DRILL, Drill

logger = logging.getLogger(__name__)

#: A judgement looks at all facts: while facts keep coming it rests this many times as long as it took, at most so long.
_REST: Final = 4.0
_LONGEST_REST: Final = 600.0

#: Where something could not be judged it is tried again, and recorded again, no sooner than so many seconds later.
_UNDONE: Final = 300.0

#: Without any change there is a judgement so often, seconds, and at the first look of each Shanghai day.
_ROUTINE: Final = 3_600.0


def judge_now(warehouse: Warehouse, rules: Rules, as_of: datetime, drill: Drill = NO_DRILL) -> Judged:
    """One judgement: 1. what stands, from the facts as known at ``as_of``; 2. what follows, in one transaction.

    An answer that is taken between the two is later than ``as_of``: its case waits for the next judgement. Where a
    detector says that it cannot look (a year whose calendar nobody knows), nothing is judged, and that is recorded.
    """
    try:
        with warehouse.read() as connection:  # 1.
            found = standing(rules, known(connection, as_of), as_of)
    except OversightError as fault:
        logger.error("Nothing judged as of %s: %s", as_of.isoformat(), fault)
        with warehouse.batch() as connection:
            not_judged(connection, str(fault), as_of)
        return Judged((), (NotJudged("", str(fault)),))
    with warehouse.batch() as connection:  # 2.
        judged = judge_kept(connection, rules, found, as_of)
        if judged.events:
            drill.reached(JUDGED)
    for refused in judged.refused:
        logger.error("Not judged: %s: %s", refused.cause, refused.reason)
    return judged


class Judging:
    """Decides when to judge. ``changed`` is called from any thread, ``look`` from one."""

    def __init__(self, warehouse: Warehouse, rules: Rules, drill: Drill = NO_DRILL) -> None:
        self._warehouse, self._rules, self._drill = warehouse, rules, drill
        self._changes = 1  # what came while no oversight process ran is judged at the start
        self._seen = 0
        self._not_before = 0.0
        self._last = datetime.min.replace(tzinfo=UTC)

    def changed(self) -> None:
        """Facts came."""
        self._changes += 1

    def look(self) -> Judged | None:
        """Judge if it is time to. Raises WarehouseError; then it is still time to."""
        now, changes = datetime.now(UTC), self._changes
        if not self._due(now, changes) or time.monotonic() < self._not_before:
            return None
        began = time.monotonic()
        judged = judge_now(self._warehouse, self._rules, now, self._drill)
        took = time.monotonic() - began
        self._seen, self._last = changes, now
        rest = max(_REST * took, _UNDONE if judged.refused else 0.0)
        self._not_before = time.monotonic() + min(rest, _LONGEST_REST)
        if judged.events:
            logger.info("Judged in %.1f s: %d events", took, len(judged.events))
        return judged

    def _due(self, now: datetime, changes: int) -> bool:
        if changes != self._seen or now - self._last >= timedelta(seconds=_ROUTINE):
            return True
        return today(now) != today(self._last)
