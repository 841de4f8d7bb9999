"""The error tree of the publisher's SDK.

HuiliuError
└── PublisherError
    ├── EventsRefused    events do not fit their contract; nothing of the call was kept
    ├── SpoolFull        the spool has no more room; nothing of the call was kept
    ├── DoorClosed       Kafka does not let us in; the events are in the spool (an Unavailable, too)
    └── NoAnswer         no receipt came in time; the events are safe
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, NamedTuple

from huiliu.errors import HuiliuError, Unavailable
from huiliu.language import text
from schemas.contract import contract
from schemas.value import Fault

_TOLD: Final = 10  #: faults in a message; ``faults`` has all of them


class PublisherError(HuiliuError):
    """The SDK did not do what was asked; the message says what to do."""


class EventFault(NamedTuple):
    """What is wrong with one event of a call: its position, from 0, and the fault."""

    event: int
    fault: Fault


class EventsRefused(PublisherError):  # noqa: N818 (what became of them)
    """Events do not fit their contract. ``faults`` has all, the message the first ones with what would do."""

    def __init__(self, kind: str, faults: Sequence[EventFault], made: str = "") -> None:
        """``made``: the class of the one event that was to be made, where it was refused before any was sent."""
        self.faults = tuple(faults)
        told = "\n".join(f"  {_told(kind, one, place=not made)}" for one in self.faults[:_TOLD])
        left = len(self.faults) - _TOLD
        more = text(f"\n  另有 {left} 处", f"\n  and {left} more") if left > 0 else ""
        super().__init__(f"{_head(kind, made)}\n{told}{more}")


def _head(kind: str, made: str) -> str:
    if made:
        return text(
            f"{made} 不符合 {kind} 的数据契约，未建立；按下列各处改正：",
            f"This {made} does not fit the contract of {kind} and was not made. Mend:",
        )
    return text(
        f"有事项不符合 {kind} 的数据契约；整批未保存、未发送，改正后重发：",
        f"Events do not fit the contract of {kind}. Nothing was kept or sent: mend this and send all again:",
    )


def _told(kind: str, wrong: EventFault, *, place: bool) -> str:
    """One fault with its field as both the contract and the reader call it, and what would be taken."""
    at, (path, value, expected) = wrong
    field = next((one for one in contract(kind).fields if one.name == path), None)
    name = path or text("内容", "content")
    if field is not None:
        name = f"{path} {text(field.zh, f'({field.en})')}"
    given = text("缺失", "missing") if value is None else text(f"为 {value}", f"is {value}")
    told = text(f"{name}：{given}，应为 {expected}", f"{name}: {given}, expected {expected}")
    if _unknown(kind, path):
        told = text(
            f"{path}：契约无此字段，最接近的是 {expected}",
            f"{path}: the contract has no such field; nearest: {expected}",
        )
    return text(f"第 {at} 个（自 0 起）{told}", f"event {at} (from 0): {told}") if place else told


def _unknown(kind: str, path: str) -> bool:
    fields = contract(kind).fields
    return path.isidentifier() and path not in {one.name for field in fields for one in (field, *field.items)}


class SpoolFull(PublisherError):  # noqa: N818 (a state)
    """The spool has no more room: the broker has been away for long."""


class DoorClosed(PublisherError, Unavailable):  # noqa: N818 (a state)
    """Secret, certificate or right is not what Kafka wants: trying again does not help before it is mended."""


class NoAnswer(PublisherError):  # noqa: N818 (a state)
    """No receipt came in time. The events are in the spool or in Kafka, and none is lost."""
