"""Awards stacked on one project or firm over levels of government and years, beyond what the clause allows in all.

Under one clause a project (for a clause that is for the firm as such: a firm) is entitled once, whoever pays and in
whichever year; instalments and shares of several levels are fine as long as they stay within that together. The total
entitled rests on what the project reports of the clause's basis, else on the largest basis that an award names;
interest and use differ from year to year, there it is the sum over the years of the largest of each. Clauses under
which several standards, recognitions, platforms or parks may be awarded to one firm are counted by project only.
"""

from __future__ import annotations

from datetime import datetime
from typing import Final

import polars as pl

from oversight.awards.amounts import with_project, yuan
from oversight.facts import Facts
from oversight.found import fact, figure, matters
from oversight.rule import Rule
from validators.policy_columns import allowed, once, term

GROUP: Final = ("subject", "policy", "clause")
_BY_YEAR: Final = ("interest", "lease-interest", "usage")


def stacked(rule: Rule, facts: Facts, as_of: datetime) -> pl.DataFrame:
    """Subjects with at least two awards under a clause that together exceed it; told of the clause most exceeded."""
    groups = totals(by_subject(with_project(facts))).with_columns(entitled=allowed())
    over = groups.filter((pl.col("awards") > 1) & (pl.col("total") > pl.col("entitled")))
    worst = over.sort(pl.col("entitled") - pl.col("total"), "policy", "clause").group_by("subject", maintain_order=True)
    return matters(
        rule,
        worst.agg(pl.all().first()).with_columns(
            period=pl.col("years"),
            value=yuan(pl.col("total")),
            threshold=yuan(pl.col("entitled")),
            unit=pl.lit("yuan"),
        ),
    )


def by_subject(awards: pl.DataFrame) -> pl.DataFrame:
    """Awards (``amounts.with_project``) that count once, with ``subject``: the firm for a clause that is for firms.

    Those that may be had for each standard, recognition, platform or park, with no project named, are left out.
    """
    firm = (term("per") == "firm") & (term("payee_kind") == "enterprise") & pl.col("payee").is_not_null()
    counted = awards.filter(once()).with_columns(subject=pl.when(firm).then("payee").otherwise("project_code"))
    return counted.drop_nulls("subject").sort("award_number")


def totals(counted: pl.DataFrame) -> pl.DataFrame:
    """One row per subject and clause of ``by_subject``: ``total`` held, and what the clause's arithmetic reads."""
    yearly = pl.col("basis").max().over(*GROUP, "fiscal_year")
    first_of_year = pl.int_range(pl.len()).over(*GROUP, "fiscal_year") == 0
    sums = (
        counted.filter(pl.col("held") > 0)
        .with_columns(
            by_year=term("basis_kind").is_in(_BY_YEAR).fill_null(False),
            told=fact("award", "award_number").struct.json_encode(),
        )
        .with_columns(of_year=pl.when(first_of_year).then(yearly))
        .group_by(GROUP, maintain_order=True)
        .agg(
            pl.len().alias("awards"),
            pl.col("held").sum().alias("total"),
            basis=pl.when(pl.col("by_year").first())
            .then(pl.col("of_year").sum())
            .otherwise(pl.coalesce(pl.col("invested").max(), pl.col("basis").max())),
            uplift=pl.col("uplift").any(),
            payee_count=pl.col("payee_count").max(),
            fiscal_year=pl.col("fiscal_year").max(),
            years=_years(),
            division=pl.col("division").sort_by("known_from", "award_number").last(),
            seen=pl.col("known_from").max(),
            told=pl.col("told").str.join(","),
        )
    )
    return sums.with_columns(evidence=pl.concat_str(pl.lit("["), "told", pl.lit(","), _entitled(), pl.lit("]")))


def _years() -> pl.Expr:
    first, last = pl.col("fiscal_year").min(), pl.col("fiscal_year").max()
    return pl.when(first == last).then(first.cast(pl.String)).otherwise(pl.format("{}-{}", first, last))


def _entitled() -> pl.Expr:
    entitled = pl.struct(pl.col("policy"), pl.col("clause"), *_named(figure("entitled", allowed(), "fen")))
    return entitled.struct.json_encode()


def _named(one: pl.Expr) -> list[pl.Expr]:
    return [one.struct.field(name) for name in ("figure", "value", "unit")]
