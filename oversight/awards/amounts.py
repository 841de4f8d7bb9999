"""What awards are held against: the clause's arithmetic and what the project reports, in fen, exactly.

Sums are whole fen and compared as such; only what is told of them is in yuan.
"""

from __future__ import annotations

from typing import Final

import polars as pl

from oversight.facts import Facts
from validators.policy_columns import term

#: Which columns of a project make the basis of a clause. Interest and use are not reported with projects.
_BASIS: Final = {
    "equipment": ("equipment_investment",),
    "equipment+software": ("equipment_investment", "software_investment"),
    "investment": ("cumulative_investment",),
}


def with_project(facts: Facts) -> pl.DataFrame:
    """Awards, with ``held`` (fen they take up), ``owner`` (the project's enterprise) and ``invested`` (fen, by basis).

    ``invested`` is null where the project is unknown, does not report what the clause rests on, or the clause rests on
    something that no project reports. A recovered award takes up what of it is still paid out.
    """
    projects = facts.frame("project").select(
        "project_code",
        pl.col("enterprise").alias("owner"),
        *(pl.col(name) for name in ("equipment_investment", "software_investment", "cumulative_investment")),
    )
    paid = pl.col("paid_amount").fill_null(0)
    held = pl.when(pl.col("status") == "RECOVERED").then(paid).otherwise(pl.max_horizontal("amount", paid))
    return (
        facts.frame("award").join(projects, on="project_code", how="left").with_columns(held=held, invested=_invested())
    )


def basis(kind: str) -> pl.Expr:
    """Fen that a project reports of a clause's basis; null where it reports none of it, or no project can."""
    columns = _BASIS.get(kind, ())
    if not columns:
        return pl.lit(None, pl.Int64)
    return pl.when(pl.any_horizontal(pl.col(columns).is_not_null())).then(pl.sum_horizontal(columns))


def _invested() -> pl.Expr:
    kind, told = term("basis_kind"), pl.lit(None, pl.Int64)
    for name in _BASIS:
        told = pl.when((kind == name) & basis(name).is_not_null()).then(basis(name)).otherwise(told)
    return told


def yuan(fen: pl.Expr) -> pl.Expr:
    """Fen as yuan, to be told."""
    return fen.cast(pl.Float64) / 100
