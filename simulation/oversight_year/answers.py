"""How divisions answer the directives of the synthetic year: in time, late, never, for another, twice, asking for time.

Which way a division takes is drawn from the seed and the cause alone, so that the same matter is answered in the same
way whenever and however often its directive goes out.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final, Literal

import numpy as np

from huiliu.period import SHANGHAI

Way = Literal["IN_TIME", "LATE", "NEVER", "OF_ANOTHER", "TWICE", "ASKS_FOR_TIME", "OBJECTS"]

#: How many divisions take each way.
SHARES: Final[dict[Way, float]] = {
    "IN_TIME": 0.62,
    "LATE": 0.12,
    "NEVER": 0.08,
    "TWICE": 0.06,
    "ASKS_FOR_TIME": 0.06,
    "OF_ANOTHER": 0.03,
    "OBJECTS": 0.03,
}
#: Who answers in place of another: a county of another province altogether, so that no directive is its own.
STRANGER: Final = "620102"
_EPOCH: Final = date(1970, 1, 1)


@dataclass(frozen=True, slots=True)
class Directive:
    """What an answer is to: the case, its cause, who has to answer, when it was issued, and both dates.

    ``returned``: it was answered before, and came back: it is signed for already.
    """

    case_number: str
    cause: str
    division: str
    issued_at: datetime
    answer_by: datetime
    mend_by: datetime
    returned: bool = False


def way(seed: int, cause: str) -> Way:
    """How the division answers directives of this cause."""
    ways = list(SHARES)
    drawn = _draw(seed, cause).random() * sum(SHARES.values())
    return ways[int(np.searchsorted(np.cumsum(list(SHARES.values())), drawn))]


def _draw(seed: int, cause: str) -> np.random.Generator:
    digest = hashlib.sha256(cause.encode()).digest()
    return np.random.default_rng(np.random.SeedSequence([seed, *np.frombuffer(digest[:16], np.uint32).tolist()]))


def answers(seed: int, to: Directive) -> Iterator[dict[str, Any]]:
    """The ``response`` events to a directive, in the order of their times; none where the division never answers.

    What came back is reported on again, and nothing else.
    """
    every = _answers(seed, to)
    yield from (one for one in every if not to.returned or one["action"] == "REPORT")


def _answers(seed: int, to: Directive) -> Iterator[dict[str, Any]]:
    told = _Answers(to)
    match way(seed, to.cause):
        case "NEVER":
            return
        case "IN_TIME":
            yield told.event("ACKNOWLEDGE", 1, _before(to.issued_at, to.answer_by), "已签收（模拟）")
            yield told.event("REPORT", 2, _before(to.issued_at, to.mend_by), "已整改（模拟）", proven=True)
        case "LATE":
            yield told.event("ACKNOWLEDGE", 1, to.answer_by + timedelta(days=2), "签收（模拟，逾期）")
            yield told.event("REPORT", 2, to.mend_by + timedelta(days=6), "已整改（模拟，逾期）", proven=True)
        case "TWICE":
            first = told.event("ACKNOWLEDGE", 1, _before(to.issued_at, to.answer_by), "已签收（模拟）")
            yield from (first, first)
            report = told.event("REPORT", 2, _before(to.issued_at, to.mend_by), "已整改（模拟）", proven=True)
            yield from (report, report)
        case "ASKS_FOR_TIME":
            until = (to.mend_by + timedelta(days=10)).astimezone(SHANGHAI).date()
            yield told.event("ACKNOWLEDGE", 1, _before(to.issued_at, to.answer_by), "已签收（模拟）")
            yield told.event("REQUEST_TIME", 2, to.answer_by + timedelta(hours=1), "申请延期（模拟）", until=until)
            yield told.event("REPORT", 3, to.mend_by + timedelta(days=8), "已整改（模拟）", proven=True)
        case "OF_ANOTHER":
            yield told.event("ACKNOWLEDGE", 1, _before(to.issued_at, to.answer_by), "代签（模拟）") | {
                "division": STRANGER
            }
        case "OBJECTS":
            yield told.event("OBJECT", 1, _before(to.issued_at, to.answer_by), "数据有误，申请复核（模拟）")


def _before(issued: datetime, due: datetime) -> datetime:
    """Two thirds of the way from the directive to the date."""
    return issued + (due - issued) * 2 / 3


@dataclass(frozen=True, slots=True)
class _Answers:
    to: Directive

    def event(
        self, action: str, sequence: int, at: datetime, text: str, *, proven: bool = False, until: date | None = None
    ) -> dict[str, Any]:
        """A response event, revision 1."""
        content = f"{self.to.case_number}/{sequence}（模拟）".encode()
        evidence = {
            "name": f"{self.to.case_number}-{sequence}.pdf",
            "sha256": hashlib.sha256(content).hexdigest(),
            "media_type": "application/pdf",
            "size": len(content),
        }
        return {
            "division": self.to.division,
            "revision": 1,
            "reported_at": round(at.timestamp() * 1000),
            "source_ref": None,
            "case_number": self.to.case_number,
            "sequence": sequence,
            "action": action,
            "text": text,
            "requested_until": None if until is None else (until - _EPOCH).days,
            "responsible_person": None,
            "evidence": [evidence] if proven else [],
        }
