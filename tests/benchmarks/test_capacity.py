"""The page on capacity says what was measured, and what it derives holds together."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from benchmarks.capacity import LARGEST, NAMES, NATION, PLACES, SMALL, keep, page
from benchmarks.cost import Cost, cost, measured
from benchmarks.plan import BROKERS, Place, limits, needed, wal_per_record

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def each() -> Cost:
    return cost(measured("workers"))


def test_the_page_is_that_of_the_measured_figures() -> None:
    assert (ROOT / "docs" / "capacity.md").read_text(encoding="utf-8") == page({name: measured(name) for name in NAMES})


@pytest.mark.parametrize("place", PLACES, ids=lambda place: place.en)
def test_what_is_needed_catches_up_in_time_and_one_worker_less_does_not(place: Place, each: Cost) -> None:
    found = needed(place, each)
    assert found.caught_up is not None
    assert found.caught_up <= place.within
    assert found.most_waiting == pytest.approx(place.rate * place.outage * 3600)
    assert found.brokers >= BROKERS
    if found.workers > 1:
        slower = (found.workers - 1) * each.rate - place.rate
        assert place.rate * place.outage / slower > place.within * 0.98


def test_a_slower_worker_means_more_workers(each: Cost) -> None:
    slow = replace(each, rate=each.rate / 3)
    assert needed(NATION, slow).workers > needed(NATION, each).workers


def test_a_shorter_time_means_no_fewer_workers(each: Cost) -> None:
    assert needed(replace(LARGEST, within=0.1), each).workers >= needed(LARGEST, each).workers


def test_a_place_that_no_hub_can_serve_is_said_not_to_catch_up(each: Cost) -> None:
    assert needed(replace(SMALL, rate=1e8), each).caught_up is None


def test_the_more_records_come_to_an_index_page_the_less_wal_is_each(each: Cost) -> None:
    assert each.wal < wal_per_record(each, 2_000, 18_000) < wal_per_record(each, 300, 18_000)


def test_keeping_longer_ends_a_server_sooner(each: Cost) -> None:
    one, five = (limits(each, 20.0, years)[-1].rate for years in (1, 5))
    assert five == pytest.approx(one / 5)


def test_the_last_line_of_a_benchmark_is_kept(tmp_path: Path) -> None:
    keep("some", 'a table\nfigures: 1\n{"benchmark": "some", "rows": []}\n', tmp_path)
    assert json.loads((tmp_path / "some.json").read_text(encoding="utf-8")) == {"benchmark": "some", "rows": []}
    with pytest.raises(ValueError, match="Expecting"):
        keep("some", "no figures\n", tmp_path)
