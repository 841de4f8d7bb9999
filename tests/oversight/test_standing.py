"""What stands is a function of the facts: their order does not matter, nor how often one asks."""

from __future__ import annotations

from datetime import date

import pytest
from polars.testing import assert_frame_equal

from oversight.facts import given
from oversight.rule_files import Rules, shipped
from oversight.standing import standing
from simulation.oversight_year.size import SMALL, moment
from simulation.oversight_year.year import OversightYear

NAMES = ("project", "project_month", "award", "indicator")
RULES = Rules(tuple(rule for rule in shipped().versions if not rule.code.startswith(("OV-RD", "OV-OB"))))


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_the_order_of_facts_does_not_matter(seed: int) -> None:
    at = moment(date(2025, 4, 10))
    facts = OversightYear(5, SMALL).facts(at)
    shuffled = given(**{name: facts.frame(name).sample(fraction=1, shuffle=True, seed=seed) for name in NAMES})
    told = standing(RULES, facts, at)
    assert told.height > 5
    assert_frame_equal(standing(RULES, shuffled, at), told)
    assert_frame_equal(standing(RULES, facts, at), told)
