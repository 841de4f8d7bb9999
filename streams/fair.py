"""How many rows a batch takes while one publisher floods and others go on reporting as always.

An event waits for the batch that is being prepared, then for its own to be prepared and committed: three batches. For a
backlog of many publishers large batches are best, nobody waits for anything else there. Where one publisher has most of
what waits, and others have sent something lately, batches are as small as keeps each stage to a part of a second, so
that the others are not held up by what is not theirs.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

#: Seconds that a stage may take for a batch while somebody floods, and the rows that it has at least.
STAGE: Final = 0.1
LEAST: Final = 4_000

#: Of all that waits, what makes its publisher one that floods; how long others count as reporting, seconds.
MOST: Final = 0.5
LATELY: Final = 5.0


def limit(waiting: Mapping[str, int], seen: Mapping[str, float], now: float, pace: float, rows: int) -> int:
    """The rows of the next batch, ``rows`` at the most.

    ``waiting``: rows by publisher; ``seen``: when something of a publisher came last; ``pace``: rows a second of the
    slowest stage.
    """
    brief = max(LEAST, int(pace * STAGE))
    if sum(waiting.values()) <= brief:
        return rows
    largest = max(waiting, key=lambda publisher: waiting[publisher])
    floods = waiting[largest] > MOST * sum(waiting.values())
    others = any(now - moment < LATELY for publisher, moment in seen.items() if publisher != largest)
    return min(rows, brief) if floods and others else rows
