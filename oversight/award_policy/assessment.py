"""What a clause entitles to, with the arithmetic step by step as the policy text orders it.

    1 validity    in force on the day, in the policy's own province
    2 term        a loan or lease at least as long as the clause asks
    3 basis       interest of at most so many years; else the basis as it is
    4 share       rate x basis, or the fixed amount x count
    5 cap         at most the cap x count
    6 uplift      on top of the result, cap included
    7 floor       fractions of a fen are dropped, once
    8 earlier     less what was granted before under the same clause

Steps 3 to 6 are exact (fractions of a fen are carried); the sum equals ``validators.policies.entitlement``, which the
rules hold against awards as they come in. A clause that states no number is said to state none, never zero.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from math import floor
from typing import Final, Literal

from huiliu import division as divisions
from huiliu.money import Fen
from oversight.award_policy.claim import Claim, refuse_wrong
from oversight.award_policy.course import BASES, PER, Course, Step, percent, ratio, yuan
from validators.policy_file import WHOLE_BP, Clause, Policy

Verdict = Literal["ENTITLED", "AT_MOST", "NOTHING", "UNSTATED", "BASIS_MISSING"]

VERDICTS: Final = {
    "ENTITLED": ("应享", "entitled to"),
    "AT_MOST": ("至多", "at most"),
    "NOTHING": ("不享受", "entitled to nothing"),
    "UNSTATED": ("条文未载明数额", "the clause states no number"),
    "BASIS_MISSING": ("缺少计算基数", "the basis is not known"),
}


@dataclass(frozen=True, slots=True)
class Assessment:
    """What a claim is entitled to: fen, or None where no number can be said; and how it came about."""

    policy: Policy
    clause: Clause
    claim: Claim
    verdict: Verdict
    entitled: Fen | None
    uplift: bool
    steps: tuple[Step, ...]
    remarks: tuple[Step, ...]


def assess(policy: Policy, clause: Clause, claim: Claim) -> Assessment:
    """What the clause entitles the claim to. Raises ClaimRefused for a claim that cannot be."""
    refuse_wrong(claim, policy, clause)
    course = Course()
    if clause.note:
        course.remark("NOTE", clause.note, clause.note)
    if not (_valid(course, policy, claim) and _long_enough(course, clause, claim)):
        return _ended(policy, clause, claim, course, "NOTHING", Fen(0))
    amount = _granted(course, clause, claim)
    if amount is None:
        stated = clause.rate_bp is not None
        if not stated:
            course.step(
                "UNSTATED", f"条文未载明比例、上限或定额：“{clause.quote}”",
                f"the clause states neither rate nor cap nor amount: “{clause.quote}”",
            )  # fmt: skip
        return _ended(policy, clause, claim, course, "BASIS_MISSING" if stated else "UNSTATED", None)
    uplift = _uplifted(course, policy, claim)
    if uplift:
        amount = amount * (WHOLE_BP + clause.uplift_bp) / WHOLE_BP
        course.step(
            "UPLIFT",
            f"上浮 {percent(clause.uplift_bp)}：× {ratio(WHOLE_BP + clause.uplift_bp)} = {yuan(amount)}",
            f"uplift of {percent(clause.uplift_bp)}: × {ratio(WHOLE_BP + clause.uplift_bp)} = {yuan(amount, 'en')}",
            amount,
        )
    entitled = _floor(course, amount)
    left = _less_earlier(course, clause, claim, entitled)
    if clause.paid_year_after:
        course.remark("PAID_YEAR_AFTER", "在下一年度拨付", "paid in the year after")
    verdict: Verdict = "NOTHING" if left == 0 else "AT_MOST" if course.at_most else "ENTITLED"
    return _ended(policy, clause, claim, course, verdict, left, uplift=uplift)


def _ended(
    policy: Policy, clause: Clause, claim: Claim, course: Course, verdict: Verdict, sum_: Fen | None, *,
    uplift: bool = False,
) -> Assessment:  # fmt: skip
    return Assessment(policy, clause, claim, verdict, sum_, uplift, tuple(course.steps), tuple(course.remarks))


def _valid(course: Course, policy: Policy, claim: Claim) -> bool:
    until = str(policy.valid_to) if policy.valid_to else None
    span_zh = f"{policy.valid_from} 至 {until or '废止'}"
    span_en = f"{policy.valid_from} to {until or 'its revocation'}"
    valid = policy.in_force_on(claim.day)
    course.step(
        "VALIDITY",
        f"有效期 {span_zh}（第 {policy.version} 版）：{claim.day} {'在' if valid else '不在'}有效期内",
        f"in force {span_en} (version {policy.version}): {claim.day} is {'within' if valid else 'outside'}",
    )
    inside = divisions.within(claim.division, policy.province)
    if not inside:
        where = divisions.name(policy.province)
        course.step(
            "PROVINCE",
            f"政策适用于{where}，{claim.division}（{divisions.full_name(claim.division)}）不在其中",
            f"the policy is for {policy.province} ({where}); {claim.division} lies outside",
        )
    return valid and inside


def _long_enough(course: Course, clause: Clause, claim: Claim) -> bool:
    if clause.min_term_years is None:
        return True
    least = clause.min_term_years * 12
    if claim.term_months is None:
        course.remark(
            "TERM", f"未给出期限：须为 {clause.min_term_years} 年期及以上",
            f"no term given: it must be {clause.min_term_years} years or more",
        )  # fmt: skip
        return True
    enough = claim.term_months >= least
    course.step(
        "TERM",
        f"期限 {claim.term_months} 个月，要求 {least} 个月及以上：{'符合' if enough else '不符合'}",
        f"term of {claim.term_months} months, {least} or more asked: {'met' if enough else 'not met'}",
    )
    return enough


def _granted(course: Course, clause: Clause, claim: Claim) -> Fraction | None:
    """Steps 3 to 5: what the clause gives before any uplift; None where it says no number that applies."""
    if clause.amount_fen is not None:
        amount = Fraction(clause.amount_fen * claim.count)
        _times(course, "FIXED", "定额", "fixed amount", clause, clause.amount_fen, claim.count, amount)
        return amount
    share = _share(course, clause, claim)
    if clause.cap_fen is None:
        course.at_most = clause.rate_up_to
        return share
    cap = Fraction(clause.cap_fen * claim.count)
    _times(course, "CAP", "上限", "cap", clause, clause.cap_fen, claim.count, cap)
    if share is None:
        course.at_most = True
        if clause.rate_bp is not None:
            course.remark("BASIS", "未给出基数：只知上限", "no basis given: only the cap is known")
        return cap
    course.at_most = clause.rate_up_to
    least = min(share, cap)
    course.step(
        "LESSER",
        f"取较小者：min({yuan(share)}, {yuan(cap)}) = {yuan(least)}",
        f"the lesser: min({yuan(share, 'en')}, {yuan(cap, 'en')}) = {yuan(least, 'en')}",
        least,
    )
    return least


def _times(
    course: Course, code: str, zh: str, en: str, clause: Clause, each: int, count: int, amount: Fraction
) -> None:
    per_zh, per_en = PER[clause.per]
    course.step(
        code,
        f"{zh}：每{per_zh.removeprefix('个')} {yuan(each)} × {count} {per_zh} = {yuan(amount)}",
        f"{en}: {yuan(each, 'en')} per {per_en} × {count} = {yuan(amount, 'en')}",
        amount,
    )


def _share(course: Course, clause: Clause, claim: Claim) -> Fraction | None:
    basis = _basis(course, clause, claim) if clause.rate_bp is not None else None
    if basis is None or clause.rate_bp is None:
        return None
    share = basis * clause.rate_bp / WHOLE_BP
    course.step(
        "RATE",
        f"比例：{yuan(basis)} × {percent(clause.rate_bp)} = {yuan(share)}",
        f"rate: {yuan(basis, 'en')} × {percent(clause.rate_bp)} = {yuan(share, 'en')}",
        share,
    )
    return share


def _basis(course: Course, clause: Clause, claim: Claim) -> Fraction | None:
    """Step 3, in fen: of interest no more than the years that the clause counts."""
    zh, en = BASES[str(clause.basis)]
    most = None if clause.max_years is None else clause.max_years * 12
    counted = claim.months if claim.months is None or most is None else min(claim.months, most)
    if claim.loan is not None and counted is not None:
        interest = claim.loan.interest(counted)
        said = f"{yuan(claim.loan.principal)} × {claim.loan.market_rate}% × {counted}/12 = {yuan(interest)}"
        said_en = f"{yuan(claim.loan.principal, 'en')} × {claim.loan.market_rate}% × {counted}/12 = "
        course.step("BASIS", f"{zh}：{said}", f"{en}: {said_en}{yuan(interest, 'en')}", interest)
        _shortened(course, clause, claim)
        return interest
    if claim.basis is None:
        return None
    basis = Fraction(claim.basis)
    course.step("BASIS", f"{zh}：{yuan(basis)}", f"{en}: {yuan(basis, 'en')}", basis)
    if most is not None and claim.months is None:
        course.remark(
            "PERIOD", f"未给出贴息月数：按不超过 {clause.max_years} 年计",
            f"months of interest not given: taken as no more than {clause.max_years} years",
        )  # fmt: skip
    if claim.months is None or counted is None or counted == claim.months:
        return basis
    within = basis * counted / claim.months
    said = f"× {counted}/{claim.months} = "
    course.step(
        "PERIOD",
        f"贴息期不超过 {clause.max_years} 年：{said}{yuan(within)}",
        f"interest of at most {clause.max_years} years: {said}{yuan(within, 'en')}",
        within,
    )
    return within


def _shortened(course: Course, clause: Clause, claim: Claim) -> None:
    if clause.max_years is not None and claim.months is not None and claim.months > clause.max_years * 12:
        course.remark(
            "PERIOD", f"贴息期 {claim.months} 个月，只计 {clause.max_years} 年",
            f"of {claim.months} months only {clause.max_years} years count",
        )  # fmt: skip


def _uplifted(course: Course, policy: Policy, claim: Claim) -> bool:
    """Whether step 6 applies: as the claim says, else where the division lies in a city that is surely meant."""
    if policy.uplift is None:
        return False
    named = any(divisions.within(claim.division, city) for city in policy.uplift.divisions)
    if claim.uplift is not None:
        if claim.uplift and not named:
            course.remark(
                "UPLIFT_AREA", f"上浮依申报：{policy.uplift.where}，须核对名单",
                f"uplift as claimed: to be checked against the list of {policy.uplift.where}",
            )  # fmt: skip
        return claim.uplift
    if not named:
        course.remark(
            "UPLIFT_AREA",
            f"未计上浮：{claim.division} 不在名单确定的市内；如属“{policy.uplift.where}”，请加 --uplift",
            f"no uplift: {claim.division} is in no city surely meant; if it is one of "
            f"{policy.uplift.where}, add --uplift",
        )
    return named


def _floor(course: Course, amount: Fraction) -> Fen:
    whole = floor(amount)
    if whole != amount:
        course.step("FLOOR", f"舍去分以下：{yuan(whole)}", f"fractions of a fen dropped: {yuan(whole, 'en')}",
                    Fraction(whole))  # fmt: skip
    return Fen(whole)


def _less_earlier(course: Course, clause: Clause, claim: Claim, entitled: Fen) -> Fen:
    if clause.one_off:
        course.remark("ONE_OFF", "一次性奖补：同一对象只享受一次", "one-off: granted once for the same")
    if not claim.earlier:
        return entitled
    left = max(0, entitled - claim.earlier)
    course.step(
        "EARLIER",
        f"减本条款已有奖补：{yuan(entitled)} − {yuan(claim.earlier)}，余 {yuan(left)}",
        f"less earlier awards under the clause: {yuan(entitled, 'en')} − {yuan(claim.earlier, 'en')}, "
        f"{yuan(left, 'en')} left",
        Fraction(left),
    )
    return Fen(left)
