"""Money is a whole number of fen (分); a hundred fen are a yuan (元). Never a float.

>>> yuan(Fen(123456))
Decimal('1234.56')
>>> format_fen(Fen(-123456789))
'-1,234,567.89'
"""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from typing import Final, NewType

from huiliu.errors import Malformed
from huiliu.language import text

Fen = NewType("Fen", int)

FEN_PER_YUAN: Final = 100
FEN_PER_WAN: Final = 1_000_000  #: 万元, in which budgets and investments are usually written


def yuan(fen: Fen | int) -> Decimal:
    """The amount in yuan, exact, two decimals."""
    return Decimal(fen).scaleb(-2)


def from_yuan(amount: Decimal | int | str) -> Fen:
    """Fen from yuan; raises Malformed where the amount is not a number or has fractions of a fen."""
    try:
        fen = Decimal(amount) * FEN_PER_YUAN
        whole = int(fen)
    except (InvalidOperation, ValueError, OverflowError):
        raise _malformed(amount) from None
    if whole != fen:
        raise _malformed(amount)
    return Fen(whole)


def _malformed(amount: object) -> Malformed:
    return Malformed(
        text("金额", "amount of money"), str(amount), text("至多两位小数的元", "yuan, two decimals at most")
    )


def format_fen(fen: Fen | int) -> str:
    """The amount in yuan as people read it: thousands separated, two decimals, no currency sign."""
    return f"{yuan(fen):,.2f}"
