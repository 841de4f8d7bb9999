"""The hub's own rules find what was planted, and nothing else."""

from __future__ import annotations

from oversight.rule_files import shipped
from simulation.oversight_year.comparison import compare, from_matters
from simulation.oversight_year.judging import judged
from simulation.oversight_year.size import SMALL
from simulation.oversight_year.year import OversightYear

#: How often the test judges, days: what lasts as long must be found.
EVERY = 3


def test_all_planted_projects_and_awards_are_found_and_no_innocent_is() -> None:
    year = OversightYear(11, SMALL)
    found = from_matters(list(judged(year, shipped(), EVERY)))
    lines = {line.topic: line for line in compare(year.key, year.innocents, found)}
    for topic, line in lines.items():
        if topic.startswith(("project-", "award-")):
            assert (line.share, line.false, line.innocents_found) == (1.0, 0, 0), line
            assert line.days_to_open_most is not None
            assert line.days_to_open_most <= EVERY
