"""Bounds of amounts and counts, and the slip that occurs most: yuan taken for ten-thousand yuan, or the reverse."""

from __future__ import annotations

from typing import Final

import polars as pl

#: Fen. Beyond 2^53 a double no longer tells neighbouring integers apart, and spreadsheets and JSON readers use doubles.
LARGEST_FEN: Final = 2**53
#: Firms or projects one sum can be for.
LARGEST_COUNT: Final = 100_000
#: 万: between yuan and ten-thousand yuan.
WAN: Final = 10_000
#: Fen. Below ten-thousand yuan a factor of 10,000 is more likely chance than a slip.
SMALLEST_SLIP: Final = 1_000_000


def _too_large(now: pl.Expr, before: pl.Expr, growth: int) -> pl.Expr:
    return (now % WAN == 0) & (now // WAN).is_between(before, before * growth) & (before >= SMALLEST_SLIP // WAN)


def _too_small(now: pl.Expr, before: pl.Expr, growth: int) -> pl.Expr:
    return now.is_between(before // WAN, before * growth // WAN) & (before >= SMALLEST_SLIP)


def slipped(now: str, before: str, growth: int = 1) -> pl.Expr:
    """Whether the amount is 10,000 times what it was, or a ten-thousandth, ``growth`` times at most on top of that."""
    return _too_large(pl.col(now), pl.col(before), growth) | _too_small(pl.col(now), pl.col(before), growth)


def unslipped(now: str, before: str, growth: int = 1) -> pl.Expr:
    """The amount that was probably meant, fen; null where nothing slipped."""
    amount, former = pl.col(now), pl.col(before)
    return (
        pl.when(_too_large(amount, former, growth))
        .then(amount // WAN)
        .when(_too_small(amount, former, growth))
        .then(amount.clip(0, LARGEST_FEN // WAN) * WAN)
    )


def in_yuan(most: pl.Expr) -> pl.Expr:
    """The amount, fen, that was meant where 10,000 times it was given; null where even that is above ``most``."""
    likely = pl.col("amount") // WAN
    return pl.when((pl.col("amount") % WAN == 0) & (likely <= most)).then(likely)
