"""A claim: what is asked under a clause, and what makes it one that can be assessed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction

from huiliu import division as divisions
from huiliu.language import text
from oversight.award_policy.errors import ClaimRefused
from validators.amounts import LARGEST_COUNT, LARGEST_FEN
from validators.policy_file import Clause, Policy


@dataclass(frozen=True, slots=True, kw_only=True)
class Loan:
    """A loan whose interest the subsidy is counted from: principal in fen, market rate (LPR) in per cent a year."""

    principal: int
    market_rate: Decimal

    def interest(self, months: int) -> Fraction:
        """Fen of interest for so many months, by twelfths of a year."""
        return Fraction(self.principal) * Fraction(self.market_rate) / 100 * months / 12


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """What is asked under one clause.

    ``day``: on which the entitlement arises (recognition, completion, use). ``basis``: fen, as the clause names it.
    ``months``: how many months of interest the basis covers. ``term_months``: the term of the loan or lease. ``uplift``
    None: by the division. ``earlier``: fen already granted for the same under this clause, at any level, in any year.
    """

    division: str
    day: date
    basis: int | None = None
    loan: Loan | None = None
    count: int = 1
    months: int | None = None
    term_months: int | None = None
    uplift: bool | None = None
    earlier: int = 0


def refuse_wrong(claim: Claim, policy: Policy, clause: Clause) -> None:
    """Raises ClaimRefused for a number that cannot be, or one that the clause does not know."""
    _refuse_impossible(claim)
    name = f"{clause.policy} {clause.clause}"
    if clause.basis is None and (claim.basis is not None or claim.loan is not None):
        raise ClaimRefused(
            text(
                f"条款 {name}（{clause.zh}）不按基数计算：请去掉基数",
                f"Clause {name} is not counted from a basis: leave the basis out.",
            )
        )
    if claim.loan is not None and (clause.basis != "interest" or claim.basis is not None or claim.months is None):
        raise ClaimRefused(
            text(
                "贷款本金与利率只用于贷款贴息条款，须给出贴息月数，且不与基数同时给出",
                "Principal and market rate are for clauses on loan interest, with the months of interest and no basis.",
            )
        )
    if clause.max_years is None and claim.months is not None:
        raise ClaimRefused(
            text(f"条款 {name} 没有贴息期：请去掉贴息月数", f"Clause {name} knows no months of interest.")
        )
    if clause.min_term_years is None and claim.term_months is not None:
        raise ClaimRefused(text(f"条款 {name} 没有期限要求：请去掉期限", f"Clause {name} knows no term."))
    if claim.uplift and policy.uplift is None:
        raise ClaimRefused(text(f"政策 {policy.policy} 没有上浮", f"Policy {policy.policy} has no uplift."))


def _refuse_impossible(claim: Claim) -> None:
    if not divisions.known(claim.division):
        raise ClaimRefused(
            text(
                f"没有行政区划 {claim.division!r}", f"There is no division {claim.division!r} (GB/T 2260, six digits)."
            )
        )
    bounds = {
        text("个数", "count"): (claim.count, 1, LARGEST_COUNT),
        text("基数（分）", "basis (fen)"): (claim.basis, 0, LARGEST_FEN),
        text("已有奖补（分）", "earlier awards (fen)"): (claim.earlier, 0, LARGEST_FEN),
        text("贴息月数", "months of interest"): (claim.months, 1, 1200),
        text("期限（月）", "term (months)"): (claim.term_months, 0, 1200),
        text("本金（分）", "principal (fen)"): (claim.loan.principal if claim.loan else None, 0, LARGEST_FEN),
        text("利率（%）", "market rate (%)"): (claim.loan.market_rate if claim.loan else None, 0, 100),
    }
    for what, (value, least, most) in bounds.items():
        if value is not None and not least <= value <= most:
            raise ClaimRefused(
                text(f"{what}为 {value}，应在 {least} 至 {most} 之间", f"{what} is {value}: {least} to {most}.")
            )
