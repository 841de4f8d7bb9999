"""Amounts of money as people type them: yuan, or ten-thousand yuan with 万 behind."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation

from commands.errors import CommandError
from huiliu.errors import Malformed
from huiliu.language import text
from huiliu.money import Fen, from_yuan

_UNITS = {"万元": 10_000, "万": 10_000, "亿元": 100_000_000, "亿": 100_000_000, "元": 1, "": 1}


def fen(given: str) -> Fen:
    """Fen of ``80000000``, ``80,000,000.50`` (yuan), ``8000万`` or ``0.8亿``. Raises CommandError."""
    told = given.strip().replace(",", "").replace("，", "")
    unit = next(name for name in _UNITS if told.endswith(name))
    try:
        return from_yuan(Decimal(told.removesuffix(unit)) * _UNITS[unit])
    except (InvalidOperation, Malformed):
        raise CommandError(
            text(
                f"无法识别金额 {given!r}：请写元（80000000 或 80,000,000.50），或带单位（8000万、0.8亿）",
                f"No amount {given!r}: write yuan (80000000 or 80,000,000.50), or 8000万 for ten-thousands of yuan.",
            )
        ) from None
