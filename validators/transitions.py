"""Which state may follow which, as data. What is not listed is refused; a state may always stay as it is."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

import polars as pl

Transitions = Mapping[str, frozenset[str]]

#: Projects are reported monthly, so a step may be passed over; a stopped project resumes; nothing leaves CANCELLED.
PROJECT: Final[Transitions] = MappingProxyType(
    {
        "RESERVE": frozenset({"PRELIMINARY", "STARTED", "BUILDING", "STOPPED", "CANCELLED"}),
        "PRELIMINARY": frozenset({"RESERVE", "STARTED", "BUILDING", "STOPPED", "CANCELLED"}),
        "STARTED": frozenset({"BUILDING", "COMPLETED", "STOPPED", "CANCELLED"}),
        "BUILDING": frozenset({"COMPLETED", "PRODUCING", "STOPPED", "CANCELLED"}),
        "COMPLETED": frozenset({"PRODUCING"}),
        "PRODUCING": frozenset(),
        "STOPPED": frozenset({"PRELIMINARY", "STARTED", "BUILDING", "COMPLETED", "CANCELLED"}),
        "CANCELLED": frozenset(),
    }
)

#: An award may be publicised and granted, or granted at once (免申即享); an objection sends it back; only what was
#: paid can be recovered.
AWARD: Final[Transitions] = MappingProxyType(
    {
        "PROPOSED": frozenset({"PUBLICISED", "APPROVED", "PAID"}),
        "PUBLICISED": frozenset({"PROPOSED", "APPROVED", "PAID"}),
        "APPROVED": frozenset({"PAID"}),
        "PAID": frozenset({"RECOVERED"}),
        "RECOVERED": frozenset(),
    }
)


def forbidden(table: Transitions, before: str, now: str) -> pl.Expr:
    """True where the state changed and the table does not list the change; null where there was none before."""
    allowed = [f"{state}>{after}" for state, afters in table.items() for after in sorted(afters)]
    moved = pl.col(before) != pl.col(now)
    return moved & ~pl.concat_str(before, pl.lit(">"), now).is_in(allowed)


def following(table: Transitions, before: str) -> pl.Expr:
    """The states that may follow, as text: ``BUILDING, COMPLETED``."""
    texts = {state: ", ".join(sorted({state, *afters})) for state, afters in table.items()}
    return pl.col(before).replace_strict(texts, default=None, return_dtype=pl.String)
