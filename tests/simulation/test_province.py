"""The synthetic province: its answer key is what a hub must make of it, whatever the order of partitions."""

from __future__ import annotations

import doctest
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from datetime import date
from itertools import chain
from typing import Any

import numpy as np
import pytest

import simulation.province
from huiliu import division
from huiliu.outcome import Outcome
from simulation import awards, indicators, mangling, nils, projects, reading_faults, registrations, registry
from simulation.answer_key import AnswerKey, compare
from simulation.errors import TooFewEventsError
from simulation.lives import Disturbance, by_bytes
from simulation.province import FAULTS, KINDS, Province
from simulation.publication import Publication
from simulation.sent import Sent, note, publications
from validators.catalogue import by_code
from validators.rule import Severity

FIRST = date(2025, 6, 1)
YEAR = projects.months(date(2024, 6, 1), 12)
ALWAYS = Disturbance(faulty=1.0, again=0.02)


def everything(province: Province) -> list[Publication]:
    return list(chain.from_iterable(province.events()))


@pytest.fixture(scope="module")
def sent() -> tuple[Province, list[Publication], list[Publication]]:
    province = Province(seed=5, events=20_000)
    return province, province.registrations(), everything(province)


def test_a_plain_hub_comes_to_the_same_figures(
    small_hub: Any, sent: tuple[Province, list[Publication], list[Publication]]
) -> None:
    province, first, rest = sent
    small_hub.take(first)
    small_hub.take(rest)
    assert compare(province.answer_key, small_hub.figures()) == []
    assert min(province.answer_key.totals().values()) > 0


def test_the_order_in_which_partitions_are_read_changes_nothing(
    small_hub: Any, sent: tuple[Province, list[Publication], list[Publication]]
) -> None:
    """Any interleaving that keeps the order of each topic and key."""
    province, first, rest = sent
    lanes: dict[tuple[str, bytes], list[Publication]] = defaultdict(list)
    for one in rest:
        lanes[one.topic, one.key].append(one)
    small_hub.take(first)
    small_hub.take(_interleaved(list(lanes.values())))
    assert compare(province.answer_key, small_hub.figures()) == []


def _interleaved(lanes: Sequence[Sequence[Publication]]) -> Iterator[Publication]:
    whose = np.repeat(np.arange(len(lanes)), [len(lane) for lane in lanes])
    np.random.default_rng(9).shuffle(whose)
    each = [iter(lane) for lane in lanes]
    return (next(each[place]) for place in whose)


def test_the_events_are_exactly_as_many_as_asked_for(
    sent: tuple[Province, list[Publication], list[Publication]],
) -> None:
    province, first, rest = sent
    assert len(first) + len(rest) == province.answer_key.totals()["received"] == 20_000
    assert province.answer_key.by_kind()["reading"]["received"] > 18_000


def test_the_same_seed_gives_the_same_bytes_and_another_gives_others() -> None:
    one, same, other = (everything(Province(seed=seed, events=3000)) for seed in (1, 1, 2))
    assert one == same
    assert one != other


def test_the_key_covers_what_was_handed_out_so_far() -> None:
    province = Province(seed=1, events=120_000)
    first = province.registrations()
    assert province.answer_key.totals()["received"] == len(first)
    batches = province.events()
    handed_out = len(first) + len(next(batches))
    assert province.answer_key.totals()["received"] == handed_out < 120_000


def test_the_example_of_the_docstring_holds() -> None:
    assert doctest.testmod(simulation.province).failed == 0


def test_too_few_events_are_refused_with_the_least() -> None:
    with pytest.raises(TooFewEventsError, match="60"):
        Province(seed=1, events=60)


def test_every_city_publishes_and_every_county_has_outlets() -> None:
    province = Province(seed=1, events=60_000)
    assert len(province.publishers) == 16
    assert {outlet.enterprise.division for outlet in province.outlets} == set(division.counties("340000", 2025))
    assert {outlet.city for outlet in province.outlets} == set(province.publishers)


def test_every_fault_has_a_rule_of_severity_error() -> None:
    for fault in FAULTS:
        assert by_code(fault.code).severity is Severity.ERROR
        assert fault.kind == "*" or fault.kind in KINDS


def test_every_fault_has_its_change_and_no_change_is_without_its_fault() -> None:
    for module in (registrations, projects, awards, indicators, nils, reading_faults):
        assert [fault.name for fault in module.FAULTS] == list(module.CHANGES)
    assert [fault.name for fault in mangling.FAULTS] == list(mangling.MANGLES)


def _firms() -> tuple[np.random.Generator, list[registry.Enterprise]]:
    draw = np.random.default_rng(3)
    return draw, registry.enterprises(draw, "340000", 120, 2025)


def _registrations() -> Iterator[Sent]:
    draw, firms = _firms()
    return registrations.reports(draw, registry.outlets(draw, firms, 300, FIRST), 1_746_000_000_000, ALWAYS, [])


def _projects() -> Iterator[Sent]:
    draw, firms = _firms()
    return projects.reports(draw, projects.projects(draw, firms, 120, YEAR[0]), YEAR, ALWAYS, [])


def _awards() -> Iterator[Sent]:
    draw, firms = _firms()
    about = projects.projects(draw, firms, 300, YEAR[0])
    return awards.reports(draw, awards.awards(draw, firms, about, 500, FIRST), ALWAYS, [])


def _indicators() -> Iterator[Sent]:
    return indicators.reports(np.random.default_rng(3), ["340100", "340200"], YEAR, ALWAYS, [])


def _nils() -> Iterator[Sent]:
    counties = division.counties("340000", 2025)
    return nils.reports(np.random.default_rng(3), counties, YEAR, ALWAYS, by_bytes(mangling.FAULTS))


@pytest.mark.parametrize("reports", [_registrations, _projects, _awards, _indicators, _nils])
def test_every_fault_of_the_small_kinds_earns_its_finding(
    small_hub: Any, reports: Callable[[], Iterator[Sent]]
) -> None:
    made, key = list(reports()), AnswerKey()
    note(key, made)
    small_hub.take(publications(made))
    assert compare(key, small_hub.figures()) == []
    wanted = {fault.code for fault in FAULTS if fault.kind == made[0].kind}
    assert wanted <= {one.code for one in made if one.outcome is Outcome.QUARANTINED}
