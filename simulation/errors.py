"""The errors of the simulation.

HuiliuError
└── SimulationError         something the simulation was asked for cannot be
    ├── TooFewEventsError   a province of so few events has no room for its register
    └── SendingError        a record could not be sent
"""

from __future__ import annotations

from huiliu.errors import HuiliuError
from huiliu.language import text


class SimulationError(HuiliuError):
    """Something the simulation was asked for cannot be."""


class TooFewEventsError(SimulationError):
    """A province of so few events has no room for its register."""

    def __init__(self, events: int, least: int) -> None:
        """``least`` is how many events the register and the small kinds alone take."""
        super().__init__(
            text(f"{events} 条太少，至少需要 {least} 条", f"{events} events are too few: at least {least}")
        )


class SendingError(SimulationError):
    """A record could not be sent: names the topic and what the broker said."""

    def __init__(self, topic: str, reason: object) -> None:
        """``reason`` is what the client reports."""
        super().__init__(text(f"发送到 {topic} 失败：{reason}", f"sending to {topic} failed: {reason}"))
