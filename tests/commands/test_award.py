"""huiliu award: clauses, assess, entitled and guard, as a user runs them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from validators import policies

DEMO = ("award", "assess", "--policy", "ah-2023-2025", "--clause", "1.demo")
FIRM = "91340100MA2MQ1232Q"
FACTORY, WORKS = "2501-340104-04-01-000001", "2501-341202-04-01-000002"

PROJECTS = """
insert into project (project_code, division, city, name, enterprise, industry, programme, tier, stage, month,
    planned_investment, cumulative_investment, equipment_investment, software_investment, progress, actual_completion,
    planned_start, planned_completion, actual_start, revision, reported_at, flagged, content, received_at, intake,
    "offset", known_from)
values ('2501-340104-04-01-000001', 340104, 340100, '智能工厂', '91340100MA2MQ1232Q', '3670', 'SMART_FACTORY',
    'PROVINCE', 'COMPLETED', '2025-05', 10000000000, 10000000000, 4000000000, 1000000000, 100, '2025-04-01',
    '2024-01-01', '2025-06-30', '2024-02-01', 1, '2025-05-02', false, 0, '2025-05-02', 1, 1, '2025-05-02'),
    ('2501-341202-04-01-000002', 341202, 341200, '车间改造', '91340100149067617J', '3670', 'DIGITAL_WORKSHOP', 'CITY',
    'BUILDING', '2025-05', 10000000000, 5000000000, 4000000000, null, 50, null, '2025-01-01', '2025-12-31',
    '2025-01-15', 1, '2025-05-02', false, 0, '2025-05-02', 1, 2, '2025-05-02')
"""
AWARDS = """
insert into award (award_number, division, city, policy, clause, fiscal_year, project_code, payee, payee_name,
    payee_count, basis, amount, uplift, level, mode, status, approved_on, paid_on, paid_amount, revision, reported_at,
    flagged, content, received_at, intake, "offset", known_from)
values ('A1', 340104, 340100, 'ah-2023-2025', '1.demo', 2025, '2501-340104-04-01-000001', '91340100MA2MQ1232Q',
    '安徽甲科技有限公司', 1, 5000000000, 400000000, false, 'PROVINCE', 'APPLICATION', 'PAID', '2025-05-01',
    '2025-06-01', 400000000, 1, '2025-06-02', false, 0, '2025-06-02', 2, 1, '2025-06-02'),
    ('A2', 340104, 340100, 'ah-2023-2025', '9.new-mode', 2025, null, '91340100149067617J', '安徽甲科技集团有限公司', 1,
    null, 5000000, false, 'CITY', 'APPLICATION', 'PROPOSED', null, null, null, 1, '2025-06-02', false, 0, '2025-06-02',
    2, 2, '2025-06-02')
