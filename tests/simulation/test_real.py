"""Real input: what the texts say becomes events, and nothing else does."""

from __future__ import annotations

from typing import Any

from simulation.answer_key import compare
from simulation.real import Real, awards, readings_sent, targets


def test_a_plain_hub_comes_to_the_same_figures(small_hub: Any) -> None:
    real = Real()
    small_hub.take(real.registrations())
    small_hub.take(real.events())
    assert compare(real.answer_key, small_hub.figures()) == []


def test_a_sum_for_several_firms_stays_one_event_with_its_count() -> None:
    found = [one.event for one in awards()]
    assert len(found) == 7
    assert [(event["payee_count"], event["amount"]) for event in found] == [
        (1, 200_000_000),
        (2, 1_000_000_000),
        (12, 460_000_000),
        (4, 237_500_000),
        (1, 100_000_000),
        (1, 100_000_000),
        (1, 200_000_000),
    ]
    assert sum(event["amount"] for event in found) == 2_297_500_000


def test_nothing_is_invented_for_the_awards() -> None:
    unknown = (
        "project_code",
        "payee",
        "basis",
        "document_number",
        "publicised_on",
        "approved_on",
        "paid_on",
        "paid_amount",
    )
    for one in awards():
        assert not any(one.event[name] for name in unknown)
    assert [one.event["mode"] for one in awards()].count("AUTOMATIC") == 1


def test_targets_stand_for_their_years() -> None:
    found = [one.event for one in targets()]
    anhui = [event for event in found if event["division"] == "340000"]
    gansu = [event for event in found if event["division"] == "620000"]
    assert len(anhui) == 9 * 3 + 4
    assert len(gansu) == 6
    diagnosed = {event["period"]: event["value"] for event in gansu if event["indicator"].startswith("diagnosed")}
    assert diagnosed == {"2020": 50.0, "2021": 100.0, "2022": 200.0}
    assert {event["period"] for event in anhui} == {"2023", "2024", "2025"}


def test_most_public_readings_are_loaded_or_name_a_factor_nobody_knows() -> None:
    codes = {one.code for one in readings_sent()}
    assert codes == {None, "RD-MN-01", "RD-POLLUTANT-01", "RD-START-02"}
