"""The error tree of oversight.

OversightError
├── FilesRefused      files of data say what they cannot: every fault, with its file and place
│   ├── RuleFileRefused, DutyFileRefused, CalendarFileRefused
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


class FilesRefused(OversightError):  # noqa: N818 (a state, named as people say it)
    """Files of data were refused, nothing of them is used. ``faults``: all that is wrong with them, at once."""

    zh, en = "数据文件", "files"

    def __init__(self, faults: Sequence[Fault]) -> None:
        """At least one fault."""
        self.faults = tuple(faults)
        head = text(
            f"{self.zh}有 {len(self.faults)} 处错误，未启用任何一条：",
            f"The {self.en} have {len(self.faults)} fault{'s' * (len(self.faults) != 1)}; none of them is used:",
        )
        super().__init__("\n".join([head, *(f"  {fault}" for fault in self.faults)]))


class RuleFileRefused(FilesRefused):
    """Files of rules, regions, programmes or criteria."""

    zh, en = "规则文件", "rule files"


class DutyFileRefused(FilesRefused):
    """Files of duties to report."""

    zh, en = "报送要求文件", "files of duties"


class CalendarFileRefused(FilesRefused):
    """The file of working days that the package does not have yet."""

    zh, en = "工作日安排文件", "days of the calendar file"


class GrantRefused(OversightError):  # noqa: N818 (a state)
    """An exemption or extension is refused; the message says why."""


class CalendarUnknown(OversightError):  # noqa: N818 (a state, named as people say it)
    """The working days of a year are not known. ``day`` was asked for; ``first`` to ``last`` are the years known."""

    def __init__(self, day: date, first: int, last: int) -> None:
        """The message names the years and what to do."""
        self.day, self.first, self.last = day, first, last
        super().__init__(
            text(
                f"不知道 {day.year} 年的工作日安排（问的是 {day}）：已知 {first} 至 {last} 年。国务院办公厅公布次年安排"
                "（一般在 11 月）后，请升级 chinesecalendar（pip install -U chinesecalendar），或把安排写入文件并以 "
                "HUILIU_CALENDAR 指明",
                f"The working days of {day.year} are not known (asked for {day}): known are {first} to {last}. Once the"
                " State Council has published a year's holidays (usually in November before it), upgrade the package"
                " (pip install -U chinesecalendar), or write them to a file and name it by HUILIU_CALENDAR",
            )
        )
