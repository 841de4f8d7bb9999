"""The eight mechanisms over projects whose course is known."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest

from oversight.mechanisms import score
from oversight.mechanisms.all_eight import MECHANISMS
from oversight.mechanisms.criteria import PARAMETERS, shipped
from tests.oversight.mechanisms.histories import WAN, history, run, told
from tests.oversight.rows import award

GOOD = history("G", *((f"2025-{n:02d}", n * 8.0) for n in range(1, 7)))
RED = history("R", *((f"2025-{n:02d}", 2.0 * n) for n in range(1, 7)))
STOPPED = [{**row, "stage": "STOPPED"} for row in history("S", *((f"2025-{n:02d}", 20.0) for n in range(1, 7)))]
FUYANG = history("F", *((f"2025-{n:02d}", n * 9.0) for n in range(1, 7)), division=341202)


def by_code(rows: list[dict[str, Any]]) -> dict[str, dict[str, Any]]:
    return {row["project_code"]: row for row in rows}


def points(row: dict[str, Any]) -> dict[str, float]:
    return {part["part"]: part["points"] for part in row["parts"]}


def test_all_eight_of_the_text_are_there_and_cited() -> None:
    named = [
        "月度跟踪调度",
        "季度通报进展",
        "适时现场推进",
        "定期部门会商",
        "滚动实施调整",
        "项目储备管理",
        "目标责任考核",
        "投资风险评估",
    ]
    assert [one.zh for one in shipped()] == named
    assert {one.mechanism for one in shipped()} == set(MECHANISMS) == set(PARAMETERS)
    for one in shipped():
        assert one.zh in one.norm
        assert set(one.parameters) == set(one.sources) == set(PARAMETERS[one.mechanism])


def test_monthly_tracking_shows_plan_light_and_what_the_month_did_red_first() -> None:
    rows = run("monthly", told(GOOD, RED), "2025-06")
    assert [(row["project_code"], row["light"]) for row in rows] == [("R", "RED"), ("G", "GREEN")]
    (red, good) = rows
    assert (red["progress"], red["planned"], red["behind"]) == (12.0, 49.59, 37.59)  # 181 of 365 days
    assert (good["invested"], good["state"]) == (800 * WAN, "REPORTED")


def test_monthly_tracking_tells_who_has_not_reported_and_whose_report_is_the_first() -> None:
    begun = history("N", ("2025-06", 30), actual_start=date(2025, 1, 5))
    rows = by_code(run("monthly", told(GOOD[:5], begun), "2025-06"))
    assert (rows["G"]["state"], rows["G"]["silent"]) == ("SILENT", 1)
    assert (rows["N"]["state"], rows["N"]["invested"]) == ("FIRST", None)


def test_monthly_tracking_follows_a_completed_project_only_in_its_month_and_no_county_library() -> None:
    done = history("D", ("2025-05", 90), ("2025-06", 100))
    done[1] |= {"stage": "COMPLETED", "actual_completion": date(2025, 6, 20)}
    county = history("K", ("2025-06", 10), tier="COUNTY")
    assert [row["project_code"] for row in run("monthly", told(done, county), "2025-06")] == ["D"]
    assert run("monthly", told(done, county), "2025-07") == []


def test_the_quarterly_notice_ranks_cities_with_the_quarter_before_and_names_the_last() -> None:
    """In Q1 Hefei's project leads; by the end of Q2 Fuyang's has overtaken it."""
    hefei = history("H", *((f"2025-{n:02d}", 30.0 + n) for n in range(1, 7)))
    fuyang = history("F", *((f"2025-{n:02d}", 8.0 * n) for n in range(1, 7)), division=341202)
    rows = run("quarterly", told(hefei, fuyang), "2025Q2")
    assert [(row["city"], row["rank"], row["former_rank"], row["climbed"]) for row in rows] == [
        (341200, 1, 2, 1),
        (340100, 2, 1, -1),
    ]
    first = rows[0]
    assert (first["invested"], first["invested_period"]) == (4_800 * WAN, 2_400 * WAN)
    assert first["due"] == 495_890_411_0  # 181 of 365 days of 100 million yuan, in fen
    assert first["investment_rate"] == 96.8
    assert (first["start_rate"], first["completion_rate"], first["reporting_rate"]) == (100.0, None, 100.0)
    assert all(row["named"] for row in rows)  # of two cities both are among the last three


def test_a_project_that_should_have_been_complete_owes_all_the_rest() -> None:
    """Planned to be complete in 2025, 60 % done by then, 10 points more in the first quarter of 2026: 10 of 40."""
    late = history("L", ("2025-12", 60.0), ("2026-03", 70.0))
    (row,) = run("quarterly", told(late), "2026Q1", datetime(2026, 5, 1, tzinfo=UTC))
    assert (row["due"], row["invested"], row["investment_rate"]) == (4_000 * WAN, 1_000 * WAN, 25.0)


def test_the_on_site_list_scores_red_lights_stops_and_size_and_shows_how() -> None:
    rows = by_code(run("on_site", told(GOOD, RED, STOPPED), "2025-06"))
    assert set(rows) == {"R", "S"}
    assert points(rows["R"]) == {"red": 40.0, "stopped": 0.0, "still": 0.0, "large": 15.0}
    # 20 % of 49.59 % planned: 29.59 points behind of 30, and below 60 % of pace, so red by the other rule
    assert points(rows["S"]) == {"red": 40.0, "stopped": 30.0, "still": 15.0, "large": 15.0}
    assert (rows["S"]["score"], rows["R"]["score"]) == (100.0, 55.0)
    assert list(rows) == ["S", "R"]
    assert "29.59" in score.said(rows["S"]["parts"][0]) and "40 / 40" in score.said(rows["S"]["parts"][0])


@pytest.mark.parametrize(
    ("changes", "issues"),
    [
        ({"stage": "PRELIMINARY", "actual_start": None, "planned_start": date(2025, 3, 1)}, ["NOT_STARTED"]),
        ({"stage": "RESERVE", "actual_start": None, "planned_start": date(2025, 4, 1)}, []),
        ({"stage": "STOPPED"}, ["STOPPED"]),
        ({"cumulative_investment": 2_000 * WAN}, ["FUNDS"]),
        ({"cumulative_investment": 3_100 * WAN}, []),
    ],
)
def test_consultation_names_what_is_stuck(changes: dict[str, Any], issues: list[str]) -> None:
    rows = history("C", ("2025-05", 40), ("2025-06", 50))
    rows[1] |= changes
    assert [row["issues"] for row in run("consultation", told(rows), "2025-06")] == ([issues] if issues else [])


def test_consultation_lists_a_project_under_way_that_does_not_move() -> None:
    still = history("C", *((f"2025-{n:02d}", 45.0) for n in range(1, 7)))
    assert run("consultation", told(still), "2025-03") == []
    assert run("consultation", told(still), "2025-06")[0]["issues"] == ["STILL"]


def test_the_yearly_list_loses_and_gains_projects_with_reasons() -> None:
    january, june = ("2025-01", 5.0), ("2025-06", 50.0)
    done = history("done", january, june)
    done[1] |= {"stage": "COMPLETED", "actual_completion": date(2025, 6, 1)}
    waits = {"stage": "PRELIMINARY", "actual_start": None, "planned_start": date(2024, 11, 1)}
    promoted = history("promoted", january, june, planned_investment=5_000 * WAN)
    promoted[0]["tier"] = "CITY"
    rows = run(
        "adjustment",
        told(
            history("kept", january, june),
            done,
            [{**history("gone", january, june)[0]}, {**history("gone", january, june)[1], "stage": "CANCELLED"}],
            history("waits", ("2025-01", 0), ("2025-06", 0), **waits),
            history("silent", january),
            history("large", ("2025-03", 5.0), june, tier="CITY"),
            history("small", january, june, tier="CITY", planned_investment=5_000 * WAN),
            promoted,
        ),
        "2025-06",
    )
    assert {row["project_code"]: (row["action"], row["reasons"]) for row in rows} == {
        "kept": ("KEEP", ["ON_LIST"]),
        "done": ("OUT", ["DONE"]),
        "gone": ("OUT", ["CANCELLED"]),
        "waits": ("OUT", ["NOT_STARTED"]),
        "silent": ("OUT", ["SILENT"]),
        "large": ("IN", ["UNDER_WAY", "LARGE"]),
        "promoted": ("IN", ["UNDER_WAY", "PROMOTED"]),
    }


def test_the_list_of_a_year_is_the_library_as_it_was_before_it() -> None:
    rows = history("A", ("2024-12", 5), ("2025-02", 10))
    rows[1]["tier"] = "CITY"
    (row,) = run("adjustment", told(rows), "2025-02")
    assert (row["action"], row["reasons"]) == ("OUT", ["DEMOTED"])


def test_the_reserve_library_says_what_is_ripe_what_fits_a_higher_tier_and_what_is_stale() -> None:
    waits = {"stage": "RESERVE", "actual_start": None, "planned_start": date(2026, 10, 1), "planned_completion": None}
    soon = {**waits, "planned_start": date(2025, 11, 1), "planned_completion": date(2026, 12, 1)}
    rows = run(
        "reserve",
        told(
            history("A", ("2024-06", 0), ("2025-06", 0), **waits),
            history("B", ("2025-05", 0), ("2025-06", 0), **{**soon, "tier": "COUNTY"}),
            history("C", ("2025-06", 0), **{**soon, "tier": "CITY", "planned_investment": 5_000 * WAN}),
            GOOD,
        ),
        "2025-06",
    )
    assert [(row["project_code"], row["tier"], row["age"], row["fits"]) for row in rows] == [
        ("A", "PROVINCE", 12, "PROVINCE"),
        ("C", "CITY", 0, "CITY"),
        ("B", "COUNTY", 1, "PROVINCE"),
    ]
    assert [row["advice"] for row in rows] == [["INCOMPLETE", "STALE"], ["PREPARE"], ["PREPARE", "RAISE"]]


def test_target_responsibility_is_out_of_a_hundred_with_nothing_for_what_was_not_due() -> None:
    """One project of three is red in Hefei; Fuyang has done all that was due."""
    first, second = run("responsibility", told(GOOD, RED, FUYANG), "2025Q2")
    assert (first["city"], first["rank"], first["passed"]) == (341200, 1, True)
    assert points(first) == {"investment": 40.0, "start": 20.0, "completion": None, "reporting": 10.0, "lights": 15.0}
    assert first["score"] == 100.0  # 85 of 85: nothing was due to be completed
    # 24 + 6 million of 49.86 due (91 of 365 days, twice): 60.16 %, 24.07 points; one light of two, 7.5 of 15
    assert points(second) == {"investment": 24.06, "start": 20.0, "completion": None, "reporting": 10.0, "lights": 7.5}
    assert second["score"] == pytest.approx(100 * (24.06 + 20 + 10 + 7.5) / 85, abs=0.01)


def test_investment_risk_adds_up_its_parts_and_names_a_level() -> None:
    grown = history("X", *((f"2025-{n:02d}", 50.0) for n in range(1, 7)))
    for row in grown[1:]:
        row |= {"planned_investment": 12_000 * WAN, "cumulative_investment": 13_200 * WAN}
    paid = award(award_number="A9", project_code="X", amount=1_980 * WAN)
    rows = by_code(run("risk", told(GOOD, STOPPED, grown, awards=[paid]), "2025-06"))
    assert rows["G"]["level"] == "LOW" and rows["G"]["score"] < 5
    assert points(rows["X"]) == {
        "behind": 0.0, "overdue": 0.0, "still": 10.0, "overspent": 5.0, "raised": 5.0, "subsidy": 5.0, "stopped": 0.0,
    }  # fmt: skip
    stopped = points(rows["S"])
    assert (stopped["stopped"], stopped["still"]) == (15.0, 12.5)
    assert stopped["behind"] == pytest.approx(25 * 29.59 / 30, abs=0.01)
    assert rows["S"]["level"] == "MEDIUM"
    for row in rows.values():
        assert row["score"] == pytest.approx(sum(points(row).values()), abs=0.01)


@pytest.mark.parametrize("mechanism", [*MECHANISMS])
def test_without_facts_every_mechanism_lists_nothing(mechanism: str) -> None:
    assert run(mechanism, told(), "2025Q2") == []


@pytest.mark.parametrize("mechanism", [*MECHANISMS])
def test_later_reports_do_not_change_a_period_that_is_over(mechanism: str) -> None:
    june = told(GOOD, RED, STOPPED, FUYANG)
    later = told(
        [*GOOD, *history("G", ("2025-07", 90.0))], [*RED, *history("R", ("2025-08", 99.0), tier="COUNTY")],
        STOPPED, FUYANG, history("new", ("2025-07", 1.0)),
    )  # fmt: skip
    assert run(mechanism, later, "2025-06") == run(mechanism, june, "2025-06")
