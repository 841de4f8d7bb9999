"""The detectors as rules name them: matters with subject, division, evidence; one moment is the pass, cut."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import polars as pl
import pytest

from oversight.detectors import DETECTORS
from oversight.facts import Facts, given
from oversight.matter import MATTER
from oversight.monitors.detectors import MONITOR_DETECTORS
from oversight.monitors.effectiveness import TRANSMISSION
from oversight.monitors.reading import OUTLET
from oversight.monitors.silence import ARRIVAL
from oversight.monitors.spans import SPAN, TICK, standing
from oversight.rule import Rule
from oversight.rule_files import shipped
from sinks.reference import pollutant_ids
from tests.oversight.monitors.hours import SO2, at, reading, readings

DAY = 24
CODE = next(code for code, number in pollutant_ids().items() if number == SO2)
RULES = [rule for rule in shipped().versions if rule.code.startswith("OV-RD-")]
#: By rule, the subject that it must find in ``facts`` at some moment.
GUILTY = {
    "OV-RD-HOUR": f"M1/{CODE}", "OV-RD-DAY": f"M1/{CODE}", "OV-RD-FROZEN": f"M2/{CODE}", "OV-RD-FLAT": f"M3/{CODE}",
    "OV-RD-HUG": f"M4/{CODE}", "OV-RD-STEP": f"M5/{CODE}", "OV-RD-SILENT": "M6", "OV-RD-FEED": "340200",
    "OV-RD-EFFECT": "M7", "OV-RD-CITY": "340100",
}  # fmt: skip


def value(outlet: int, hour: int) -> float:
    """Each outlet ordinary for 20 days, and then in its own way not."""
    usual = 50 + 10 * ((hour % DAY) / DAY) + (hour * 37 % 101) / 100
    if hour < 20 * DAY:
        return usual
    own = {1: 150.0 + hour % 7, 2: 40.0, 3: 50 + hour % 10 / 1000, 4: 96.0 + hour % 4 * 0.5 + hour / 1e5, 5: usual / 2}
    return own.get(outlet, usual)


def hour_of(outlet: int, hour: int) -> dict[str, Any]:
    calibrating = outlet == 5 and hour == 20 * DAY
    return reading(hour, value(outlet, hour), outlet=outlet, calibrating=calibrating, valid=not calibrating)


@pytest.fixture(scope="module")
def facts() -> Facts:
    lasts = {outlet: 26 * DAY if outlet != 6 else 21 * DAY for outlet in range(1, 8)}
    rows = [hour_of(outlet, hour) for outlet, last in lasts.items() for hour in range(last)]
    numbers = list(lasts)
    outlets = pl.DataFrame(
        {"outlet": numbers, "mn": [f"M{n}" for n in numbers], "division": 340104, "city": 340100},
        schema_overrides=OUTLET,
    )
    signs = [(340100, "reading", at(hour)) for hour in range(1, 26 * DAY)]
    signs += [(340200, "reading", at(hour)) for hour in range(1, 21 * DAY)]
    figures = [("M7", 340104, 340100, date(2025, 6, 1), at(22 * DAY), 100, 80)]
    return given(
        reading=readings(*rows),
        outlet=outlets,
        arrival=pl.DataFrame(signs, schema=ARRIVAL, orient="row"),
        transmission=pl.DataFrame(figures, schema=TRANSMISSION, orient="row"),
    )


def test_there_is_a_rule_for_every_detector_of_monitors() -> None:
    assert {rule.detector for rule in RULES} == set(MONITOR_DETECTORS)
    assert set(GUILTY) == {rule.code for rule in RULES}


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.code)
def test_what_stands_at_a_moment_is_the_pass_over_a_time_cut_and_only_the_guilty_stand(
    rule: Rule, facts: Facts
) -> None:
    detector = DETECTORS[rule.detector]
    assert detector.spans is not None
    since, until = at(0), at(26 * DAY)
    over = detector.spans(rule, facts, since, until)
    assert over.schema == SPAN
    key = ("cause", "division", "seen")
    ever = set()
    for day in range(1, 26):
        moment = at(day * DAY + 13)
        alone = detector.find(rule, facts, moment)
        assert alone.schema == MATTER
        assert alone.select(key).sort(key).equals(standing(over, moment).select(key).sort(key))
        ever |= set(alone["subject"])
    assert GUILTY[rule.code] in ever
    expected = {GUILTY[rule.code]} | ({f"M4/{CODE}", f"M2/{CODE}"} if rule.code == "OV-RD-FLAT" else set())
    assert ever == expected


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.code)
def test_a_matter_names_its_evidence_and_concerns_only_the_divisions_of_its_rule(rule: Rule, facts: Facts) -> None:
    detector = DETECTORS[rule.detector]
    assert detector.spans is not None
    row = detector.spans(rule, facts, at(0), at(26 * DAY)).row(0, named=True)
    told = json.loads(row["evidence"])
    assert told
    assert all("figure" in one or {"mn", "pollutant", "period", "start", "revision"} <= set(one) for one in told)
    assert row["cause"] == f"{rule.family} {row['subject']}"
    elsewhere = replace(rule, divisions=("350000",))
    assert detector.spans(elsewhere, facts, at(0), at(26 * DAY)).is_empty()
    assert detector.find(elsewhere, facts, at(26 * DAY) - TICK - timedelta(hours=1)).is_empty()
