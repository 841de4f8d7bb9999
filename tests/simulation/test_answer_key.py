"""The answer key: what it counts, and that no line that differs goes unseen."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from huiliu.outcome import Outcome
from simulation.answer_key import AnswerKey, Difference, compare

GROUP = ("340100", "a21026", "HOUR", "2025-06-01")
FIGURES = {
    "readings": 2,
    "valid": 1,
    "averaged": 1,
    "average_micro": 18_400_000,
    "mass_micro": 3_200_000,
    "exceedances": 0,
    "maximum": 26.7,
}


@pytest.fixture
def key() -> AnswerKey:
    key = AnswerKey()
    key.count("reading", "340100", Outcome.ACCEPTED, number=2)
    key.count("reading", "340200", Outcome.QUARANTINED, "RD-FLAG-01")
    key.load_readings([(GROUP, dict(FIGURES))])
    key.count("indicator", "340100", Outcome.ACCEPTED)
    key.load("indicator", "340100", ("340100", "x", "2025-05"), indicator(3.5))
    return key


def indicator(value: float) -> dict[str, Any]:
    return {"division": "340100", "indicator": "x", "period": "2025-05", "value": value}


def test_a_key_equals_itself(key: AnswerKey) -> None:
    assert compare(key, key.as_dict()) == []


def test_counts_add_up_over_kinds_and_cities(key: AnswerKey) -> None:
    assert key.totals() == {
        "received": 4,
        "accepted": 3,
        "duplicate": 0,
        "stale": 0,
        "corrected": 0,
        "quarantined": 1,
    }
    assert key.by_kind()["reading"]["received"] == 3
    assert key.by_city()["340200"]["quarantined"] == 1


def test_a_correction_replaces_what_it_corrects(key: AnswerKey) -> None:
    key.load("indicator", "340100", ("340100", "x", "2025-05"), indicator(4.5))
    assert key.rollup("indicator") == {("340100", "x", "2025-05"): {"reports": 1, "value": 4.5}}


def test_keys_about_other_objects_add_up(key: AnswerKey) -> None:
    other = AnswerKey()
    other.load_readings([(GROUP, FIGURES | {"maximum": 30.0}), (("340200", *GROUP[1:]), FIGURES | {"maximum": None})])
    other.count("reading", "340100", Outcome.STALE)
    key.add(other)
    assert key.rollup("reading")[GROUP]["readings"] == 4
    assert key.rollup("reading")[GROUP]["maximum"] == 30.0
    assert key.rollup("reading")["340200", *GROUP[1:]]["maximum"] is None
    assert key.totals()["stale"] == 1


@pytest.mark.parametrize("figure", sorted(FIGURES))
def test_every_figure_is_compared(key: AnswerKey, figure: str) -> None:
    actual = key.as_dict()
    actual["reading"] = {GROUP: actual["reading"][GROUP] | {figure: 99}}
    [difference] = compare(key, actual)
    assert difference == Difference(("reading", " ".join(GROUP), figure), FIGURES[figure], 99)
    assert "99" in str(difference)


def test_a_group_that_is_missing_or_too_many_differs_in_every_figure(key: AnswerKey) -> None:
    assert len(compare(key, {"reading": {}})) == len([value for value in FIGURES.values() if value])
    more = key.as_dict()["reading"] | {("999999", *GROUP[1:]): dict(FIGURES)}
    assert len(compare(key, {"reading": more})) == len([value for value in FIGURES.values() if value])


def test_a_group_of_zeros_is_no_group(key: AnswerKey) -> None:
    zeros = {name: Decimal(0) for name in FIGURES} | {"maximum": None}
    assert compare(key, {"reading": key.as_dict()["reading"] | {("340900", *GROUP[1:]): zeros}}) == []


def test_a_reason_too_many_differs(key: AnswerKey) -> None:
    assert len(compare(key, {"by_reason": {"RD-FLAG-01": 1, "RD-MN-01": 1}})) == 1


def test_a_part_that_is_not_given_is_not_compared(key: AnswerKey) -> None:
    assert compare(key, {"totals": key.totals()}) == []
