"""Unified social credit codes (统一社会信用代码), GB 32100-2015, in force 2015-10-01.

Eighteen characters: registering department (1), kind (1), division of first registration, GB/T 2260 (6), organisation
code, GB 11714-1997 (8 and its own check), check. The outer check is python-stdnum's; it does not look at the inner one.
The division may be one that no longer exists: it is where the holder was first registered.

>>> valid("91340100MA2MQ1232Q")
True
>>> valid("91340100MA2MQ1232X")
False
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from stdnum.cn import uscc

from huiliu.errors import Malformed
from huiliu.language import text

_ORGANISATION_WEIGHTS: Final = (3, 7, 9, 10, 5, 8, 4, 2)
_VALUES: Final = {c: i for i, c in enumerate("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ")}


@dataclass(frozen=True, slots=True)
class CreditCode:
    """A code whose check character is right."""

    text: str

    @property
    def department(self) -> str:
        """Registering department: 9 is market regulation, 1 institutional organisation, 5 civil affairs."""
        return self.text[0]

    @property
    def division(self) -> str:
        """Division of first registration, perhaps retired since."""
        return self.text[2:8]

    @property
    def organisation(self) -> str:
        """Organisation code, nine characters with its own check."""
        return self.text[8:17]

    def __str__(self) -> str:
        """The eighteen characters."""
        return self.text


def valid(number: str) -> bool:
    """Whether the text is a credit code as it stands: no blanks, no small letters, no full-width digits."""
    return number.isascii() and uscc.compact(number) == number and bool(uscc.is_valid(number))


def parse(number: str) -> CreditCode:
    """The code; raises Malformed for a text that is not ``valid``."""
    if not valid(number):
        allowed = text("18 位，校验码正确", "18 characters with a correct check character")
        raise Malformed(text("统一社会信用代码", "unified social credit code"), number, allowed)
    return CreditCode(number)


def organisation_code_valid(number: str) -> bool:
    """Whether the organisation code inside a credit code, or given alone (nine characters), has its check right."""
    code = number[8:17] if len(number) == 18 else number
    if len(code) != 9 or any(c not in _VALUES for c in code):
        return False
    rest = -sum(_VALUES[c] * w for c, w in zip(code[:8], _ORGANISATION_WEIGHTS, strict=True)) % 11
    return code[8] == ("X" if rest == 10 else str(rest))


def organisation_check(prefix: str) -> str:
    """The check character for the first eight characters of an organisation code."""
    return next(c for c in "0123456789X" if organisation_code_valid(prefix + c))


def division(number: str) -> str:
    """The division inside a code."""
    return parse(number).division


def make(prefix: str) -> CreditCode:
    """The code that begins with these 17 characters: its check character computed."""
    try:
        return parse(prefix + str(uscc.calc_check_digit(prefix)))
    except (ValueError, IndexError):
        allowed = text("统一社会信用代码的前 17 位", "the first 17 characters of a credit code")
        raise Malformed(text("前缀", "prefix"), prefix, allowed) from None
