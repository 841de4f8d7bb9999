"""Each clause allows what the words of its policy say: the numbers were written by hand from the texts, in yuan."""

from __future__ import annotations

from datetime import date

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from validators import policies, policy_columns
from validators.amounts import LARGEST_COUNT, LARGEST_FEN
from validators.policies import Clause

WAN = 10_000

#: policy, clause, basis (yuan), uplift claimed, count, allowed (yuan); None: the text states no number
ALLOWED = [
    # 按照设备投资额的8%给与补贴, no cap, no uplift in this policy
    ("ah-2020-0493", "equipment", 1_000 * WAN, False, 1, 80 * WAN),
    ("ah-2020-0493", "equipment", 100_000 * WAN, False, 1, 8_000 * WAN),
    ("ah-2020-0493", "equipment", 1_000 * WAN, True, 1, 80 * WAN),
    ("ah-2020-0493", "equipment", None, False, 1, None),
    # 智能工厂、数字化车间，分别给予企业一次性奖补100万元、50万元；国家智能制造试点示范项目200万元
    ("ah-2020-0493", "smart-factory", None, False, 1, 100 * WAN),
    ("ah-2020-0493", "digital-workshop", None, False, 1, 50 * WAN),
    ("ah-2020-0493", "digital-workshop", None, False, 3, 150 * WAN),
    ("ah-2020-0493", "national-pilot", None, False, 1, 200 * WAN),
    # 按项目设备、工业软件购置额,给予最高10%的奖补,单个项目最高奖补500万元; 上浮20%
    ("ah-2023-2025", "1.demo", 4_000 * WAN, False, 1, 400 * WAN),
    ("ah-2023-2025", "1.demo", 5_000 * WAN, False, 1, 500 * WAN),
    ("ah-2023-2025", "1.demo", 8_000 * WAN, False, 1, 500 * WAN),
    ("ah-2023-2025", "1.demo", 4_000 * WAN, True, 1, 480 * WAN),
    ("ah-2023-2025", "1.demo", 8_000 * WAN, True, 1, 600 * WAN),
    ("ah-2023-2025", "1.demo", None, True, 1, 600 * WAN),
    ("ah-2023-2025", "1.demo", 20_000 * WAN, False, 2, 1_000 * WAN),
    # 再分别奖补500万元、300万元、200万元
    ("ah-2023-2025", "1.national-leader", None, False, 1, 500 * WAN),
    ("ah-2023-2025", "1.national-leader", None, True, 1, 600 * WAN),
    ("ah-2023-2025", "1.national-factory", None, False, 1, 300 * WAN),
    ("ah-2023-2025", "1.national-scene", None, False, 1, 200 * WAN),
    # 按每户最高5万元; 服务商最高100万元; 软件服务包 states no number
    ("ah-2023-2025", "2.diagnosis", None, False, 1, 5 * WAN),
    ("ah-2023-2025", "2.diagnosis", None, False, 200, 1_000 * WAN),
    ("ah-2023-2025", "2.provider", None, False, 1, 100 * WAN),
    ("ah-2023-2025", "2.software-pack", 30 * WAN, False, 1, None),
    # 每个符合条件的样板最高2000万元
    ("ah-2023-2025", "3.park-sample", None, False, 1, 2_000 * WAN),
    ("ah-2023-2025", "3.park-sample", None, True, 1, 2_400 * WAN),
    # 双跨型平台最高3000万元,行业型等最高1000万元,企业级平台一次性100万元
    ("ah-2023-2025", "4.platform-cross", None, False, 1, 3_000 * WAN),
    ("ah-2023-2025", "4.platform-industry", None, False, 1, 1_000 * WAN),
    ("ah-2023-2025", "4.platform-enterprise", None, False, 1, 100 * WAN),
    # 分别奖补200万元; 每个标准分别给予一次性最高奖补100万元、50万元
    ("ah-2023-2025", "5.brand", None, False, 1, 200 * WAN),
    ("ah-2023-2025", "5.brand", None, False, 2, 400 * WAN),
    ("ah-2023-2025", "5.standard-international", None, False, 1, 100 * WAN),
    ("ah-2023-2025", "5.standard-national", None, False, 1, 50 * WAN),
    ("ah-2023-2025", "5.standard-national", None, False, 3, 150 * WAN),
    # 分别一次性奖补100万元
    ("ah-2023-2025", "6.green", None, False, 1, 100 * WAN),
    ("ah-2023-2025", "6.green", None, True, 1, 120 * WAN),
    # 1000, 1000, 1000, 500, 300, 200 at most; 20 fixed
    ("ah-2023-2025", "7.software-core", None, False, 1, 1_000 * WAN),
    ("ah-2023-2025", "7.software-cloud", None, False, 1, 1_000 * WAN),
    ("ah-2023-2025", "7.software-firm", None, False, 1, 1_000 * WAN),
    ("ah-2023-2025", "7.software-product", None, False, 1, 500 * WAN),
    ("ah-2023-2025", "7.software-adoption", None, False, 1, 300 * WAN),
    ("ah-2023-2025", "7.software-cluster", None, False, 1, 200 * WAN),
    ("ah-2023-2025", "7.knowledge-data", None, False, 1, 20 * WAN),
    # 市场报价利率40%给予贴息,最高500万元; 租息的40%,最高300万元
    ("ah-2023-2025", "8.loan-interest", 1_000 * WAN, False, 1, 400 * WAN),
    ("ah-2023-2025", "8.loan-interest", 2_000 * WAN, False, 1, 500 * WAN),
    ("ah-2023-2025", "8.loan-interest", 1_000 * WAN, True, 1, 480 * WAN),
    ("ah-2023-2025", "8.lease-interest", 500 * WAN, False, 1, 200 * WAN),
    ("ah-2023-2025", "8.lease-interest", 1_000 * WAN, False, 1, 300 * WAN),
    ("ah-2023-2025", "8.lease-interest", 1_000 * WAN, True, 1, 360 * WAN),
    # 实际投资规模的1%,单个项目最高200万元
    ("ah-2023-2025", "9.new-mode", 10_000 * WAN, False, 1, 100 * WAN),
    ("ah-2023-2025", "9.new-mode", 50_000 * WAN, False, 1, 200 * WAN),
    ("ah-2023-2025", "9.new-mode", 50_000 * WAN, True, 1, 240 * WAN),
    # 每户企业补助技术服务费 5 万元, no uplift
    ("gs-2020-146", "diagnosis", None, False, 1, 5 * WAN),
    ("gs-2020-146", "diagnosis", None, True, 50, 250 * WAN),
    # Liaoning: sums granted are told, standards are not
    ("ln-2022", "technology-promotion", None, False, 1, None),
    ("ln-2022", "identifier-node", None, False, 2, None),
    ("ln-2022", "digital-liaoning", None, False, 12, None),
    ("ln-2022", "first-set-insurance", None, False, 4, None),
    ("ln-2022", "open-competition", None, False, 1, None),
    ("ln-2022", "pilot-base", None, False, 1, None),
]


