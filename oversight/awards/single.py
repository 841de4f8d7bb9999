"""What is wrong with one award by itself: its amount, its payment, its payee, its basis.

Wuhu's audit of award policies in 2023 found weak review, missing documents and mixed accounts; the clauses of
``validators/policies`` say what is allowed.
"""

from __future__ import annotations

from datetime import datetime, timedelta

import polars as pl

from huiliu.period import day_of
from oversight.awards.amounts import with_project, yuan
from oversight.facts import Facts
from oversight.found import day_start, evidence, fact, figure, matters
from oversight.rule import Rule
from validators.policy_columns import allowed, term

_STANDS = pl.col("status") != "RECOVERED"


def over_cap(rule: Rule, facts: Facts, as_of: datetime) -> pl.DataFrame:
    """The amount is above what the clause allows for its own basis, uplift and count; one without a number: never."""
    awards = facts.frame("award").filter(_STANDS).with_columns(allowed=allowed())
    over = awards.filter(pl.col("amount") > pl.col("allowed"))
    return _told(
        rule, over, yuan(pl.col("amount")), yuan(pl.col("allowed")), "yuan", figure("allowed", pl.col("allowed"), "fen")
    )


def paid_late(rule: Rule, facts: Facts, as_of: datetime) -> pl.DataFrame:
    """Approved more than ``after`` days ago and not paid in full. Value: days since then."""
    today = day_of(int(as_of.timestamp() * 1000))
    unpaid = (pl.col("status") == "APPROVED") | (
        (pl.col("status") == "PAID") & (pl.col("paid_amount").fill_null(0) < pl.col("amount"))
    )
    waiting = facts.frame("award").with_columns(days=(pl.lit(today) - pl.col("approved_on")).dt.total_days())
    late = waiting.filter(unpaid & (pl.col("days") > rule.number("after")))
    due = pl.col("approved_on") + timedelta(days=int(rule.number("after")) + 1)
    outstanding = figure("outstanding", pl.col("amount") - pl.col("paid_amount").fill_null(0), "fen")
    threshold = pl.lit(rule.number("after"))
    return _told(rule, late, pl.col("days").cast(pl.Float64), threshold, "day", outstanding, day_start(due))


def other_payee(rule: Rule, facts: Facts, as_of: datetime) -> pl.DataFrame:
    """The clause pays the project's own enterprise, and the payee is another. Value: the amount at stake."""
    own = (term("payee_kind") == "enterprise") & _STANDS
    others = with_project(facts).filter(own & (pl.col("payee") != pl.col("owner")))
    owner = pl.struct(pl.lit("project").alias("kind"), "project_code", pl.col("owner").alias("enterprise"))
    return _told(rule, others, yuan(pl.col("amount")), pl.lit(0.0), "yuan", owner)


def other_basis(rule: Rule, facts: Facts, as_of: datetime) -> pl.DataFrame:
    """The basis is more than ``above`` per cent above, or ``below`` per cent below, what the project reports of it."""
    awards = with_project(facts).filter(_STANDS & pl.col("invested").is_not_null())
    most = pl.col("invested").cast(pl.Float64) * (1 + rule.number("above") / 100)
    least = pl.col("invested").cast(pl.Float64) * (1 - rule.number("below") / 100)
    unlike = awards.filter((pl.col("basis") > most) | (pl.col("basis") < least))
    project = pl.struct(pl.lit("project").alias("kind"), "project_code", "invested")
    return _told(rule, unlike, yuan(pl.col("basis")), yuan(pl.col("invested")), "yuan", project)


def _told(
    rule: Rule,
    awards: pl.DataFrame,
    value: pl.Expr,
    threshold: pl.Expr,
    unit: str,
    beside: pl.Expr,
    seen: pl.Expr | None = None,
) -> pl.DataFrame:
    """Matters about single awards. ``seen``: since when it is so, else since the award is known as it stands."""
    return matters(
        rule,
        awards.with_columns(
            subject=pl.col("award_number"),
            period=pl.col("fiscal_year").cast(pl.String),
            value=value,
            threshold=threshold,
            unit=pl.lit(unit),
            seen=pl.col("known_from") if seen is None else seen,
            evidence=evidence(fact("award", "award_number"), beside),
        ),
    )
