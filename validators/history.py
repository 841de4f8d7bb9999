"""What rules on history ask: does this event supersede one that was known, and for which month."""

from __future__ import annotations

import polars as pl


def was(field: str) -> pl.Expr:
    """The field as it was known before; null where the object was not known."""
    return pl.col(f"previous__{field}")


def superseding() -> pl.Expr:
    """A higher revision of a known object. Stale, doubled and conflicting ones are decided elsewhere."""
    return pl.col("revision") > was("revision")


def later_month() -> pl.Expr:
    """Superseding, for a month after the one known: progress."""
    return superseding() & (pl.col("month") > was("month"))


def same_month() -> pl.Expr:
    """Superseding, for the month known: a correction."""
    return superseding() & (pl.col("month") == was("month"))
