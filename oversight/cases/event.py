"""What happens to a case: one event for each transition, with who, when and why.

States follow 发现 → 交办 → 签收 → 整改 → 反馈 → 核查 → 销号. The events of a case are numbered from 1 without a gap;
number and sequence are the identity of an event, so what is written twice is written once.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final, Literal

State = Literal["FOUND", "ASSIGNED", "ACKNOWLEDGED", "RECTIFYING", "REPORTED", "CHECKING", "CLOSED"]

STATES: Final[Mapping[str, tuple[str, str]]] = {
    "FOUND": ("发现", "found"),
    "ASSIGNED": ("交办", "assigned"),
    "ACKNOWLEDGED": ("签收", "signed for"),
    "RECTIFYING": ("整改", "being mended"),
    "REPORTED": ("反馈", "reported"),
    "CHECKING": ("核查", "being checked"),
    "CLOSED": ("销号", "closed"),
}

Kind = Literal[
    "FOUND",
    "ASSIGNED",
    "TRANSFERRED",
    "ACKNOWLEDGED",
    "RECTIFYING",
    "REPORTED",
    "OBJECTED",
    "CHECKING",
    "RETURNED",
    "CLOSED",
    "REOPENED",
    "EXTENSION_ASKED",
    "EXTENDED",
    "EXTENSION_REFUSED",
    "ESCALATED",
    "WORSENED",
    "EASED",
]

KINDS: Final[Mapping[str, tuple[str, str]]] = {
    **STATES,
    "TRANSFERRED": ("转办", "given to another division"),
    "OBJECTED": ("异议", "objected to"),
    "RETURNED": ("退回", "returned"),
    "REOPENED": ("重开", "reopened"),
    "EXTENSION_ASKED": ("申请延期", "more time asked for"),
    "EXTENDED": ("延期", "extended"),
    "EXTENSION_REFUSED": ("不予延期", "extension refused"),
    "ESCALATED": ("升级督办", "escalated"),
    "WORSENED": ("加重", "became graver"),
    "EASED": ("减轻", "became lighter"),
}

#: Who acts where it is neither a division nor an official by name.
HUB: Final = "hub"

#: The owner of a case that waits for the province.
PROVINCE: Final = "PROVINCE"


@dataclass(frozen=True, slots=True)
class CaseEvent:
    """One transition. ``data`` is JSON: what it sets (owner, next date, …) and what it rests on (answer, matter).

    :param at: UTC, never before the event that it follows.
    :param actor: ``hub``, a division's code, or the official's name.
    :param reason: Chinese, a bar, English where the hub says it; else as the official or division wrote it.
    """

    number: str
    sequence: int
    kind: str
    actor: str
    at: datetime
    reason: str
    data: Mapping[str, Any] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        """For programs and the log."""
        return {
            "number": self.number,
            "sequence": self.sequence,
            "kind": self.kind,
            "actor": self.actor,
            "at": self.at.isoformat(),
            "reason": self.reason,
            "data": dict(self.data),
        }


def from_json(told: Mapping[str, Any]) -> CaseEvent:
    """What ``as_json`` gave."""
    return CaseEvent(
        number=told["number"],
        sequence=told["sequence"],
        kind=told["kind"],
        actor=told["actor"],
        at=datetime.fromisoformat(told["at"]),
        reason=told["reason"],
        data=told["data"],
    )


def canonical(value: Any) -> bytes:
    """JSON in the one form that digests are made of."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()
