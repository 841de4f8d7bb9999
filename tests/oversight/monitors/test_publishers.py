"""Silence of publishers is that of what flows; reports that are owed by the month are a matter of obligations."""

from __future__ import annotations

from datetime import timedelta

import polars as pl

from oversight.detectors import DETECTORS
from oversight.facts import given
from oversight.monitors.silence import ARRIVAL
from oversight.rule_files import shipped
from tests.oversight.monitors.hours import at

RULE = shipped().rule("OV-RD-FEED", 1)
DAY = 24


def silent_at(kind: str, hours: list[int], moment: int) -> list[str]:
    signs = pl.DataFrame([(340100, kind, at(hour)) for hour in hours], schema=ARRIVAL, orient="row")
    found = DETECTORS[RULE.detector].find(RULE, given(arrival=signs), at(moment) + timedelta(minutes=1))
    return found["subject"].to_list()


def test_readings_that_stop_are_a_silence_of_their_publisher() -> None:
    assert silent_at("reading", list(range(20 * DAY)), 20 * DAY + 4) == []
    assert silent_at("reading", list(range(20 * DAY)), 21 * DAY) == ["340100"]


def test_monthly_reports_that_come_in_a_burst_are_no_silence_for_the_weeks_after() -> None:
    bursts = [30 * DAY * month + DAY * day + hour for month in range(3) for day in range(3) for hour in range(10)]
    for moment in range(66 * DAY, 90 * DAY, 5 * DAY):
        assert silent_at("project", bursts, moment) == []
