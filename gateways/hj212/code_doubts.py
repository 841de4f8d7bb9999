"""Doubts about a single item of an explained frame: codes, times and ranges that its edition does not have.

The gateway takes such a frame all the same (an unknown command is kept, an unknown data flag is for the hub's rules to
refuse); whoever asks what a frame says is told.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from gateways.hj212.doubt import Doubt
from gateways.hj212.names import Name, editions, table
from gateways.hj212.segment import Edition

TIMES: Final = frozenset(
    {"QN", "DataTime", "BeginTime", "EndTime", "SystemTime", "RestartTime", "AlarmTime", "SampleTime"}
)
#: Items whose value is a code, and the list of its codes.
CODED: Final = {"QnRtn": "qn_rtn", "ExeRtn": "exe_rtn", "RS": "facility"}
#: Intervals that the standard allows (2017 6.7), seconds and minutes.
_INTERVALS: Final = {
    "RtdInterval": (frozenset(range(30, 3601)), "30..3600 s"),
    "MinInterval": (frozenset({1, 2, 3, 4, 5, 6, 10, 12, 15, 20, 30}), "1 2 3 4 5 6 10 12 15 20 30 min"),
}


@dataclass(frozen=True, slots=True)
class Field:
    """One item of a frame: where it stands, what it is called, what its value says."""

    part: str  #: head or cp
    group: int | None  #: which group of the data area, from 1
    key: str
    value: str
    name: Name | None
    meaning: Name | None


def code_doubts(one: Field, edition: Edition | None) -> Iterator[Doubt]:
    """What is doubtful about one item by itself."""
    if one.part == "head":
        yield from _of_head(one, edition)
        return
    kind = one.key.strip().rpartition("-")[2]
    if one.name is None:
        yield Doubt("HJ-SG-KEY", one.key, one.value[:64])
    elif kind in TIMES and one.meaning is None:
        yield Doubt("HJ-SG-TIME", one.key, one.value[:64], "YYYYMMDDhhmmss")
    elif kind in CODED and one.meaning is None:
        yield Doubt("HJ-SG-CODE", one.key, one.value[:64], " ".join(table(CODED[kind])))
    elif kind == "Flag" and one.meaning is None:
        yield Doubt(
            "HJ-RD-FLAG-CODE",
            one.key,
            one.value[:64],
            "P F C M T D S N 0-3" if edition is Edition.E2005 else "N F M S D C T B",
        )
    elif one.key in ("PolId", "InfoId") and one.meaning is None:
        yield Doubt("HJ-RD-FACTOR", one.key, one.value[:64], "HJ 212-2017 appendix B")
    elif one.key in _INTERVALS:
        allowed, told = _INTERVALS[one.key]
        if not (one.value.isascii() and one.value.isdigit() and len(one.value) < 6 and int(one.value) in allowed):
            yield Doubt("HJ-SG-RANGE", one.key, one.value[:64], told)


def _of_head(one: Field, edition: Edition | None) -> Iterator[Doubt]:
    if one.key == "QN" and one.meaning is None:
        yield Doubt("HJ-SG-TIME", "QN", one.value[:64], "YYYYMMDDhhmmsszzz")
    if one.key == "ST" and one.value not in table("st") and not one.value[:1].isalpha():
        yield Doubt("HJ-SG-CODE", "ST", one.value[:64], " ".join(table("st")))
    if one.key == "CN" and one.meaning is None:
        yield Doubt("HJ-SG-CODE", "CN", one.value[:64])
    since = editions(one.key.lower()).get(one.value) if one.key in ("ST", "CN") else None
    only_2005 = one.key == "CN" and one.value in table("cn_2005") and one.value not in table("cn")
    if edition is not None and since is not None and edition != since and not _also(one, edition):
        yield Doubt("HJ-SG-EDITION", one.key, one.value, since)
    if only_2005 and edition not in (None, Edition.E2005):
        yield Doubt("HJ-SG-EDITION", one.key, one.value, "2005")


def _also(one: Field, edition: Edition) -> bool:
    """A code of 2025 that stood for something else in 2005."""
    return edition is Edition.E2005 and one.value in table("cn_2005")
