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


CHANGES: Final[Mapping[str, Change]] = {
    "outside jurisdiction": outside,
    "wrong credit code": lambda event, _: {"enterprise": broken_check(event["enterprise"])},
    "beyond the poles": lambda *_: {"latitude": 131.0},
    "negative limit": lambda event, _: _first_limit(event, value=-1.0),
    "limit for an unknown factor": lambda event, _: _first_limit(event, pollutant="a99999"),
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
    Fault("beyond the poles", "registration", "RG-PLACE-02", "纬度超出范围", "a latitude beyond the poles"),
    Fault("negative limit", "registration", "RG-LIMIT-01", "限值为负", "a negative limit"),
    Fault(
        "limit for an unknown factor",
        "registration",
        "RG-LIMIT-02",
        "限值因子不在标准内",
        "a limit for an unknown factor",
    ),
)


def reports(
    generator: np.random.Generator, about: Sequence[Outlet], reported_at: int, share: Disturbance, byte_faults: Faults
) -> Iterator[Sent]:
    """Every outlet once, a few twice: a correction of its name. No correction changes limits or place."""
    faults = [*by_content(FAULTS, CHANGES), *byte_faults]
    for outlet in about:
        event = registration(outlet, reported_at)
        life = Life("registration", outlet.city, (outlet.mn,), faults, {"outlet_name": f"{outlet.name}（旧）"})
        yield from life.report(event, generator, share)
        if generator.random() < share.again:
            renamed = {"outlet_name": f"{outlet.name}（改）", "revision": 2, "reported_at": reported_at + DAY_MS}
            yield from life.report(event | renamed, generator, share)