def fen(yuan: int | None) -> int | None:
    return None if yuan is None else yuan * 100


@pytest.mark.parametrize(("policy", "code", "basis", "uplift", "count", "allowed"), ALLOWED)
def test_a_clause_allows_what_its_policy_says(
    policy: str, code: str, basis: int | None, uplift: bool, count: int, allowed: int | None
) -> None:
    clause = policies.clause(policy, code)
    assert policies.entitlement(clause, fen(basis), uplift=uplift, count=count) == fen(allowed)


def test_no_clause_is_left_out_of_the_table() -> None:
    assert {(clause.policy, clause.clause) for clause in policies.clauses()} == {row[:2] for row in ALLOWED}


def test_fractions_of_a_fen_are_dropped_once_at_the_end() -> None:
    demo = policies.clause("ah-2023-2025", "1.demo")
    assert policies.entitlement(demo, 99) == 9
    assert policies.entitlement(demo, 99, uplift=True) == 11  # 11.88: not 9 x 1.2 = 10.8


def test_interest_counts_for_three_years_of_a_loan_and_two_of_a_lease() -> None:
    loan = policies.clause("ah-2023-2025", "8.loan-interest")
    lease = policies.clause("ah-2023-2025", "8.lease-interest")
    assert policies.entitlement(loan, fen(500 * WAN), years=5) == fen(120 * WAN)  # 40 % of three fifths
    assert policies.entitlement(loan, fen(500 * WAN), years=3) == fen(200 * WAN)
    assert policies.entitlement(lease, fen(400 * WAN), years=4, term_years=4) == fen(80 * WAN)


