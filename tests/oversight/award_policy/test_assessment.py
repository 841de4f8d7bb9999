"""What a clause entitles to, from the words of its policy: sums worked out by hand from the texts, in yuan."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from fractions import Fraction
from math import floor
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from oversight.award_policy.assessment import Assessment, assess
from oversight.award_policy.claim import Claim, Loan
from oversight.award_policy.errors import ClaimRefused
from validators import policies
from validators.amounts import LARGEST_COUNT, LARGEST_FEN

WAN = 10_000
AH20, AH23, GS20, LN22 = "ah-2020-0493", "ah-2023-2025", "gs-2020-146", "ln-2022"
#: A district of Hefei, outside the uplift; a district of Fuyang, in northern Anhui; Lanzhou; Fushun.
HEFEI, FUYANG, LANZHOU, FUSHUN = "340104", "341202", "620102", "210402"
DAYS = {AH20: date(2021, 3, 1), AH23: date(2024, 5, 1), GS20: date(2021, 6, 1), LN22: date(2022, 6, 1)}

#: policy, clause, words of the text, division, claim (yuan), verdict, entitled (yuan)
TABLE: list[tuple[str, str, str, str, dict[str, Any], str, int | None]] = [
    (AH20, "equipment", "按照设备投资额的8%给与补贴", HEFEI, {"basis": 1_000 * WAN}, "ENTITLED", 80 * WAN),
    (AH20, "equipment", "按照设备投资额的8%给与补贴", HEFEI, {"basis": 200_000 * WAN}, "ENTITLED", 16_000 * WAN),
    (AH20, "equipment", "按照设备投资额的8%给与补贴", FUYANG, {"basis": 1_000 * WAN}, "ENTITLED", 80 * WAN),
    (AH20, "equipment", "按照设备投资额的8%给与补贴", HEFEI, {}, "BASIS_MISSING", None),
    (AH20, "smart-factory", "一次性奖补100万元、50万元", HEFEI, {}, "ENTITLED", 100 * WAN),
    (AH20, "smart-factory", "一次性奖补100万元、50万元", HEFEI, {"earlier": 100 * WAN}, "NOTHING", 0),
    (AH20, "digital-workshop", "一次性奖补100万元、50万元", HEFEI, {}, "ENTITLED", 50 * WAN),
    (AH20, "national-pilot", "一次性奖补200万元", HEFEI, {}, "ENTITLED", 200 * WAN),
    # at most 10 %, at most 5 million; in northern Anhui a fifth on top of the result
    (AH23, "1.demo", "给予最高10%的奖补,单个项目最高奖补500万元", HEFEI, {"basis": 4_000 * WAN}, "AT_MOST", 400 * WAN),
    (AH23, "1.demo", "给予最高10%的奖补,单个项目最高奖补500万元", HEFEI, {"basis": 5_000 * WAN}, "AT_MOST", 500 * WAN),
    (AH23, "1.demo", "给予最高10%的奖补,单个项目最高奖补500万元", HEFEI, {"basis": 8_000 * WAN}, "AT_MOST", 500 * WAN),
    (AH23, "1.demo", "给予最高10%的奖补,单个项目最高奖补500万元", FUYANG, {"basis": 4_000 * WAN}, "AT_MOST", 480 * WAN),
    (AH23, "1.demo", "给予最高10%的奖补,单个项目最高奖补500万元", FUYANG, {"basis": 8_000 * WAN}, "AT_MOST", 600 * WAN),
    (AH23, "1.demo", "给予最高10%的奖补,单个项目最高奖补500万元", HEFEI, {"basis": 0}, "NOTHING", 0),
    (AH23, "1.demo", "给予最高10%的奖补,单个项目最高奖补500万元", HEFEI, {}, "AT_MOST", 500 * WAN),
    (
        *(AH23, "1.demo", "给予最高10%的奖补,单个项目最高奖补500万元", HEFEI),
        *({"basis": 8_000 * WAN, "uplift": True, "earlier": 350 * WAN}, "AT_MOST", 250 * WAN),
    ),
    (AH23, "1.national-leader", "再分别奖补500万元、300万元、200万元", HEFEI, {}, "ENTITLED", 500 * WAN),
    (AH23, "1.national-leader", "再分别奖补500万元、300万元、200万元", FUYANG, {}, "ENTITLED", 600 * WAN),
    (AH23, "1.national-factory", "再分别奖补500万元、300万元、200万元", HEFEI, {}, "ENTITLED", 300 * WAN),
    (AH23, "1.national-scene", "再分别奖补500万元、300万元、200万元", HEFEI, {}, "ENTITLED", 200 * WAN),
    (AH23, "2.diagnosis", "按每户最高5万元对各地给予一定补助", HEFEI, {"count": 40}, "AT_MOST", 200 * WAN),
    (AH23, "2.provider", "给予最高100万元的一次性奖补", HEFEI, {}, "AT_MOST", 100 * WAN),
    (AH23, "2.software-pack", "根据实际使用量", HEFEI, {"basis": 30 * WAN}, "UNSTATED", None),
    (AH23, "3.park-sample", "每个符合条件的样板给予最高2000万元的奖补", HEFEI, {}, "AT_MOST", 2_000 * WAN),
    (AH23, "3.park-sample", "每个符合条件的样板给予最高2000万元的奖补", FUYANG, {}, "AT_MOST", 2_400 * WAN),
    (AH23, "4.platform-cross", "双跨型平台最高3000万元", HEFEI, {}, "AT_MOST", 3_000 * WAN),
    (AH23, "4.platform-industry", "最高1000万元奖补", HEFEI, {}, "AT_MOST", 1_000 * WAN),
    (AH23, "4.platform-enterprise", "企业级平台一次性奖补100万元", HEFEI, {}, "ENTITLED", 100 * WAN),
    (AH23, "5.brand", "分别奖补200万元", HEFEI, {"count": 2}, "ENTITLED", 400 * WAN),
    (AH23, "5.standard-international", "每个标准分别给予一次性最高奖补100万元", HEFEI, {}, "AT_MOST", 100 * WAN),
    (AH23, "5.standard-national", "最高奖补100万元、50万元", HEFEI, {"count": 3}, "AT_MOST", 150 * WAN),
    (AH23, "6.green", "分别一次性奖补100万元", HEFEI, {}, "ENTITLED", 100 * WAN),
    (AH23, "6.green", "分别一次性奖补100万元", FUYANG, {}, "ENTITLED", 120 * WAN),
    (AH23, "7.software-core", "工业软件关键核心技术攻关给予最高1000万元", HEFEI, {}, "AT_MOST", 1_000 * WAN),
    (AH23, "7.software-cloud", "工业软件云服务平台给予最高1000万元", HEFEI, {}, "AT_MOST", 1_000 * WAN),
    (AH23, "7.software-firm", "工业软件企业主体培育给予最高1000万元", HEFEI, {}, "AT_MOST", 1_000 * WAN),
    (AH23, "7.software-product", "产品研发创新给予最高500万元", HEFEI, {}, "AT_MOST", 500 * WAN),
    (AH23, "7.software-adoption", "工业软件推广应用给予最高300万元", HEFEI, {}, "AT_MOST", 300 * WAN),
    (AH23, "7.software-cluster", "软件产业集聚发展给予最高200万元", HEFEI, {}, "AT_MOST", 200 * WAN),
    (AH23, "7.knowledge-data", "工业知识数据创新给予20万元补助", HEFEI, {}, "ENTITLED", 20 * WAN),
    # 40 % of the interest at the market rate, at most three years, at most 5 million, loans of a year and more
    (AH23, "8.loan-interest", "利率40%给予贴息", HEFEI, {"basis": 1_000 * WAN, "months": 36}, "ENTITLED", 400 * WAN),
    (AH23, "8.loan-interest", "贴息期不超过3年", HEFEI, {"basis": 1_000 * WAN, "months": 60}, "ENTITLED", 240 * WAN),
    (AH23, "8.loan-interest", "最高500万元", HEFEI, {"basis": 2_000 * WAN, "months": 24}, "ENTITLED", 500 * WAN),
    (AH23, "8.loan-interest", "最高500万元", FUYANG, {"basis": 2_000 * WAN, "months": 24}, "ENTITLED", 600 * WAN),
    (AH23, "8.loan-interest", "1年期及以上项目贷款", HEFEI, {"basis": 100 * WAN, "term_months": 11}, "NOTHING", 0),
    (
        AH23,
        "8.loan-interest",
        "1年期及以上项目贷款",
        HEFEI,
        {"basis": 100 * WAN, "term_months": 12},
        "ENTITLED",
        40 * WAN,
    ),
    # 40 % of the lease interest paid, at most two years, at most 3 million, leases of three years and more
    (AH23, "8.lease-interest", "租息的40%给予贴息", HEFEI, {"basis": 500 * WAN}, "ENTITLED", 200 * WAN),
    (AH23, "8.lease-interest", "贴息期不超过2年", HEFEI, {"basis": 500 * WAN, "months": 40}, "ENTITLED", 120 * WAN),
    (AH23, "8.lease-interest", "最高300万元", HEFEI, {"basis": 1_000 * WAN}, "ENTITLED", 300 * WAN),
    (AH23, "8.lease-interest", "3年期及以上", HEFEI, {"basis": 500 * WAN, "term_months": 35}, "NOTHING", 0),
    (AH23, "8.lease-interest", "3年期及以上", HEFEI, {"basis": 500 * WAN, "term_months": 36}, "ENTITLED", 200 * WAN),
    (AH23, "9.new-mode", "按照实际投资规模的1%对服务商给予奖补", HEFEI, {"basis": 10_000 * WAN}, "ENTITLED", 100 * WAN),
    (AH23, "9.new-mode", "单个项目最高200万元", HEFEI, {"basis": 50_000 * WAN}, "ENTITLED", 200 * WAN),
    (AH23, "9.new-mode", "单个项目最高200万元", FUYANG, {"basis": 50_000 * WAN}, "ENTITLED", 240 * WAN),
    (GS20, "diagnosis", "每户企业补助技术服务费 5 万元", LANZHOU, {"count": 50}, "ENTITLED", 250 * WAN),
    # what Fushun was granted is told, by what standard is not
    (LN22, "technology-promotion", "奖励性后补助资金 200 万元", FUSHUN, {}, "UNSTATED", None),
    (LN22, "identifier-node", "奖励共 1000 万元", FUSHUN, {"count": 2}, "UNSTATED", None),
    (LN22, "digital-liaoning", "奖励共 460 万元", FUSHUN, {"count": 12}, "UNSTATED", None),
    (LN22, "first-set-insurance", "补贴资金 237.5 万元", FUSHUN, {"count": 4}, "UNSTATED", None),
    (LN22, "open-competition", "各获得 100 万科技专项资金支持", FUSHUN, {}, "UNSTATED", None),
    (LN22, "pilot-base", "获批项目资金 200 万元", FUSHUN, {}, "UNSTATED", None),
]


def assessed(policy: str, clause: str, claim: Claim) -> Assessment:
    return assess(policies.policy(policy), policies.clause(policy, clause), claim)


def claimed(policy: str, division: str, told: dict[str, Any]) -> Claim:
    in_fen = {name: value * 100 if name in ("basis", "earlier") else value for name, value in told.items()}
    return Claim(division=division, day=DAYS[policy], **in_fen)


@pytest.mark.parametrize(("policy", "clause", "words", "division", "told", "verdict", "entitled"), TABLE)
def test_a_clause_entitles_to_what_its_text_says(
    policy: str, clause: str, words: str, division: str, told: dict[str, Any], verdict: str, entitled: int | None
) -> None:
    assert words in policies.clause(policy, clause).quote
    found = assessed(policy, clause, claimed(policy, division, told))
    assert (found.verdict, found.entitled) == (verdict, None if entitled is None else entitled * 100)
    assert all(step.zh and step.en for step in (*found.steps, *found.remarks))


def test_no_clause_is_left_out_of_the_table() -> None:
    assert {(one.policy, one.clause) for one in policies.clauses()} == {row[:2] for row in TABLE}


def test_the_steps_show_rate_cap_and_uplift_in_the_order_of_the_text() -> None:
    found = assessed(AH23, "1.demo", claimed(AH23, FUYANG, {"basis": 8_000 * WAN}))
    assert [step.code for step in found.steps] == ["VALIDITY", "BASIS", "RATE", "CAP", "LESSER", "UPLIFT"]
    assert [step.amount for step in found.steps[1:]] == [n * WAN * 100 for n in (8_000, 800, 500, 500, 600)]
    assert "80,000,000.00 元 × 10% = 8,000,000.00 元" in found.steps[2].zh
    assert "× 1.2 = 6,000,000.00 CNY" in found.steps[5].en


def test_the_interest_of_a_loan_is_principal_by_market_rate_by_months() -> None:
    loan = Loan(principal=10_000 * WAN * 100, market_rate=Decimal("3.45"))
    claim = Claim(division=HEFEI, day=DAYS[AH23], loan=loan, months=60, term_months=60)
    found = assessed(AH23, "8.loan-interest", claim)
    assert found.entitled == 414 * WAN * 100  # 100 million x 3.45 % x 3 years x 40 %
    assert "PERIOD" in [remark.code for remark in found.remarks]


def test_fractions_of_a_fen_are_dropped_once_and_said() -> None:
    found = assessed(AH23, "1.demo", Claim(division=FUYANG, day=DAYS[AH23], basis=99))
    assert found.entitled == 11  # 99 fen x 10 % x 1.2 = 11.88 fen: not 9 x 1.2 = 10.8
    assert found.steps[-1].code == "FLOOR"


@pytest.mark.parametrize(
    ("day", "division", "missing"),
    [
        (date(2023, 2, 24), HEFEI, "不在有效期内"),
        (date(2026, 1, 1), HEFEI, "不在有效期内"),
        (date(2024, 5, 1), LANZHOU, "不在其中"),
    ],
)
def test_outside_its_validity_or_province_a_policy_entitles_to_nothing(day: date, division: str, missing: str) -> None:
    found = assessed(AH23, "1.national-leader", Claim(division=division, day=day))
    assert (found.verdict, found.entitled) == ("NOTHING", 0)
    assert missing in found.steps[-1].zh


def test_both_days_of_the_validity_are_within_it() -> None:
    for day in (date(2023, 2, 25), date(2025, 12, 31)):
        assert assessed(AH23, "1.national-leader", Claim(division=HEFEI, day=day)).verdict == "ENTITLED"


def test_outside_the_cities_that_are_surely_meant_the_uplift_has_to_be_claimed() -> None:
    jinzhai = Claim(division="341524", day=DAYS[AH23])
    found = assessed(AH23, "6.green", jinzhai)
    assert (found.entitled, found.uplift) == (100 * WAN * 100, False)
    assert "--uplift" in next(one.zh for one in found.remarks if one.code == "UPLIFT_AREA")
    claimed_so = assessed(AH23, "6.green", replace(jinzhai, uplift=True))
    assert (claimed_so.entitled, claimed_so.uplift) == (120 * WAN * 100, True)
    assert "UPLIFT_AREA" in [one.code for one in claimed_so.remarks]
    assert assessed(AH23, "6.green", replace(jinzhai, division=FUYANG, uplift=False)).entitled == 100 * WAN * 100


@pytest.mark.parametrize(
    ("policy", "clause", "told", "named"),
    [
        (AH23, "1.demo", {"basis": -1}, "基数"),
        (AH23, "1.demo", {"basis": LARGEST_FEN + 1}, "基数"),
        (AH23, "1.demo", {"count": 0}, "个数"),
        (AH23, "1.demo", {"earlier": -1}, "已有奖补"),
        (AH23, "1.demo", {"months": 12}, "没有贴息期"),
        (AH23, "1.demo", {"term_months": 12}, "没有期限"),
        (AH23, "6.green", {"basis": 1}, "不按基数"),
        (AH23, "8.loan-interest", {"months": 0}, "贴息月数"),
        (AH23, "8.loan-interest", {"loan": Loan(principal=1, market_rate=Decimal("3.45"))}, "贴息月数"),
        (AH23, "8.loan-interest", {"loan": Loan(principal=1, market_rate=Decimal(345)), "months": 1}, "利率"),
        (AH23, "8.lease-interest", {"loan": Loan(principal=1, market_rate=Decimal(3)), "months": 1}, "贷款贴息"),
        (AH20, "equipment", {"basis": 1, "uplift": True}, "没有上浮"),
        (AH23, "6.green", {"division": "999999"}, "999999"),
    ],
)
def test_a_claim_that_cannot_be_is_refused_with_what_to_change(
    policy: str, clause: str, told: dict[str, Any], named: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HUILIU_LANGUAGE", "zh")
    with pytest.raises(ClaimRefused, match=named):
        assessed(policy, clause, Claim(**{"division": HEFEI, "day": DAYS[policy], **told}))


CLAUSES = st.sampled_from(policies.clauses())
WITH_RATE = st.sampled_from([one for one in policies.clauses() if one.rate_bp is not None])
BASES = st.integers(0, LARGEST_FEN)
WHERE = {"340000": (HEFEI, FUYANG), "620000": (LANZHOU,), "210000": (FUSHUN,)}


@settings(deadline=None)
@given(CLAUSES, st.data(), st.one_of(st.none(), BASES), st.integers(1, LARGEST_COUNT), st.integers(1, 9))
def test_the_sum_equals_the_one_that_awards_are_held_against(
    clause: policies.Clause, data: st.DataObject, basis: int | None, count: int, years: int
) -> None:
    told = {"basis": basis if clause.basis else None, "months": years * 12 if clause.max_years else None}
    division = data.draw(st.sampled_from(WHERE[policies.policy(clause.policy).province]))
    found = assessed(
        clause.policy, clause.clause, Claim(division=division, day=DAYS[clause.policy], count=count, **told)
    )
    held = policies.entitlement(clause, told["basis"], uplift=division == FUYANG, count=count, years=years)
    assert found.entitled == held


@settings(deadline=None)
@given(WITH_RATE, BASES, BASES, st.sampled_from([HEFEI, FUYANG]))
def test_more_basis_never_entitles_to_less(clause: policies.Clause, one: int, other: int, division: str) -> None:
    sums = [
        assessed(clause.policy, clause.clause, Claim(division=division, day=DAYS[clause.policy], basis=basis)).entitled
        for basis in sorted((one, other))
    ]
    assert sums[0] is not None and sums[1] is not None
    assert sums[0] <= sums[1]


@settings(deadline=None)
@given(WITH_RATE, BASES, st.integers(1, LARGEST_COUNT), st.integers(1, 120), st.booleans())
def test_no_claim_is_above_cap_by_count_by_uplift_nor_above_its_exact_share(
    clause: policies.Clause, basis: int, count: int, months: int, north: bool
) -> None:
    claim = Claim(
        division=FUYANG if north else HEFEI,
        day=DAYS[clause.policy],
        basis=basis,
        count=count,
        months=months if clause.max_years else None,
    )
    found = assessed(clause.policy, clause.clause, claim)
    factor = Fraction(10_000 + (clause.uplift_bp if north else 0), 10_000)
    counted = Fraction(min(months, clause.max_years * 12), months) if clause.max_years else 1
    exact = Fraction(basis * (clause.rate_bp or 0), 10_000) * counted * factor
    assert found.entitled is not None and 0 <= found.entitled <= exact
    if clause.cap_fen is not None:
        assert found.entitled <= floor(clause.cap_fen * count * factor)
        exact = min(exact, clause.cap_fen * count * factor)
    assert found.entitled == floor(exact)


@settings(deadline=None)
@given(CLAUSES, st.integers(0, LARGEST_FEN))
def test_what_was_granted_before_and_what_is_left_make_up_the_entitlement(
    clause: policies.Clause, earlier: int
) -> None:
    division = WHERE[policies.policy(clause.policy).province][0]
    whole = Claim(division=division, day=DAYS[clause.policy])
    entitled = assessed(clause.policy, clause.clause, whole).entitled
    left = assessed(clause.policy, clause.clause, replace(whole, earlier=earlier)).entitled
    assert left == (None if entitled is None else max(0, entitled - earlier))
