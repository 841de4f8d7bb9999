"""Registrations of the outlets, with their faults: what must be loaded before readings are judged."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

import numpy as np

from huiliu.period import DAY_MS
from simulation.faults import Fault
from simulation.lives import Change, Disturbance, Event, Faults, Life, broken_check, by_content, outside
from simulation.registry import Outlet, registration
from simulation.sent import Sent


def _first_limit(event: Mapping[str, Any], **changed: object) -> Event:
    first, *rest = event["limits"]
    return {"limits": [first | changed, *rest]}


def _overlapping(event: Mapping[str, Any], _: Mapping[str, Any] | None) -> Event:
    first = event["limits"][0]
    return {"limits": [*event["limits"], first | {"valid_from": first["valid_from"] + 1, "valid_to": None}]}


CHANGES: Final[Mapping[str, Change]] = {
    "outside jurisdiction": outside,
    "wrong credit code": lambda event, _: {"enterprise": broken_check(event["enterprise"])},
    "longitude and latitude mixed up": lambda event, _: {
        "longitude": event["latitude"],
        "latitude": event["longitude"],
    },
    "negative limit": lambda event, _: _first_limit(event, value=-1.0),
    "limit for an unknown factor": lambda event, _: _first_limit(event, pollutant="a99999"),
    "limit that ends before it begins": lambda event, _: _first_limit(event, valid_to=0),
    "limits that overlap": _overlapping,
    "outlet without a name": lambda *_: {"outlet_name": " "},
}

FAULTS: Final = (
    Fault(
        "outside jurisdiction",
        "registration",
        "HL-JUR-01",
        "区划不在报送单位辖区内",
        "division outside the publisher's",
    ),
    Fault(
        "wrong credit code",
        "registration",
        "RG-ENTERPRISE-02",
        "信用代码校验位错误",
        "a wrong check in the credit code",
    ),
    Fault("longitude and latitude mixed up", "registration", "RG-COORDINATE-01", "经纬度颠倒", "coordinates mixed up"),
    Fault("negative limit", "registration", "RG-LIMIT-01", "限值为负", "a negative limit"),
    Fault(
        "limit for an unknown factor",
        "registration",
        "RG-LIMIT-02",
        "限值因子不在标准内",
        "a limit for an unknown factor",
    ),
    Fault(
        "limit that ends before it begins", "registration", "RG-LIMIT-03", "限值止期早于起期", "a limit that ends first"
    ),
    Fault("limits that overlap", "registration", "RG-LIMIT-04", "限值有效期重叠", "limits that overlap in time"),
    Fault("outlet without a name", "registration", "RG-NAME-02", "排放口名称为空", "an outlet without a name"),
)


def reports(
    generator: np.random.Generator, about: Sequence[Outlet], reported_at: int, share: Disturbance, byte_faults: Faults
) -> Iterator[Sent]:
    """Every outlet once, a few twice: a correction of its name. No correction changes limits or place."""
    faults = [*by_content(FAULTS, CHANGES), *byte_faults]
    for outlet in about:
        event = registration(outlet, reported_at)
        life = Life("registration", outlet.publisher, (outlet.mn,), faults, {"outlet_name": f"{outlet.name}（旧）"})
        yield from life.report(event, generator, share)
        if generator.random() < share.again:
            renamed = {"outlet_name": f"{outlet.name}（改）", "revision": 2, "reported_at": reported_at + DAY_MS}
            yield from life.report(event | renamed, generator, share)