def test_a_loan_or_lease_that_is_too_short_earns_nothing() -> None:
    loan = policies.clause("ah-2023-2025", "8.loan-interest")
    lease = policies.clause("ah-2023-2025", "8.lease-interest")
    assert policies.entitlement(loan, fen(500 * WAN), term_years=0) == 0
    assert policies.entitlement(lease, fen(500 * WAN), term_years=2) == 0
    assert policies.entitlement(lease, fen(500 * WAN), term_years=3) == fen(200 * WAN)


def test_a_policy_is_in_force_in_the_years_its_text_names() -> None:
    measures = policies.policy("ah-2023-2025")
    assert [year for year in range(2020, 2030) if measures.in_force(year)] == [2023, 2024, 2025]
    assert (measures.valid_from, measures.valid_to) == (date(2023, 2, 25), date(2025, 12, 31))
    assert policies.policy("ah-2020-0493").in_force(2040)


def test_only_the_measures_of_anhui_have_an_uplift_of_a_fifth() -> None:
    uplifts = {code: policy.uplift.rate_bp for code, policy in policies.policies().items() if policy.uplift}
    assert uplifts == {"ah-2023-2025": 2000}


def test_every_clause_quotes_the_words_it_rests_on_and_names_its_text() -> None:
    for policy in policies.policies().values():
        assert policy.source.endswith(".txt") and "/" not in policy.source
        for clause in policy.clauses.values():
            assert clause.quote and clause.article and clause.zh and clause.en
            assert not (clause.amount_fen is not None and clause.cap_fen is not None)


@pytest.mark.parametrize(("policy", "code"), [("ah-1999", "1.demo"), ("ah-2023-2025", "10.demo")])
def test_an_unknown_policy_or_clause_is_named_with_what_there_is(policy: str, code: str) -> None:
    with pytest.raises(policies.PolicyUnknown, match="ah-2023-2025"):
        policies.clause(policy, code)


def test_the_frame_has_one_row_for_each_clause() -> None:
    frame = policies.frame()
    assert len(frame) == len(policies.clauses()) == frame.select("policy", "clause").n_unique()
    assert frame.filter(clause="2.software-pack")["last_year"].item() == 2026


BASES = st.one_of(st.none(), st.integers(0, LARGEST_FEN))


@given(
    rows=st.lists(
        st.tuples(st.sampled_from(policies.clauses()), BASES, st.booleans(), st.integers(1, LARGEST_COUNT)), min_size=1
    )
)
def test_columns_and_single_events_are_allowed_the_same(rows: list[tuple[Clause, int | None, bool, int]]) -> None:
    frame = pl.DataFrame(
        {
            "policy": [clause.policy for clause, *_ in rows],
            "clause": [clause.clause for clause, *_ in rows],
            "basis": pl.Series([basis for _, basis, *_ in rows], dtype=pl.Int64),
            "uplift": [uplift for *_, uplift, _ in rows],
            "payee_count": pl.Series([count for *_, count in rows], dtype=pl.Int32),
        }
    )
    told = frame.select(
        policy_columns.allowed().alias("allowed"),
        policy_columns.ceiling().alias("ceiling"),
        policy_columns.by_rate().alias("by_rate"),
    )
    assert told.rows() == [
        (
            policies.entitlement(clause, basis, uplift=uplift, count=count),
            policies.ceiling(clause, uplift=uplift, count=count),
            None if basis is None else policies.by_rate(clause, basis, uplift=uplift),
        )
        for clause, basis, uplift, count in rows
    ]


def test_columns_of_unknown_clauses_allow_no_number() -> None:
    frame = pl.DataFrame({"policy": ["x"], "clause": ["y"], "basis": [1], "uplift": [False], "payee_count": [1]})
    assert frame.select(policy_columns.allowed()).item() is None
    assert frame.select(policy_columns.known()).item() is False
