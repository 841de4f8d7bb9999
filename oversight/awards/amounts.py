"""What awards are held against: the clause's arithmetic and what the project reports, in fen, exactly.

Sums are whole fen and compared as such; only what is told of them is in yuan.
"""

from __future__ import annotations

import polars as pl

from oversight.award_policy.of_project import COLUMNS, basis_column, held
from oversight.facts import Facts
from validators.policy_columns import term


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
    return (
        facts.frame("award")
        .join(projects, on="project_code", how="left")
        .with_columns(held=held(pl.col("status"), pl.col("amount"), pl.col("paid_amount")), invested=_invested())
    )


def _invested() -> pl.Expr:
    kind, told = term("basis_kind"), pl.lit(None, pl.Int64)
    for name in COLUMNS:
        told = pl.when(kind == name).then(basis_column(name)).otherwise(told)
    return told


def yuan(fen: pl.Expr) -> pl.Expr:
    """Fen as yuan, to be told."""
    return fen.cast(pl.Float64) / 100
