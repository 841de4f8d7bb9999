"""How long events wait for more of their kind: bounds that hold whatever waits, and what goes together."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from streams.batch import KIND_ORDER
from streams.linger import FIRST, LONGEST, PLENTY, SHARE, Waiting, due, going, longest

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
def test_many_rows_and_registrations_wait_no_longer_than_the_setting(
    waiting: dict[str, Waiting], cost: float, linger: float
) -> None:
    moments = due(waiting, cost, linger)
    for kind, one in waiting.items():
        if one.rows >= PLENTY or kind in FIRST:
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
    moments = due(waiting, cost, linger)
    goes = going(waiting, cost, linger, NOW)
    assert bool(goes) == any(moment <= NOW for moment in moments.values())
    assert {kind for kind, moment in moments.items() if moment <= NOW} <= goes <= waiting.keys()


@given(WAITS, COSTS, LINGERS)
def test_registrations_go_with_whatever_goes(waiting: dict[str, Waiting], cost: float, linger: float) -> None:
    goes = going(waiting, cost, linger, NOW)
    assert not goes or FIRST & waiting.keys() <= goes


def test_a_kind_with_many_rows_leaves_the_trickling_ones_to_gather() -> None:
    waiting = {"reading": Waiting(PLENTY, NOW - 0.3), "project": Waiting(3, NOW - 0.3), "award": Waiting(1, NOW - 0.1)}
    assert going(waiting, 0.1, 0.2, NOW) == {"reading"}


def test_trickling_kinds_go_together_when_the_first_has_waited() -> None:
    waiting = {kind: Waiting(2, NOW - wait) for kind, wait in (("project", 1.1), ("award", 0.4), ("nil", 0.0))}
    assert going(waiting, 0.1, 0.2, NOW) == waiting.keys()


def test_the_many_are_not_held_up_by_the_few_that_go() -> None:
    waiting = {"reading": Waiting(PLENTY, NOW - 0.1), "project": Waiting(3, NOW - 1.1), "award": Waiting(1, NOW - 0.1)}
    assert going(waiting, 0.1, 0.2, NOW) == {"project", "award"}


def test_a_lone_kind_waits_less_than_seven() -> None:
    assert longest(1, 0.05, 0.2) < longest(7, 0.05, 0.2) == LONGEST


def test_projects_are_known_when_awards_that_came_with_them_are_judged() -> None:
    waiting = {"award": Waiting(PLENTY, NOW - 0.3), "project": Waiting(3, NOW - 0.1), "nil": Waiting(1, NOW - 0.1)}
    assert going(waiting, 0.1, 0.2, NOW) == {"award", "project"}
