"""Roles: who plays what, so that all events together are exactly as many as asked for."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from huiliu.outcome import Outcome
from simulation.province import Shares, reading_roles
from simulation.roles import Role, cast

ROLES = reading_roles(Shares())


@given(st.integers(0, 30_000), st.integers(0, 5))
def test_the_steps_of_all_roles_are_exactly_the_events(events: int, seed: int) -> None:
    parts = cast(events, ROLES, np.random.default_rng(seed))
    steps = [len(role.steps) for role in ROLES]
    assert sum(1 if part < 0 else steps[part] for part in parts.tolist()) == events


def test_every_role_is_played_where_there_is_room() -> None:
    parts = cast(2000, ROLES, np.random.default_rng(0))
    assert set(parts.tolist()) == set(range(-1, len(ROLES)))


def test_shares_that_leave_nothing_are_refused() -> None:
    with pytest.raises(ValueError, match="too few"):
        cast(10_000, reading_roles(Shares(faulty=0.9, duplicates=0.9)), np.random.default_rng(0))


def test_shares_of_nothing_leave_only_clean_readings() -> None:
    parts = cast(5000, reading_roles(Shares(0.0, 0.0, 0.0, 0.0)), np.random.default_rng(0))
    assert set(parts.tolist()) == {-1}


@pytest.mark.parametrize("role", ROLES, ids=lambda role: str(role.name))
def test_the_fates_of_a_role_follow_from_its_revisions(role: Role) -> None:
    """By the semantics alone: highest revision so far, same content, lower, conflict."""
    known: tuple[int, str] | None = None
    for step in role.steps:
        if step.code is not None and step.code != "HL-CONFLICT-01":
            assert step.outcome is Outcome.QUARANTINED
            continue
        if known is None:
            expected = Outcome.ACCEPTED
        elif step.revision > known[0]:
            expected = Outcome.CORRECTED
        elif step.revision < known[0]:
            expected = Outcome.STALE
        else:
            expected = Outcome.DUPLICATE if step.variant == known[1] else Outcome.QUARANTINED
        assert step.outcome is expected
        known = (step.revision, step.variant) if expected in (Outcome.ACCEPTED, Outcome.CORRECTED) else known
