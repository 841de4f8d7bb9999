"""免申即享: who is entitled by what the hub knows, without having applied, and why or why not.

A project is a candidate for every clause that has a criterion for its programme. Each condition is tested on its own,
so that an answer names everything that is missing at once:

    TIER        in a library of a tier that the clause means
    STAGE       completed or in production
    COMPLETED   the day of completion is reported
    IN_FORCE    policy and criterion in force on that day
    PROVINCE    in the province whose policy it is
    BASIS       the basis that the rate applies to is reported
    UNCLAIMED   no award under the clause for the project (for the firm, where it is for a firm; for the city and year,
                where the locality is paid), whatever its level and year; what was recovered does not count
    FIRST       of a one-off for a firm, the firm's first project

The day that decides is the completion, the fiscal year that of the day (the year after, where the policy pays then).
ENTITLED: every condition holds and nothing is left to others to check; CONFIRM: every condition holds that the hub can
see; CLAIMED: only UNCLAIMED does not hold; NOT: another does not.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

import polars as pl

from huiliu import division as divisions
from oversight.award_policy.columns import entitled, in_named_cities
from oversight.award_policy.criteria import Criterion
from oversight.awards.amounts import basis
from oversight.facts import Facts
from validators.policy_file import Clause, Policy

CONDITIONS: Final[Mapping[str, tuple[str, str]]] = {
    "TIER": ("项目库层级", "tier of the library"),
    "STAGE": ("已竣工或投产", "completed or in production"),
    "COMPLETED": ("已报送竣工日期", "day of completion reported"),
    "IN_FORCE": ("竣工日在政策有效期内", "completed while the policy is in force"),
    "PROVINCE": ("在政策所在省", "in the policy's province"),
    "BASIS": ("已报送计算基数", "basis reported"),
    "UNCLAIMED": ("本条款尚无奖补", "no award under the clause yet"),
    "FIRST": ("企业首个符合项目（一次性）", "the firm's first project (one-off)"),
}
VERDICTS: Final[Mapping[str, tuple[str, str]]] = {
    "ENTITLED": ("应享未享", "entitled, not claimed"),
    "CONFIRM": ("待核实", "to be confirmed"),
    "CLAIMED": ("已申请或已享受", "claimed already"),
    "NOT": ("不符合", "not entitled"),
}

#: One row for each project and clause. ``entitled``: fen, null where it cannot be said. ``at_most``: the text only
#: bounds it. ``missing``: the conditions that do not hold. ``claimed``: award numbers under the clause.
ENTITLED: Final = pl.Schema(
    {
        "policy": pl.String(),
        "version": pl.Int32(),
        "clause": pl.String(),
        "fiscal_year": pl.Int32(),
        "division": pl.Int32(),
        "project_code": pl.String(),
        "name": pl.String(),
        "enterprise": pl.String(),
        "day": pl.Date(),
        "basis": pl.Int64(),
        "uplift": pl.Boolean(),
        "entitled": pl.Int64(),
        "at_most": pl.Boolean(),
        "verdict": pl.String(),
        "missing": pl.List(pl.String()),
        "claimed": pl.List(pl.String()),
    }
)


def entitlements(
    facts: Facts, criteria: Iterable[Criterion], versions: Mapping[str, tuple[Policy, ...]]
) -> pl.DataFrame:
    """``ENTITLED`` rows of all years, from the projects and awards."""
    projects, awards = facts.frame("project"), facts.frame("award")
    found = [
        _of_clause(projects, awards, criterion, policy, policy.clauses[criterion.clause])
        for criterion in criteria
        for policy in versions[criterion.policy]
        if criterion.clause in policy.clauses
    ]
    rows = pl.concat([ENTITLED.to_frame(), *found])
    return _one_version(rows).sort("policy", "clause", "division", "project_code")


def _one_version(rows: pl.DataFrame) -> pl.DataFrame:
    """Of a project and clause the row of the version in force on the day, else the newest."""
    key = ("policy", "clause", "project_code")
    in_force = ~pl.col("missing").list.contains("IN_FORCE")
    return rows.sort(in_force, "version").unique(key, keep="last", maintain_order=True)


def _of_clause(
    projects: pl.DataFrame, awards: pl.DataFrame, criterion: Criterion, policy: Policy, clause: Clause
) -> pl.DataFrame:
    day = pl.col("actual_completion")
    candidates = projects.filter(pl.col("programme").is_in(criterion.programmes)).with_columns(
        day=day,
        fiscal_year=(day.dt.year() + int(clause.paid_year_after)).cast(pl.Int32),
        basis=basis(str(clause.basis)),
        uplift=in_named_cities(policy, pl.col("division")),
        city=_city(projects.filter(pl.col("programme").is_in(criterion.programmes))),
    )
    claimed = _claimed(candidates, awards, clause)
    told = candidates.join(claimed, on="project_code", how="left").with_columns(
        entitled=entitled(clause, pl.col("basis"), pl.col("uplift"), pl.lit(1)),
    )
    conditions = _conditions(criterion, policy, clause)
    told = told.with_columns(**conditions)
    eligible = pl.all_horizontal(*(name for name in conditions if name != "UNCLAIMED"))
    told = told.with_columns(FIRST=_first(clause, eligible))
    return _verdicts(told, criterion, policy, clause)


def _conditions(criterion: Criterion, policy: Policy, clause: Clause) -> dict[str, pl.Expr]:
    first = max(policy.valid_from, criterion.valid_from)
    ends = [day for day in (policy.valid_to, criterion.valid_to) if day is not None]
    in_force = pl.col("day") >= first
    if ends:
        in_force &= pl.col("day") <= min(ends)
    needs_basis = clause.rate_bp is not None
    return {
        "TIER": pl.col("tier").is_in(criterion.tiers),
        "STAGE": pl.col("stage").is_in(criterion.stages),
        "COMPLETED": pl.col("day").is_not_null(),
        "IN_FORCE": in_force.fill_null(False),
        "PROVINCE": pl.col("division") // 10_000 == int(policy.province) // 10_000,
        "BASIS": pl.col("basis").is_not_null() if needs_basis else pl.lit(True),
        "UNCLAIMED": pl.col("claimed").is_null(),
    }


def _first(clause: Clause, eligible: pl.Expr) -> pl.Expr:
    """Of a one-off for a firm only its first eligible project counts; the order is completion, then code."""
    if not (clause.one_off and clause.per == "firm" and clause.payee == "enterprise"):
        return pl.lit(True)
    place = eligible.cast(pl.Int32).cum_sum().over("enterprise", order_by=["day", "project_code"])
    return ~eligible | (place == 1)


def _verdicts(told: pl.DataFrame, criterion: Criterion, policy: Policy, clause: Clause) -> pl.DataFrame:
    missing = pl.concat_list(*(pl.when(~pl.col(name)).then(pl.lit(name)) for name in CONDITIONS)).list.drop_nulls()
    verdict = (
        pl.when(missing.list.len() == 0)
        .then(pl.lit("CONFIRM" if criterion.unseen else "ENTITLED"))
        .when((missing.list.len() == 1) & ~pl.col("UNCLAIMED"))
        .then(pl.lit("CLAIMED"))
        .otherwise(pl.lit("NOT"))
    )
    return told.with_columns(
        policy=pl.lit(policy.policy),
        version=pl.lit(policy.version, pl.Int32),
        clause=pl.lit(clause.clause),
        at_most=pl.lit(clause.amount_fen is None and (clause.rate_bp is None or clause.rate_up_to)),
        missing=missing,
        verdict=verdict,
        claimed=pl.col("claimed").fill_null(pl.lit([], pl.List(pl.String))),
    ).select([pl.col(name).cast(kind) for name, kind in ENTITLED.items()])


def _claimed(candidates: pl.DataFrame, awards: pl.DataFrame, clause: Clause) -> pl.DataFrame:
    """By project the numbers of awards under the clause that are for the same; projects without any are left out."""
    under = awards.filter(
        (pl.col("policy") == clause.policy) & (pl.col("clause") == clause.clause) & (pl.col("status") != "RECOVERED")
    )
    mine = candidates.select("project_code", "enterprise", "city", "fiscal_year")
    links = [
        mine.join(under.select("project_code", "award_number"), on="project_code").select(
            "project_code", "award_number"
        )
    ]
    if clause.payee == "enterprise" and clause.per == "firm":
        by_firm = under.select("payee", "award_number")
        links.append(mine.join(by_firm, left_on="enterprise", right_on="payee").select("project_code", "award_number"))
    if clause.payee == "locality":
        local = under.filter(pl.col("project_code").is_null())
        local = local.with_columns(city=_city(local)).select("city", "fiscal_year", "award_number")
        links.append(mine.join(local, on=["city", "fiscal_year"]).select("project_code", "award_number"))
    together = pl.concat(links).unique().sort("project_code", "award_number")
    return together.group_by("project_code", maintain_order=True).agg(claimed="award_number")


def _city(frame: pl.DataFrame) -> pl.Expr:
    """The city of each division (Int32), as ``huiliu.division`` has it."""
    codes = frame["division"].unique().to_list()
    cities = {code: int(divisions.city_of(f"{code:06d}")) for code in codes}
    return pl.col("division").replace_strict(cities, return_dtype=pl.Int32) if cities else pl.col("division")
