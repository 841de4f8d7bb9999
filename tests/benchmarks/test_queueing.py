"""A course of arrivals keeps every record, and more workers never take longer."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.queueing import Absence, Service, run

services = st.builds(
    Service,
    workers=st.integers(1, 12),
    partitions=st.integers(1, 64),
    per_worker=st.floats(1.0, 1e5),
    database=st.floats(1.0, 1e6),
)
arrivals = st.lists(st.floats(0.0, 1e6), min_size=1, max_size=40)


@st.composite
def absences(draw: st.DrawFn) -> tuple[Absence, ...]:
    first = draw(st.integers(0, 40))
    return (Absence(draw(st.none() | st.just(0)), first, first + draw(st.integers(0, 40))),)


@given(arrivals, services, absences())
def test_what_arrived_is_processed_or_waits(arrived: list[float], service: Service, away: tuple[Absence, ...]) -> None:
    course = run(arrived, service, 60.0, away)
    assert course.processed.sum() + course.waiting[-1] == pytest.approx(sum(arrived), rel=1e-9, abs=1e-6)
    assert np.cumsum(course.processed) + course.waiting == pytest.approx(np.cumsum(arrived), rel=1e-9, abs=1e-6)
    assert (course.processed >= 0).all()
    assert (course.waiting >= 0).all()


@given(arrivals, services)
def test_nothing_is_processed_faster_than_workers_and_database_can(arrived: list[float], service: Service) -> None:
    course = run(arrived, service, 60.0)
    most = 60.0 * min(service.database, service.per_worker * min(service.workers, service.partitions))
    assert (course.processed <= most * (1 + 1e-9)).all()


@given(arrivals, services, st.integers(1, 8))
def test_more_workers_are_never_later(arrived: list[float], service: Service, more: int) -> None:
    few = run([*arrived, *[0.0] * 60], service, 60.0)
    many = run(
        [*arrived, *[0.0] * 60],
        Service(service.workers + more, service.partitions, service.per_worker, service.database),
        60.0,
    )
    assert (np.cumsum(many.processed) >= np.cumsum(few.processed) * (1 - 1e-9) - 1e-6).all()


@given(arrivals, services)
def test_a_worker_that_was_away_makes_nothing_earlier(arrived: list[float], service: Service) -> None:
    whole, hurt = run(arrived, service, 60.0), run(arrived, service, 60.0, (Absence(0, 0, 5),))
    assert hurt.waiting[-1] >= whole.waiting[-1] * (1 - 1e-9) - 1e-6


def test_partitions_are_handed_out_as_evenly_as_they_go() -> None:
    assert Service(3, 8, 1.0, 1.0).shares() == pytest.approx([3 / 8, 3 / 8, 2 / 8])


def test_a_worker_beyond_the_last_partition_is_idle() -> None:
    assert Service(3, 2, 1.0, 1.0).shares() == pytest.approx([0.5, 0.5, 0.0])


def test_catching_up_ends_with_the_first_step_after_which_nothing_waits() -> None:
    course = run([100.0] * 10, Service(1, 1, 30.0, 1e9), 10.0, (Absence(None, 0, 3),))
    # Three steps bring 300 records; each later one brings 100 and takes 300.
    assert course.waiting.tolist() == [100, 200, 300, 100, 0, 0, 0, 0, 0, 0]
    assert course.caught_up(3) == 4
    assert run([100.0] * 10, Service(1, 1, 1.0, 1e9), 10.0).caught_up(0) is None
