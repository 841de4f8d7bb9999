"""How long events wait for more of their kind: bounds that hold whatever waits, and what goes together."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from streams.batch import KIND_ORDER
from streams.linger import LONGEST, PLENTY, REFERRED, SHARE, Waiting, due, going, longest

NOW = 1000.0
COSTS = st.floats(0.001, 0.5)
LINGERS = st.floats(0.01, 0.9)
WAITS = st.dictionaries(
    st.sampled_from(KIND_ORDER),
    st.builds(Waiting, st.integers(1, 5000), st.floats(NOW - 3, NOW)),
)


@given(WAITS, COSTS, LINGERS)
def test_nobody_waits_less_than_the_setting_or_more_than_the_longest(
    waiting: dict[str, Waiting], cost: float, linger: float
) -> None:
    for kind, moment in due(waiting, cost, linger).items():
        waits = moment - waiting[kind].since
        assert linger - 1e-6 <= waits <= max(linger, LONGEST) + 1e-6


@given(WAITS, COSTS, LINGERS)
def test_many_rows_wait_no_longer_than_the_setting(waiting: dict[str, Waiting], cost: float, linger: float) -> None:
    moments = due(waiting, cost, linger)
    for kind, one in waiting.items():
        if one.rows >= PLENTY:
            assert abs(moments[kind] - one.since - linger) < 1e-6


@given(st.integers(0, 7), COSTS, LINGERS)
def test_trickling_kinds_take_no_more_than_their_share_unless_they_have_waited_the_longest(
    kinds: int, cost: float, linger: float
) -> None:
    patience = longest(kinds, cost, linger)
    assert kinds * cost / patience <= SHARE + 1e-9 or patience >= LONGEST


@given(WAITS, COSTS, LINGERS)
def test_something_goes_exactly_when_something_has_waited_long_enough(
    waiting: dict[str, Waiting], cost: float, linger: float
) -> None:
    ripe = {kind for kind, moment in due(waiting, cost, linger).items() if moment <= NOW}
    goes = going(waiting, cost, linger, NOW)
    assert bool(goes) == bool(ripe)
    assert not goes or goes & ripe
    assert goes <= waiting.keys()


@given(WAITS, COSTS, LINGERS)
def test_a_kind_goes_by_itself_or_with_what_it_is_judged_by(
    waiting: dict[str, Waiting], cost: float, linger: float
) -> None:
    goes = going(waiting, cost, linger, NOW)
    together = [{kind, judged_by} for kind, judged_by in REFERRED.items()]
    assert len(goes) <= 1 or goes in together


@given(WAITS, COSTS, LINGERS)
def test_none_waits_behind_others_once_it_has_waited_the_longest(
    waiting: dict[str, Waiting], cost: float, linger: float
) -> None:
    starving = {kind: one.since for kind, one in waiting.items() if NOW - one.since >= max(LONGEST, linger)}
    goes = going(waiting, cost, linger, NOW)
    assert not starving or min(starving.values()) in {waiting[kind].since for kind in goes}


def test_a_kind_with_many_rows_leaves_the_trickling_ones_to_gather() -> None:
    waiting = {"reading": Waiting(PLENTY, NOW - 0.3), "project": Waiting(3, NOW - 0.3), "award": Waiting(1, NOW - 0.1)}
    assert going(waiting, 0.1, 0.2, NOW) == {"reading"}


def test_the_kind_goes_first_whose_events_have_waited_longest_together() -> None:
    waiting = {"reading": Waiting(PLENTY, NOW - 0.3), "nil": Waiting(2, NOW - 0.9)}
    assert going(waiting, 0.01, 0.2, NOW) == {"reading"}
    assert going({**waiting, "reading": Waiting(PLENTY, NOW - 0.01)}, 0.01, 0.2, NOW) == {"nil"}


def test_a_lone_kind_waits_less_than_seven() -> None:
    assert longest(1, 0.05, 0.2) < longest(7, 0.05, 0.2) == LONGEST


def test_projects_are_known_when_awards_that_came_with_them_are_judged() -> None:
    waiting = {"award": Waiting(PLENTY, NOW - 0.3), "project": Waiting(3, NOW - 0.1), "nil": Waiting(1, NOW - 0.1)}
    assert going(waiting, 0.1, 0.2, NOW) == {"award", "project"}


def test_outlets_are_known_when_readings_that_came_with_their_registrations_are_judged() -> None:
    waiting = {"reading": Waiting(PLENTY, NOW - 0.3), "registration": Waiting(3, NOW - 0.01)}
    assert going(waiting, 0.1, 0.2, NOW) == {"reading", "registration"}
