"""National project codes (项目代码), five groups of 4-6-2-2-6 digits, in two forms.

- form ``2014`` (投资项目在线审批监管平台, given until November 2020): year, division or central code, major class of
  GB/T 4754, type of handling (01 approve, 02 verify, 03 record), serial number;
- form ``2020`` (发改投资〔2020〕1439号; GB/T 40058-2021, in force 2021-08-01): year and month in two digits each,
  division, guiding department, type of project, five random digits and a check digit. How the check is computed is
  not published: it is not judged.

They cannot be mixed up: digits 3 and 4 are 15 to 20 in the old form (years 2015 to 2020), 01 to 12 in the new one.

>>> parse("2109-340104-04-01-123456").year, parse("2019-340104-39-03-000123").form
(2021, '2014')
>>> valid("2013-340104-04-01-123456")
False
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final, Literal

from huiliu.errors import Malformed
from huiliu.language import text

PATTERN: Final = r"^[0-9]{4}-[0-9]{6}-[0-9]{2}-[0-9]{2}-[0-9]{6}$"
_GROUPS: Final = re.compile(r"([0-9]{4})-([0-9]{6})-([0-9]{2})-([0-9]{2})-([0-9]{6})")


@dataclass(frozen=True, slots=True)
class ProjectCode:
    """A project code taken apart. ``month`` is None in the old form."""

    text: str
    form: Literal["2014", "2020"]
    year: int
    month: int | None
    division: str  #: of application; in the old form perhaps a central code such as 000052
    category: str  #: old form: major class of GB/T 4754; new form: guiding department
    type: str
    serial: str

    def __str__(self) -> str:
        """The code as written."""
        return self.text


def _parse(number: str) -> ProjectCode | None:
    groups = _GROUPS.fullmatch(number)
    if groups is None:
        return None
    time, rest = groups[1], (groups[2], groups[3], groups[4], groups[5])
    century, tail = int(time[:2]), int(time[2:])
    if century == 20 and 15 <= tail <= 20:
        return ProjectCode(number, "2014", 2000 + tail, None, *rest)
    if century >= 20 and 1 <= tail <= 12:
        return ProjectCode(number, "2020", 2000 + century, tail, *rest)
    return None


def parse(number: str) -> ProjectCode:
    """The code; raises Malformed for a text of neither form."""
    code = _parse(number)
    if code is None:
        allowed = text(
            "4-6-2-2-6 位数字，首段为 2015 至 2020 年，或两位年两位月（2020 年起）",
            "digits 4-6-2-2-6, the first group a year 2015 to 2020, or two-digit year (from 20) and month",
        )
        raise Malformed(text("项目代码", "project code"), number, allowed)
    return code


def valid(number: str) -> bool:
    """Whether the text has one of the two forms."""
    return _parse(number) is not None
