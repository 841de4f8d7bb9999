"""The error tree of the publisher's SDK.

HuiliuError
└── PublisherError
    ├── EventsRefused    events do not fit their contract; nothing of the call was kept
    ├── SpoolFull        the spool has no more room; nothing of the call was kept
    └── NoAnswer         no receipt came in time; the events are safe
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from huiliu.errors import HuiliuError
from huiliu.language import text
from schemas.value import Fault


class PublisherError(HuiliuError):
    """The SDK did not do what was asked; the message says what to do."""


class EventFault(NamedTuple):
    """What is wrong with one event of a call: its position, from 0, and the fault."""

    event: int
    fault: Fault


class EventsRefused(PublisherError):  # noqa: N818 (what became of them)
    """Events do not fit their contract. ``faults`` has all that is wrong."""

    def __init__(self, kind: str, faults: Sequence[EventFault]) -> None:
        """The message tells the first of the faults."""
        self.faults = tuple(faults)
        event, (field, value, expected) = faults[0]
        super().__init__(
            text(
                f"{kind} 第 {event} 个事项（自 0 起）的 {field or '内容'} 为 {value}，应为 {expected}"
                f"（共 {len(faults)} 处）。未保存、未发送任何一个：改正后整批重发。",
                f"{kind} event {event} (from 0): {field or 'content'} is {value}, expected {expected} "
                f"({len(faults)} faults). "
                "Nothing was kept or sent: correct them and send all again.",
            )
        )


class SpoolFull(PublisherError):  # noqa: N818 (a state)
    """The spool has no more room: the broker has been away for long."""


class NoAnswer(PublisherError):  # noqa: N818 (a state)
    """No receipt came in time. The events are in the spool or in Kafka, and none is lost."""
