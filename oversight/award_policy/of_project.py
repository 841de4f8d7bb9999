"""A claim for a project as the hub knows it: its division, the basis the clause names, what it was granted before."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any, Final

import polars as pl

from huiliu.language import text
from oversight.award_policy.claim import Claim
from oversight.award_policy.errors import ClaimRefused
from validators.policy_file import Clause

#: Which columns of a project make a clause's basis; a clause on interest or use has none in the project.
COLUMNS: Final[Mapping[str, tuple[str, ...]]] = {
    "equipment": ("equipment_investment",),
    "equipment+software": ("equipment_investment", "software_investment"),
    "investment": ("cumulative_investment",),
}


def basis(clause: Clause, project: Mapping[str, Any]) -> int | None:
    """Fen: the sum of the columns that are reported; None where none is, or the project cannot tell this basis."""
    told = [project[name] for name in COLUMNS.get(str(clause.basis), ()) if project[name] is not None]
    return sum(told) if told else None


def basis_column(kind: str) -> pl.Expr:
    """As ``basis``, over a frame of projects."""
    columns = COLUMNS.get(kind, ())
    if not columns:
        return pl.lit(None, pl.Int64)
    return pl.when(pl.any_horizontal(pl.col(*columns).is_not_null())).then(pl.sum_horizontal(columns))


def held(status: pl.Expr, amount: pl.Expr, paid: pl.Expr) -> pl.Expr:
    """Fen that an award takes up: its amount, or what is still held of one that was recovered."""
    return (
        pl.when(status == "RECOVERED").then(paid.fill_null(0)).otherwise(pl.max_horizontal(amount, paid.fill_null(0)))
    )


def granted(awards: pl.DataFrame, policy: str, clause: str, project_code: str) -> int:
    """Fen granted to a project under a clause, over all levels and years."""
    mine = awards.filter(policy=policy, clause=clause, project_code=project_code)
    return int(mine.select(held(pl.col("status"), pl.col("amount"), pl.col("paid_amount"))).sum().item() or 0)


def claim(clause: Clause, projects: pl.DataFrame, awards: pl.DataFrame, code: str, day: date | None) -> Claim:
    """The claim of a project under a clause on a day (else its completion, else today's figures' month).

    Raises ClaimRefused where there is no such project, or where neither is told.
    """
    found = projects.filter(project_code=code)
    if found.is_empty():
        raise ClaimRefused(
            text(
                f"没有项目 {code}：请核对项目代码，或该项目尚未报送",
                f"There is no project {code}: check the code; perhaps nobody has reported it.",
            )
        )
    project = found.row(0, named=True)
    told = day or project["actual_completion"]
    if told is None:
        raise ClaimRefused(
            text(
                f"项目 {code} 未竣工：请用 --on 给出认定日期",
                f"Project {code} is not completed: give the day of recognition with --on.",
            )
        )
    return Claim(
        division=f"{project['division']:06d}",
        day=told,
        basis=basis(clause, project),
        earlier=granted(awards, clause.policy, clause.clause, code),
    )