"""


def test_a_claim_is_assessed_step_by_step_in_both_languages(huiliu: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    claim = (*DEMO, "--division", "341202", "--on", "2024-05-01", "--basis", "8000万")
    shown = huiliu(*claim).out
    assert "80,000,000.00 元 × 10% = 8,000,000.00 元" in shown and shown.endswith("至多 6,000,000.00 元\n")
    answer = huiliu(*claim, "--json").last
    assert (answer["verdict"], answer["entitled_fen"], answer["entitled_yuan"]) == (
        "AT_MOST",
        600_000_000,
        "6000000.00",
    )
    assert answer["steps"][-1]["fen"] == [600_000_000, 1] and answer["steps"][-1]["en"].startswith("uplift of 20%")
    monkeypatch.setenv("HUILIU_LANGUAGE", "en")
    assert "at most 6,000,000.00 CNY" in huiliu(*claim).out
    loan = ("award", "assess", "--policy", "ah-2023-2025", "--clause", "8.loan-interest", "--division", "340104")
    told = (*loan, "--on", "2024-05-01", "--principal", "1亿", "--lpr", "3.45%", "--months", "60", "--term", "60")
    assert huiliu(*told, "--json").last["entitled_fen"] == 414_000_000


def test_clauses_are_listed_with_their_standard(huiliu: Any) -> None:
    assert "设备与工业软件购置额的 10%，最高 5,000,000.00 元" in huiliu("award", "clauses").out
    told = huiliu("award", "clauses", "--policy", "ln-2022", "--json").last["clauses"]
    assert len(told) == 6 and all(one["cap_fen"] is None for one in told)


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        (DEMO, "--division"),
        ((*DEMO, "--division", "341202", "--basis", "八千万"), "八千万"),
        ((*DEMO, "--division", "341202", "--basis", "0.001"), "0.001"),
        ((*DEMO, "--division", "341202", "--on", "2024"), "2024"),
        ((*DEMO, "--division", "999999"), "999999"),
        ((*DEMO, "--division", "341202", "--months", "3"), "没有贴息期"),
        ((*DEMO, "--division", "341202", "--lpr", "3"), "--principal"),
        ((*DEMO, "--division", "341202", "--lpr", "nan", "--principal", "1"), "nan"),
        ((*DEMO, "--division", "341202", "--lpr", "x", "--principal", "1"), "3.45"),
        ((*DEMO[:4], "--clause", "99", "--division", "341202"), "9.new-mode"),
        (("award", "assess", "--policy", "x", "--clause", "y", "--division", "341202"), "ah-2023-2025"),
        (("award", "clauses", "--policy", "x"), "ah-2023-2025"),
        ((*DEMO, "--division", "341202", "--draft", "/nowhere/draft.json"), "draft.json"),
    ],
)
def test_what_cannot_be_assessed_is_refused_with_what_to_do(
    huiliu: Any, arguments: tuple[str, ...], named: str
) -> None:
    answer = huiliu(*arguments)
    assert answer.code == 2
    assert named in answer.err


def test_a_draft_is_tried_before_it_is_installed_and_refused_where_it_overlaps(huiliu: Any, tmp_path: Path) -> None:
    told = json.loads((Path(policies.__file__).parent / "policies" / "ah-2023-2025.json").read_text("utf-8"))
    told |= {"version": 2, "valid_from": "2026-01-01", "valid_to": "2026-12-31"}
    told["clauses"][0]["cap_fen"] = 300_000_000
    draft = tmp_path / "draft.json"
    draft.write_text(json.dumps(told), "utf-8")
    claim = (*DEMO, "--division", "340104", "--basis", "8000万", "--draft", str(draft), "--json")
    assert huiliu(*claim, "--on", "2026-03-01").last["entitled_fen"] == 300_000_000
    assert huiliu(*claim, "--on", "2025-03-01").last["entitled_fen"] == 500_000_000
    draft.write_text(json.dumps(told | {"valid_from": "2025-06-01"}), "utf-8")
    answer = huiliu(*claim)
    assert answer.code == 2 and "2025-05-31" in answer.err


@pytest.mark.live
def test_the_hubs_own_projects_and_awards_tell_entitlement_and_stacking(at_hub: Any, huiliu: Any) -> None:
    with at_hub.warehouse.batch() as connection:
        connection.execute(text(PROJECTS))
        connection.execute(text(AWARDS))

    told = huiliu(*DEMO, "--project", FACTORY, "--json").last
    assert (told["entitled_fen"], told["basis_fen"], told["day"]) == (100_000_000, 5_000_000_000, "2025-04-01")
    assert "EARLIER" in [step["code"] for step in told["steps"]]
    assert "未竣工" in huiliu(*DEMO, "--project", WORKS).err
    assert "没有项目" in huiliu(*DEMO, "--project", "2501-340104-04-01-999999").err
    assert huiliu(*DEMO, "--project", FACTORY, "--as-of", "2025-05-03", "--json").last["entitled_fen"] == 500_000_000

    (one,) = huiliu("award", "entitled", "--year", "2025", "--json").last["entitled"]
    assert (one["clause"], one["verdict"], one["entitled_fen"]) == ("smart-factory", "ENTITLED", 100_000_000)
    every = huiliu("award", "entitled", "--year", "2025", "--all").out
    assert "已申请或已享受" in every and "A1" in every
    assert "项目库层级" in huiliu("award", "entitled", "--project", WORKS).out
    assert "没有应享而未享的" in huiliu("award", "entitled", "--year", "2024").out
    assert huiliu("award", "entitled", "--year", "2025", "--division", "341200", "--json").last["rows"] == 0

    assert "没有超出" in huiliu("award", "guard").out
    answer = huiliu("award", "guard", "--project", FACTORY, "--add", "ah-2023-2025/1.demo=150万", "--level", "CITY")
    assert answer.code == 3
    assert "超出 500,000.00 元，其中未拨付可停 500,000.00 元" in answer.out
    assert "可能关联（名称相近 安徽甲科技） 91340100149067617J" in answer.out
    assert f"{FIRM[:-1]}X 没有奖补" in huiliu("award", "guard", "--payee", f"{FIRM[:-1]}X").out
    assert huiliu("award", "guard", "--project", "2501-340104-04-01-999999").code == 2
    within = huiliu("award", "guard", "--project", FACTORY, "--add", "ah-2023-2025/1.demo=100万", "--json")
    assert within.code == 0
    assert [row["left"] for row in within.last["stacks"]] == [0]
    for wrong, named in (("x", "--add"), ("ah-2023-2025/1.demo=1", "--payee"), ("y/1.demo=1", "ah-2023-2025")):
        where = () if named == "--payee" else ("--payee", FIRM)
        answer = huiliu("award", "guard", *where, "--add", wrong)
        assert answer.code == 2 and named in answer.err
