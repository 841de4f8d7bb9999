"""What became of a record: the five outcomes, one of which every consumed offset has."""

from __future__ import annotations

from enum import IntEnum

from huiliu.language import text


class Outcome(IntEnum):
    """Stored as one byte per offset in the ledger, so the numbers never change."""

    ACCEPTED = 0  #: a natural key seen for the first time: loaded
    CORRECTED = 1  #: a higher revision of a known key: loaded, the former one goes to history
    DUPLICATE = 2  #: the same revision with the same content again
    STALE = 3  #: a revision lower than the one known
    QUARANTINED = 4  #: broke a rule of severity error; bytes kept
    GAP = 5  #: an offset that carries no record (a transaction marker, a compacted record)

    @property
    def title(self) -> str:
        zh = ("入库", "更正", "重复", "过时", "隔离", "空位")[self]
        return text(zh, self.name.lower())


LOADED = (Outcome.ACCEPTED, Outcome.CORRECTED)
