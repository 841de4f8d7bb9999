"""The policies' arithmetic over whole columns of award events: the numbers of ``validators.policies``, row for row.

The expressions read ``policy``, ``clause``, ``basis``, ``uplift`` and ``payee_count``. They give null where the clause
is unknown or states no such number. Everything stays in Int64: basis and count are clipped to what the contract
allows, and the basis is split before it is multiplied.
"""

from __future__ import annotations

from typing import Final

import polars as pl

from validators.amounts import LARGEST_COUNT, LARGEST_FEN
from validators.policies import WHOLE_BP, edition, frame, versions

_SEPARATOR: Final = "\x1f"
_DENOMINATOR: Final = WHOLE_BP * WHOLE_BP
_KNOWN: Final = pl.concat_str("edition", "clause", separator=_SEPARATOR)


def _edition() -> pl.Expr:
    """Which version of its policy an award is held against: the last that had begun by the end of its fiscal year."""
    found = pl.col("policy")
    for told in versions().values():
        for one in told[1:]:
            later = (pl.col("policy") == one.policy) & (pl.col("fiscal_year") >= one.valid_from.year)
            found = pl.when(later).then(pl.lit(edition(one))).otherwise(found)
    return found


def _key() -> pl.Expr:
    return pl.concat_str(_edition(), "clause", separator=_SEPARATOR)


def term(name: str) -> pl.Expr:
    """A column of ``policies.frame()`` for each event's clause; null where the clause is unknown or states none."""
    known = frame().select(_KNOWN.alias("key"), name).drop_nulls()
    return _key().replace_strict(known["key"], known[name], default=None, return_dtype=known.schema[name])


def known() -> pl.Expr:
    """Whether policy and clause are known together."""
    return _key().is_in(frame().select(_KNOWN).to_series().implode())


def _factor() -> pl.Expr:
    """Basis points of the result that are allowed: 10,000, and the uplift where claimed and the policy has one."""
    return WHOLE_BP + pl.when("uplift").then(term("uplift_bp")).otherwise(0)


def ceiling() -> pl.Expr:
    """Fen: cap or fixed amount, times the count, uplift included."""
    most = pl.coalesce(term("amount_fen"), term("cap_fen"))
    count = pl.col("payee_count").cast(pl.Int64).clip(1, LARGEST_COUNT)
    return most * count * _factor() // WHOLE_BP


def by_rate() -> pl.Expr:
    """Fen: share of the basis, uplift included, before any cap; null where rate or basis is unknown."""
    basis = pl.col("basis").clip(0, LARGEST_FEN)
    shares = term("rate_bp") * _factor()
    return basis // _DENOMINATOR * shares + basis % _DENOMINATOR * shares // _DENOMINATOR


def allowed() -> pl.Expr:
    """Fen: the most that the clause allows this event, as ``policies.entitlement``."""
    fixed = pl.when(term("amount_fen").is_not_null()).then(ceiling())
    return pl.coalesce(fixed, pl.min_horizontal(by_rate(), ceiling()))


def in_uplift_area() -> pl.Expr:
    """Whether the division lies in a city that the policy's uplift surely means; null where it has no uplift."""
    pairs = [
        f"{edition(policy)}{_SEPARATOR}{city[:4]}"
        for told in versions().values()
        for policy in told
        if policy.uplift
        for city in policy.uplift.divisions
    ]
    place = pl.concat_str(_edition(), pl.col("division").str.slice(0, 4), separator=_SEPARATOR)
    return pl.when(term("uplift_bp") > 0).then(place.is_in(pairs))


def once() -> pl.Expr:
    """Whether a second award under the clause to the same payee would be a doubling.

    For one project always. Without a project only where the clause is for a firm as such: several standards,
    recognitions, platforms or diagnosed firms may well be awarded apart.
    """
    for_firm = (term("per") == "firm") & (term("payee_kind") == "enterprise")
    return pl.col("project_code").is_not_null() | for_firm
