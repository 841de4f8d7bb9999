"""From data frames to reading events: CN 2011 real-time, 2051 minutes, 2061 hours, 2031 days.

One event for each factor of a frame. Values of one factor in several groups belong together. What follows was decided
where the standard is silent:

- **No data flag counts as N**, with a doubt. The editions themselves leave it out where nothing is abnormal: 2005 in
  statistics (2051, 2061, 2031), 2017 in its noise example (table C.25).
- The same item again with another value: the first is kept, each further one is a doubt.
- A factor code nobody knows is handed on as it was sent, so that the hub refuses it with a finding and nothing is lost.
- ``Cou`` is taken over as it is, in the factor's own unit of emission: kilograms for pollutants, cubic metres for flow.
- A frame without DataTime gives no events: a reading without its time has no key. Requests are such frames.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from typing import Any, Final

from gateways.hj212.doubt import Doubt
from gateways.hj212.factors import Factor, factor
from gateways.hj212.frame import Frame
from gateways.hj212.segment import Edition, Group, Segment, parse
from huiliu.clock import SHANGHAI

PERIODS: Final[Mapping[str, str]] = {"2011": "REALTIME", "2051": "MINUTE", "2061": "HOUR", "2031": "DAY"}

#: Kind of value in a frame -> field of the contract.
FIELDS: Final[Mapping[str, str]] = {
    "Rtd": "average",
    "Avg": "average",
    "Data": "average",
    "Min": "minimum",
    "Max": "maximum",
    "Cou": "cumulative",
    "ZsRtd": "corrected",
    "ZsAvg": "corrected",
    "Flag": "flag",
}
#: Fields of the contract that hold numbers, in its order.
NUMBERS: Final = ("average", "minimum", "maximum", "cumulative", "corrected")
#: Kinds of value the standard knows and the contract has no field for.
IGNORED: Final = frozenset({"ZsMin", "ZsMax", "ZsCou", "SampleTime", "EFlag", "DayData", "NightData", "Info", "SN"})

_TIME = re.compile(r"([0-9]{14})([0-9]{3})?")
_NUMBER = re.compile(r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?")


@dataclass(frozen=True, slots=True)
class Readings:
    """What a frame says. ``events`` follow the reading contract; ``ignored`` names items that have no field in it."""

    events: tuple[dict[str, Any], ...]
    doubts: tuple[Doubt, ...]
    ignored: tuple[str, ...] = ()


@dataclass(slots=True)
class _Values:
    factor: Factor
    groups: set[int] = field(default_factory=set)
    kept: dict[str, str] = field(default_factory=dict)


def of_frame(frame: Frame, division: str, reported_at: int) -> Readings:
    """The readings of a frame with all doubts about frame, segment and values.

    A frame whose check is wrong is read all the same: whether to trust it is the caller's decision (``frame.check``).
    ``division`` is the publisher's; ``reported_at`` is UTC milliseconds.
    """
    segment = parse(frame.segment)
    found = of_segment(segment, division, reported_at)
    return Readings(found.events, frame.doubts + segment.doubts + found.doubts, found.ignored)


def of_segment(segment: Segment, division: str, reported_at: int) -> Readings:
    """The readings of a segment; no events for a command that carries none."""
    period = PERIODS.get(segment.field("CN") or "")
    groups = segment.cp or ()
    if period is None or not any(groups):
        return Readings((), ())
    doubts: list[Doubt] = []
    ignored: list[str] = []
    values = _collect(groups, doubts, ignored)
    start = _start(groups, doubts)
    if start is None:
        return Readings((), tuple(doubts), tuple(ignored))
    about = {
        "division": division,
        "revision": 1,
        "reported_at": reported_at,
        "source_ref": segment.field("QN") or None,
        "mn": segment.field("MN") or "",
        "period": period,
        "start": start,
    }
    old = segment.flag is None or segment.edition is Edition.E2005
    events = (event for one in values.values() for event in _event(one, about, doubts, old=old))
    return Readings(tuple(events), tuple(doubts), tuple(ignored))


@lru_cache(maxsize=8192)
def moment(text: str) -> int | None:
    """UTC milliseconds of ``YYYYMMDDhhmmss`` (with or without milliseconds) in Shanghai; None where it is none."""
    form = _TIME.fullmatch(text)
    if form is None:
        return None
    try:
        parts = (int(text[a:b]) for a, b in ((0, 4), (4, 6), (6, 8), (8, 10), (10, 12), (12, 14)))
        at = datetime(*parts, tzinfo=SHANGHAI)  # type: ignore[misc, arg-type]
    except ValueError:
        return None
    return int(at.timestamp()) * 1000 + int(form.group(2) or 0)


def _start(groups: tuple[Group, ...], doubts: list[Doubt]) -> int | None:
    times = [value for group in groups for key, value in group if key.strip() == "DataTime"]
    if not times:
        asked = any(key.strip() in ("BeginTime", "EndTime") for group in groups for key, _ in group)
        if not asked:
            doubts.append(Doubt("HJ-RD-TIME", "DataTime", "", "YYYYMMDDhhmmss"))
        return None
    start = moment(times[0])
    if start is None or len(times[0]) != 14:
        doubts.append(Doubt("HJ-RD-TIME-FORM", "DataTime", times[0], "YYYYMMDDhhmmss"))
    return start


def _collect(groups: tuple[Group, ...], doubts: list[Doubt], ignored: list[str]) -> dict[str, _Values]:
    """The values of each factor, by its code of 2017: old and new code of one factor are one factor."""
    values: dict[str, _Values] = {}
    for place, group in enumerate(groups):
        for key, value in group:
            name, dash, kind = key.strip().rpartition("-")
            if not dash:
                if name or kind not in ("DataTime", "BeginTime", "EndTime", "RestartTime"):
                    ignored.append(key)
                continue
            if kind in IGNORED:
                ignored.append(key)
                continue
            if kind not in FIELDS:
                doubts.append(Doubt("HJ-RD-KEY", key, kind, " ".join(FIELDS)))
                ignored.append(key)
                continue
            meant = factor(name)
            one = values.setdefault(meant.code, _Values(meant))
            one.groups.add(place)
            _keep(one, FIELDS[kind], key, value, doubts)
    doubts += _grouping(groups, values)
    return values


def _keep(one: _Values, name: str, key: str, value: str, doubts: list[Doubt]) -> None:
    if name in one.kept:
        doubts.append(Doubt("HJ-RD-REPEATED", key, value, one.kept[name]))
    one.kept.setdefault(name, value)


def _grouping(groups: tuple[Group, ...], values: dict[str, _Values]) -> Iterator[Doubt]:
    for name, one in values.items():
        if len(one.groups) > 1 and len(one.kept) > 1:
            yield Doubt("HJ-RD-SPLIT", name, str(len(one.groups)), "1")
    for place in range(len(groups)):
        together = [name for name, one in values.items() if place in one.groups]
        if len(together) > 1:
            yield Doubt("HJ-RD-MIXED", "", " ".join(together))


def _event(one: _Values, about: dict[str, Any], doubts: list[Doubt], *, old: bool) -> Iterator[dict[str, Any]]:
    """``old``: of edition 2005, whose codes are right there and whose statistics need no data flag."""
    sent = one.factor.old or one.factor.code
    if one.factor.old and not old:
        doubts.append(Doubt("HJ-RD-OLD-CODE", sent, sent, one.factor.code))
    if not one.factor.known:
        doubts.append(Doubt("HJ-RD-FACTOR", sent, sent, "HJ 212-2017 appendix B"))
    numbers = {name: _number(sent, name, text, doubts) for name, text in one.kept.items() if name != "flag"}
    if all(value is None for value in numbers.values()):
        doubts.append(Doubt("HJ-RD-NONE", sent))
        return
    if "flag" not in one.kept and not (old and about["period"] != "REALTIME"):
        doubts.append(Doubt("HJ-RD-FLAG", sent, "", "N F M S D C T B"))
    yield {
        **about,
        "pollutant": one.factor.code,
        **{name: numbers.get(name) for name in NUMBERS},
        "flag": one.kept.get("flag", "N"),
        "mark": None,
    }


def _number(sent: str, name: str, text: str, doubts: list[Doubt]) -> float | None:
    number = text.strip()  # float() strips less than this: of U+001C it raises
    value = float(number) if _NUMBER.fullmatch(number) else math.nan
    if math.isfinite(value):
        return value
    doubts.append(Doubt("HJ-RD-NUMBER", f"{sent} {name}", text, "N"))
    return None
