"""huiliu obligation over a live warehouse: states, rates, and grants; what is refused says why and is kept."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import text

from huiliu import clock
from huiliu.division import DivisionCode
from sinks import obligations, publishers
from sinks.publishers import Publisher

NIL = text(
    """insert into nil (division, obligation, period, reason, revision, reported_at, flagged, content, received_at,
        intake, "offset", known_from)
    values (340104, 'AWARD', '2026-05', '本月无奖补', 1, :at, false, 0, :at, 1, 1, :at)"""
)
MAY = ("--period", "2026-05")
SIGNED = ("--reason", "系统升级", "--by", "省厅 张三")


@pytest.fixture
def hefei(at_hub: Any) -> Any:
    """Hefei carries awards of its counties since May 2026; 340104 said on 12 June that it had none in May: late."""
    with at_hub.warehouse.batch() as connection:
        publishers.add(connection, Publisher(division=DivisionCode("340100"), kinds=("award", "nil")))
        obligations.owe_from(connection, 340100, date(2026, 5, 1))
        connection.execute(NIL, {"at": datetime(2026, 6, 12, tzinfo=UTC)})
    return at_hub


def day(after: int) -> str:
    return str(datetime.fromtimestamp(clock.now_ms() / 1000, UTC).date() + timedelta(days=after))


@pytest.mark.live
@pytest.mark.usefixtures("hefei")
def test_obligations_are_listed_counted_granted_and_refused_with_the_reason_kept(huiliu: Any) -> None:
    told = huiliu("obligation", "list", *MAY, "--as-of", "2026-07-01", "--json").last
    states = {row["division"]: row["state"] for row in told["obligations"]}
    assert told["of"] == len(states) == 9
    assert (states.pop("340104"), set(states.values())) == ("CONFIRMED_ZERO", {"MISSING"})
    shown = huiliu("obligation", "list", *MAY, "--as-of", "2026-07-01").out
    assert "零报告" in shown and "蜀山区" in shown and "本月无奖补" in shown
    (city,) = huiliu("obligation", "summary", *MAY, "--as-of", "2026-07-01", "--json").last["summary"]
    assert (city["city"], city["owed"], city["late_week"], city["zero"], city["missing"]) == (340100, 9, 1, 1, 8)
    assert "11.1%" in huiliu("obligation", "summary", *MAY, "--as-of", "2026-07-01").out

    number = huiliu("obligation", "exempt", "340103", "award", *MAY, *SIGNED, "--json").last["number"]
    later = huiliu("obligation", "extend", "340111", "award", *MAY, *SIGNED, "--until", day(3), "--json").last["number"]
    shown = huiliu("obligation", "show", "340103", "award", "2026-05", "--json").last
    assert [(row["state"], row["by"], row["number"]) for row in shown["obligations"]] == [
        ("EXEMPT", "省厅 张三", number)
    ]
    awaiting = huiliu("obligation", "list", *MAY, "--state", "awaited", "--json").last["obligations"]
    assert [row["division"] for row in awaiting] == ["340111"]

    wrong = [
        (("extend", "340111", "award", *MAY, "--until", day(-2)), "已过"),
        (("extend", "340111", "award", *MAY, "--until", day(1)), "并不更晚"),
        (("extend", "340111", "award", "--period", "2026-13", "--until", day(9)), "不是有效的统计期"),
        (("extend", "340111", "award", "--period", "2029-12", "--until", day(9)), "不知道 2030 年"),
        (("extend", "340111", "award", *MAY, "--until", "9999-12-31"), "过远"),
        (("exempt", "340111", "project", *MAY), "不负有 PROJECT"),
        (("exempt", "340111", "award", "--period", "2026Q2"), "没有按 2026Q2"),
        (("exempt", "340111", "award", "--from", "2026-05-01", "--to", "2026-04-01"), "不成立"),
    ]
    for asked, why in wrong:
        answer = huiliu("obligation", *asked, *SIGNED)
        assert answer.code == 2 and why in answer.err and "已记录为" in answer.err, (asked, answer.err)
    kept = huiliu("obligation", "grants", "--json").last["grants"]
    assert [row["event"] for row in kept] == ["REFUSED"] * len(wrong) + ["EXTEND", "EXEMPT"]
    assert kept[-2]["number"] == later
    assert "未予批准" in huiliu("obligation", "grants", "--division", "340111").out

    assert huiliu("obligation", "withdraw", str(number), *SIGNED).code == 0
    again = huiliu("obligation", "withdraw", str(number), *SIGNED)
    assert (again.code, "已撤销" in again.err) == (2, True)
    shown = huiliu("obligation", "show", "340103", "award", "2026-05")
    assert "缺报" in shown.out and "撤销免报" in shown.out
    rules = huiliu("oversight", "matters", "--rule", "OV-OB-MISSING", "--as-of", "2026-07-01", "--json").last
    assert rules["of"] == 8


@pytest.mark.live
@pytest.mark.usefixtures("hefei")
def test_wrong_questions_are_refused_with_what_to_write(huiliu: Any) -> None:
    for asked, why in (
        (("list", "--state", "LATE"), "CONFIRMED_ZERO"),
        (("list", "--kind", "projekt"), "是否指 project"),
        (("list", "--period", "May"), "2026-05"),
        (("list", *MAY, "--from", "2026-01-01"), "只能用一种"),
        (("list", "--from", "2026-06-01", "--to", "2026-01-01"), "不成立"),
        (("show", "340103", "project", "2026-05"), "没有 2026-05 的 project"),
        (("exempt", "340103", "award", *SIGNED), "--period"),
        (("owes", "340400", "--from", "2026-01-01"), "不是报送单位"),
    ):
        answer = huiliu("obligation", *asked)
        assert answer.code == 2 and why in answer.err, (asked, answer)
    assert huiliu("obligation", "owes", "340100", "--from", "2026-06-01").code == 0
    assert huiliu("obligation", "list", *MAY, "--as-of", "2026-07-01", "--json").last["of"] == 0


def test_duties_say_who_owes_what_by_when(huiliu: Any) -> None:
    shown = huiliu("obligation", "duties").out
    assert "期后第 10 日，遇非工作日顺延" in shown and "每个排放口（≥ 20 小时）" in shown
    told = huiliu("obligation", "duties", "--json").last["duties"]
    assert {row["code"] for row in told} >= {"OB-AWARD-MONTH", "OB-READING-DAY", "OB-SUMMARY-YEAR"}
