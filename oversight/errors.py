"""The error tree of oversight.

OversightError
├── RuleFileRefused   a file of rules says what no rule can: every fault, with its file and place
├── DutyFileRefused   a file of duties says what no duty can: the same
├── GrantRefused      an exemption or extension that cannot be granted
└── CalendarUnknown   nobody has said yet on which days of a year people work
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from huiliu.errors import HuiliuError
from huiliu.language import text


class OversightError(HuiliuError):
    """Oversight cannot go on; the message says why and what to do."""


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing wrong in a file: ``place`` is a path into it (``versions[0].parameters.red.unit``)."""

    file: str
    place: str
    zh: str
    en: str

    def __str__(self) -> str:
        """File, place and what is allowed there."""
        return f"{self.file}: {self.place + ': ' if self.place else ''}{text(self.zh, self.en)}"

    def as_json(self) -> dict[str, Any]:
        """For programs, both languages."""
        return {"file": self.file, "place": self.place, "zh": self.zh, "en": self.en}


class RuleFileRefused(OversightError):  # noqa: N818 (a state, named as people say it)
    """Rule files were refused, none of them is used. ``faults``: all that is wrong with them, at once."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        """At least one fault."""
        self.faults = tuple(faults)
        head = text(
            f"规则文件有 {len(self.faults)} 处错误，未启用任何一条：",
            f"The rule files have {len(self.faults)} fault{'s' * (len(self.faults) != 1)}; none of them is used:",
        )
        super().__init__("\n".join([head, *(f"  {fault}" for fault in self.faults)]))


class DutyFileRefused(OversightError):  # noqa: N818 (a state)
    """Files of duties to report were refused, none of them is used. ``faults``: all that is wrong, at once."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        """At least one fault."""
        self.faults = tuple(faults)
        head = text(
            f"报送要求文件有 {len(self.faults)} 处错误，未启用任何一条：",
            f"The files of duties have {len(self.faults)} fault{'s' * (len(self.faults) != 1)}; none is used:",
        )
        super().__init__("\n".join([head, *(f"  {fault}" for fault in self.faults)]))


class GrantRefused(OversightError):  # noqa: N818 (a state)
    """An exemption or extension is refused; the message says why."""


class CalendarUnknown(OversightError):  # noqa: N818 (a state, named as people say it)
    """The working days of a year are not known. ``day`` was asked for; ``first`` to ``last`` are the years known."""

    def __init__(self, day: date, first: int, last: int) -> None:
        """The message names the years and what to do."""
        self.day, self.first, self.last = day, first, last
        super().__init__(
            text(
                f"不知道 {day.year} 年的工作日安排（问的是 {day}）：chinesecalendar 只有 {first} 至 {last} 年。"
                "国务院办公厅公布次年安排（一般在 11 月）后，请升级该软件包：pip install -U chinesecalendar",
                f"The working days of {day.year} are not known (asked for {day}): chinesecalendar has {first} to"
                f" {last}. Once the State Council has published a year's holidays (usually in November before it),"
                " upgrade the package: pip install -U chinesecalendar",
            )
        )
