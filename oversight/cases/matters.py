"""What a case keeps of a matter: the finding as it was when the event happened."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Final

from oversight.cases.case import Case
from oversight.matter import SEVERITIES

Matter = Mapping[str, Any]  #: a row of ``oversight.matter.MATTER``

_KEPT: Final = ("rule", "version", "subject", "period", "severity", "value", "threshold", "unit", "evidence")


def kept(matter: Matter) -> dict[str, Any]:
    """The fields of a case that a matter gives, as JSON."""
    return {
        **{name: matter[name] for name in _KEPT},
        "division": division(matter),
        "seen": matter["seen"].astimezone(UTC).isoformat(),
    }


def division(matter: Matter) -> str:
    """Six digits."""
    return f"{matter['division']:06}"


def rank(severity: str) -> int:
    """From light to grave; what is no severity is lighter than any."""
    return SEVERITIES.index(severity) if severity in SEVERITIES else -1


def of(case: Case) -> Matter:
    """The finding that a case stands on, as a row of ``MATTER``."""
    return {
        **{name: getattr(case, name) for name in ("cause", *_KEPT)},
        "division": int(case.division),
        "seen": datetime.fromisoformat(case.seen),
    }
