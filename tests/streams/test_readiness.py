"""A worker is ready unless nothing has been right for longer than the patience; one move or one level look mends it."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from streams.readiness import Readiness, Reason, Seen, Verdict

PATIENCE = 10.0
LEVEL = Seen(member=True, topics=3, assigned=4, lag=0, moved=0)


def seen(lag: int | None = 0, moved: int = 0, assigned: int = 4, topics: int = 3, member: bool = True) -> Seen:
    return Seen(member=member, topics=topics, assigned=assigned, lag=lag, moved=moved)


def after(*looks: tuple[float, Seen]) -> Readiness:
    readiness = Readiness(PATIENCE)
    for now, look in looks:
        readiness.see(now, look)
    return readiness


def test_nothing_is_ready_before_it_has_partitions() -> None:
    assert Readiness(PATIENCE).verdict(0) == Verdict(False, Reason.STARTING, 0)
    assert after((0, seen(assigned=0, member=False))).verdict(1).reason is Reason.STARTING
    assert after((0, seen(assigned=0))).verdict(1).reason is Reason.STARTING
    assert after((0, LEVEL)).verdict(1).ready


def test_without_topics_being_a_member_is_enough() -> None:
    assert after((0, seen(assigned=0, topics=0))).verdict(100).ready
    assert not after((0, seen(assigned=0, topics=0, member=False))).verdict(100).ready


def test_a_backlog_is_no_fault_as_long_as_offsets_move() -> None:
    readiness = after((0, LEVEL))
    for second in range(1, 100):
        readiness.see(second, seen(lag=1_000_000, moved=second))
        assert readiness.verdict(second).ready


def test_standing_still_with_lag_fails_after_the_patience_and_not_before() -> None:
    readiness = after((0, LEVEL), (100, seen(lag=1)))
    assert readiness.verdict(110).ready
    assert readiness.verdict(110.5) == Verdict(False, Reason.STANDING_STILL, 10.5)


def test_the_clock_runs_from_when_something_waits_and_not_from_the_last_move() -> None:
    readiness = after((0, LEVEL), (1, seen(moved=5)), (3600, seen(lag=1, moved=5)))
    assert readiness.verdict(3609).ready


def test_it_recovers_at_once_by_a_move_and_by_being_level() -> None:
    stuck = [(0.0, LEVEL), (1.0, seen(lag=5)), (30.0, seen(lag=5))]
    assert not after(*stuck).verdict(30).ready
    assert after(*stuck, (31, seen(lag=4, moved=1))).verdict(31).ready
    assert after(*stuck, (31, seen(lag=0))).verdict(31).ready


def test_a_watch_that_hangs_is_seen() -> None:
    assert not after((0, LEVEL), (1, seen(lag=5))).verdict(1000).ready


def test_losing_all_partitions_and_a_silent_broker_fail_too_and_changing_between_them_mends_nothing() -> None:
    lost = after((0, LEVEL), (1, seen(assigned=0)), (12, seen(assigned=0)))
    assert lost.verdict(12) == Verdict(False, Reason.NO_ASSIGNMENT, 11)
    silent = after((0, LEVEL), (1, seen(assigned=0)), (6, seen(lag=3)), (12, seen(lag=None)))
    assert silent.verdict(12) == Verdict(False, Reason.BROKER_SILENT, 11)


looks = st.builds(
    seen,
    lag=st.none() | st.integers(0, 2),
    moved=st.integers(0, 1),
    assigned=st.integers(0, 1),
    topics=st.integers(0, 1),
)
steps = st.lists(st.tuples(st.floats(0.1, 8), looks), max_size=30)


@given(steps=steps, later=st.floats(0, 30))
def test_the_verdict_is_that_of_the_whole_history(steps: list[tuple[float, Seen]], later: float) -> None:
    """Against a plain telling: not ready when every look since some moment, more than the patience ago, was bad."""
    readiness, now, moved = Readiness(PATIENCE), 0.0, 0
    history: list[tuple[float, Seen, bool]] = []
    for wait, step in steps:
        now, before = now + wait, moved
        moved += step.moved
        look = seen(step.lag, moved, step.assigned, step.topics)
        readiness.see(now, look)
        history.append((now, look, moved > before))
    bad_since = None
    for moment, look, advanced in reversed(history):
        if look.wrong is None:
            break
        bad_since = moment
        if advanced:
            break
    started = any(look.assigned or not look.topics for _, look, _ in history)
    stuck = bad_since is not None and now + later - bad_since > PATIENCE
    verdict = readiness.verdict(now + later)
    assert verdict.ready == (started and not stuck)
    assert verdict.ready == (verdict.reason is Reason.READY)
