"""Lanes of the relay: what is light does not wait behind what is heavy.

A chunk whose records were loaded is told in a few messages; of one that was rejected each record is a letter of its
own. A publisher that floods with rejected records makes chunks of many thousand letters, seconds of telling each.
So two relays share the outbox: one tells of partitions whose next chunk is light, the other of those whose is heavy.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from sinks.outbox import LETTER, NO_LIMIT

#: A chunk of more weight than this is heavy: a hundred letters, a twentieth of a second of telling.
_HEAVY: Final = 1_000

#: Weight after which no further chunk is told in the same transaction.
_ROUND: Final = 20_000


@dataclass(frozen=True, slots=True)
class Lane:
    """``lightest`` and ``heaviest``: weights of the chunks that a partition's turn may begin with here.

    ``releases``: whether readings that waited for their registration are sent again here. ``yields``: whether it looks
    no oftener than twice a second, and rests while a backlog is being loaded.
    """

    name: str
    lightest: int = 0
    heaviest: int = NO_LIMIT
    releases: bool = True
    yields: bool = True

    def some(self, entries: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
        """As many of these chunks (as the ledger has them) as are told at once, in their order; at least the first.

        A partition is told of in order: behind a chunk that is too heavy here, its others wait too.
        """
        chosen: list[Mapping[str, Any]] = []
        total, blocked = 0, set[int]()
        for entry in entries:
            heft = weight(entry)
            if entry["intake"] in blocked or heft > self.heaviest:
                blocked.add(entry["intake"])
            elif chosen and total + heft > _ROUND:
                break
            else:
                chosen.append(entry)
                total += heft
        return chosen


def weight(entry: Mapping[str, Any]) -> int:
    """How much there is to tell of a chunk, in loaded records; the same as the warehouse reckons when it is claimed."""
    return int(entry["accepted"] + entry["corrected"] + LETTER * entry["quarantined"])


#: One relay for everything.
ALL: Final = Lane("relay")

#: Two that share it.
LIGHT: Final = Lane("relay-light", heaviest=_HEAVY, releases=False, yields=False)
HEAVY: Final = Lane("relay-heavy", lightest=_HEAVY + 1)
