"""The arithmetic of one clause over a whole frame: the numbers of ``assessment``, row for row, in Int64 fen."""

from __future__ import annotations

from typing import Final

import polars as pl

from validators.amounts import LARGEST_FEN
from validators.policy_file import WHOLE_BP, Clause, Policy

_DENOMINATOR: Final = WHOLE_BP * WHOLE_BP


def in_named_cities(policy: Policy, division: pl.Expr) -> pl.Expr:
    """Whether a division (Int32) lies in a city that the policy's uplift surely means."""
    if policy.uplift is None:
        return pl.lit(False)
    return (division // 100).is_in([int(city) // 100 for city in policy.uplift.divisions])


def entitled(clause: Clause, basis: pl.Expr, uplift: pl.Expr, count: pl.Expr) -> pl.Expr:
    """Fen that the clause allows; null where it states no number, or has a rate without cap and the basis is null."""
    factor = WHOLE_BP + pl.when(uplift).then(clause.uplift_bp).otherwise(0)
    most = clause.amount_fen if clause.amount_fen is not None else clause.cap_fen
    ceiling = pl.lit(most, pl.Int64) * count * factor // WHOLE_BP
    if clause.amount_fen is not None or clause.rate_bp is None:
        return ceiling
    shares = clause.rate_bp * factor
    told = basis.clip(0, LARGEST_FEN)
    # The basis is split before it is multiplied, so that nothing leaves Int64.
    share = told // _DENOMINATOR * shares + told % _DENOMINATOR * shares // _DENOMINATOR
    return pl.min_horizontal(share, ceiling)
