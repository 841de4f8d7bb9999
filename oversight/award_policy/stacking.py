"""What is entitled in total, what is taken up already, and what is left: over levels, years and awards, before payment.

One row for each clause and what it is for. A project (for a clause that is for the firm as such: a firm) is entitled
once, whoever pays and in whichever year; the arithmetic is that of the detector ``oversight.awards.stacked``. Awards
that may be had several times (for each standard, recognition, platform) stand for themselves.

Taken up is the amount of an award from its proposal on (what was paid, where that is more); of one that was recovered
what is still paid out. So what is above the entitlement is split in two: what can still be stopped because it is not
paid yet, and what would have to be recovered.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any, Final

import polars as pl

from oversight.awards.amounts import with_project
from oversight.awards.stacked import GROUP, by_subject, totals
from oversight.facts import AWARD, Facts, Read
from validators.policy_columns import allowed, term

VERDICTS: Final[Mapping[str, tuple[str, str]]] = {
    "WITHIN": ("未超", "within"),
    "FULL": ("已满", "used up"),
    "OVER": ("超出", "over"),
    "UNSTATED": ("条文未载明数额", "no number stated"),
}
FLAGS: Final[Mapping[str, tuple[str, str]]] = {
    "LEVELS": ("多级资金", "several levels pay"),
    "YEARS": ("跨年度", "several years"),
    "PAYEES": ("受益单位不一或非项目单位", "several payees, or not the project's enterprise"),
    "BASIS": ("基数高于项目所报", "basis above what the project reports"),
    "SAME_BASIS": ("另有条款以同一设备投资为基数", "another clause counts the same equipment"),
}
STATUSES: Final = ("PROPOSED", "PUBLICISED", "APPROVED", "PAID", "RECOVERED")
_EQUIPMENT: Final = ("equipment", "equipment+software")

#: Sums in fen. ``kind``: PROJECT, FIRM, or AWARD where each stands for itself. ``paid``: paid out and not recovered.
#: ``stoppable``: of ``over`` what is not paid yet.
STACK: Final = pl.Schema(
    {
        "kind": pl.String(),
        "subject": pl.String(),
        "policy": pl.String(),
        "clause": pl.String(),
        "project_code": pl.String(),
        "division": pl.Int32(),
        "awards": pl.List(pl.String()),
        "payees": pl.List(pl.String()),
        "levels": pl.List(pl.String()),
        "years": pl.List(pl.Int32()),
        **{f"sum_{status.lower()}": pl.Int64() for status in STATUSES},
        "paid": pl.Int64(),
        "total": pl.Int64(),
        "entitled": pl.Int64(),
        "left": pl.Int64(),
        "over": pl.Int64(),
        "stoppable": pl.Int64(),
        "verdict": pl.String(),
        "flags": pl.List(pl.String()),
    }
)


def stacks(facts: Facts) -> pl.DataFrame:
    """``STACK`` rows of all awards, the most exceeded first."""
    awards = with_project(facts)
    together = by_subject(awards)
    alone = awards.join(together, on="award_number", how="anti").with_columns(subject="award_number")
    named = {"AWARD": alone, "TOGETHER": together}
    found = [_grouped(frame, kind) for kind, frame in named.items() if frame.height]
    rows = pl.concat([STACK.to_frame(), *found])
    return rows.sort(pl.col("over").fill_null(0), "subject", "policy", "clause", descending=[True, False, False, False])


def intended(facts: Facts, award: Mapping[str, Any]) -> Facts:
    """The facts as they would be with one more award: what the guard asks before anybody is paid."""
    row = pl.DataFrame([{**dict.fromkeys(AWARD), **award}], schema=AWARD, orient="row")
    read: dict[str, Read] = {name: partial(facts.frame, name) for name in facts.reads}
    return Facts(read | {"award": lambda: pl.concat([facts.frame("award"), row])})


def _grouped(awards: pl.DataFrame, kind: str) -> pl.DataFrame:
    """One row for each subject and clause."""
    # Where everything was recovered, what was once awarded still tells what may be awarded anew.
    nothing = pl.col("held").sum().over(GROUP) == 0
    counted = awards.filter((pl.col("held") > 0) | nothing).with_columns(pl.col("held").clip(1))
    entitled = totals(counted).with_columns(entitled=allowed()).select(*GROUP, "entitled")
    firm = pl.col("subject") == pl.col("payee")
    kinds = pl.lit("AWARD") if kind == "AWARD" else pl.when(firm).then(pl.lit("FIRM")).otherwise(pl.lit("PROJECT"))
    lit = awards.with_columns(
        kind=kinds,
        equipment=term("basis_kind").is_in(_EQUIPMENT).fill_null(False),
        other=(pl.col("payee") != pl.col("owner")) & (term("payee_kind") == "enterprise"),
        above=pl.col("basis") > pl.col("invested"),
    )
    grouped = lit.group_by(GROUP, maintain_order=True).agg(
        pl.col("kind").first(),
        pl.col("project_code").drop_nulls().first(),
        pl.col("division").first(),
        awards=pl.col("award_number"),
        payees=pl.col("payee").drop_nulls().unique(maintain_order=True),
        levels=pl.col("level").unique(maintain_order=True),
        years=pl.col("fiscal_year").unique().sort(),
        **{f"sum_{status.lower()}": pl.col("held").filter(pl.col("status") == status).sum() for status in STATUSES},
        paid=pl.col("paid_amount").fill_null(0).sum(),
        total=pl.col("held").sum(),
        equipment=pl.col("equipment").any(),
        other=pl.col("other").any(),
        above=pl.col("above").any(),
    )
    return _judged(grouped.join(entitled, on=GROUP, how="left"))


def _judged(grouped: pl.DataFrame) -> pl.DataFrame:
    over = (pl.col("total") - pl.col("entitled")).clip(0)
    unpaid = pl.col("total") - pl.min_horizontal("paid", "total")
    verdict = (
        pl.when(pl.col("entitled").is_null())
        .then(pl.lit("UNSTATED"))
        .when(pl.col("total") > pl.col("entitled"))
        .then(pl.lit("OVER"))
        .when(pl.col("total") == pl.col("entitled"))
        .then(pl.lit("FULL"))
        .otherwise(pl.lit("WITHIN"))
    )
    same = pl.col("equipment") & (pl.col("equipment").sum().over("project_code") > 1)
    flags = {
        "LEVELS": pl.col("levels").list.len() > 1,
        "YEARS": pl.col("years").list.len() > 1,
        "PAYEES": (pl.col("payees").list.len() > 1) | pl.col("other").fill_null(False),
        "BASIS": pl.col("above").fill_null(False),
        "SAME_BASIS": same & pl.col("project_code").is_not_null(),
    }
    told = pl.concat_list(*(pl.when(lit).then(pl.lit(name)) for name, lit in flags.items())).list.drop_nulls()
    return grouped.with_columns(
        over=over,
        left=(pl.col("entitled") - pl.col("total")).clip(0),
        stoppable=pl.min_horizontal(over, unpaid),
        verdict=verdict,
        flags=told,
    ).select([pl.col(name).cast(kind) for name, kind in STACK.items()])
