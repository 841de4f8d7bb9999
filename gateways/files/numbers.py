"""Numbers and money as people and spreadsheets write them, read exactly: decimal, never a float on the way to fen.

>>> decimal("１,２３４.５０"), decimal("12,34"), fen("1,234.56", WAN)
(Decimal('1234.50'), None, 1234560000)
"""

from __future__ import annotations

import re
import unicodedata
from decimal import Context, Decimal, InvalidOperation
from typing import Final

from gateways.files.unread import Unread, cannot
from huiliu.money import FEN_PER_WAN, FEN_PER_YUAN
from schemas.value import LIMITS

YUAN: Final = FEN_PER_YUAN
WAN: Final = FEN_PER_WAN

#: Units of money as headings name them, in fen.
MONEY_UNITS: Final = {
    "分": 1, "fen": 1, "元": YUAN, "yuan": YUAN, "人民币元": YUAN, "千元": 1_000 * YUAN, "万元": WAN, "万": WAN,
    "百万元": 100 * WAN, "亿元": 10_000 * WAN, "亿": 10_000 * WAN,
}  # fmt: skip

_NUMBER: Final = re.compile(r"[+-]?(?:[0-9]{1,3}(?:,[0-9]{3})+|[0-9]+)(?:\.[0-9]*)?(?:E[+-]?[0-9]{1,3})?|[+-]?\.[0-9]+")
_EXACT: Final = Context(prec=400)
_LONGEST: Final = 80
_MINUS: Final = str.maketrans({"−": "-", "–": "-", "—": "-"})


def plain(text: str) -> str:
    """Full-width forms as ASCII, without blanks around."""
    return unicodedata.normalize("NFKC", text).strip()


def decimal(text: str) -> Decimal | None:
    """The number, exact; thousands may be separated by commas. None for what is none, or not surely one."""
    digits = plain(text).translate(_MINUS).upper().removeprefix("¥").strip()
    if len(digits) > _LONGEST or not _NUMBER.fullmatch(digits):
        return None
    try:
        return Decimal(digits.replace(",", ""))
    except InvalidOperation:
        return None


def fen(text: str, unit: int) -> int | Unread:
    """Fen from an amount in a unit of so many fen."""
    amount = decimal(text)
    expected = {1: "分，整数 whole fen", YUAN: "元，至多 2 位小数 decimals", WAN: "万元，至多 6 位小数 decimals"}
    wanted = expected.get(unit, f"× {unit} = 整数分 whole fen")
    if amount is None:
        return cannot(text, wanted)
    scaled = _EXACT.multiply(amount, Decimal(unit))
    lowest, highest = LIMITS["long"]
    if not lowest <= scaled <= highest or scaled != scaled.to_integral_value(context=_EXACT):
        return cannot(text, wanted)
    return int(scaled)


def whole(text: str, type_name: str) -> int | Unread:
    """A whole number within the limits of ``int`` or ``long``; 3.0 is one."""
    number, (lowest, highest) = decimal(text), LIMITS[type_name]
    if number is None or not lowest <= number <= highest or number != number.to_integral_value():
        return cannot(text, f"整数 whole number, {lowest} … {highest}")
    return int(number)


def double(text: str, *, per_cent: bool) -> float | Unread:
    """A number; with a % sign only where the field is in per cent."""
    bare = plain(text)
    if bare.endswith("%"):
        number = decimal(bare[:-1])
        if number is None or not per_cent:
            return cannot(text, "不带 % 的数 number without %", None if number is None else str(number))
    else:
        number = decimal(text)
    if number is None:
        return cannot(text, "数，可带 % number, % allowed" if per_cent else "数 number")
    value = float(number)
    return value if abs(value) != float("inf") else cannot(text, "double")
