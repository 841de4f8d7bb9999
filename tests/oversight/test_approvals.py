"""What was confirmed stays confirmed, cell by cell, until somebody corrects it; nobody is passed over on the way up."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from huiliu.errors import Malformed
from oversight.approvals.cell import Cell, CellId, read, root, within, written
from oversight.approvals.decision import Act, Approvals, Reason, Refusal
from oversight.approvals.scope import Matter, above, tree
from oversight.approvals.standing import STANDS, Action, Event, State, standings

WHEN = datetime(2026, 11, 5, 1, tzinfo=UTC)
PROVINCE, CITY, OTHER = "340000", "340100", "340200"
COUNTIES = ("340104", "340111", "340202")
TREE = tree([*COUNTIES])
BELOW = [division for division in TREE if division != PROVINCE]


def act(action: Action, division: str, by: str, seen: str, why: str = "") -> Act:
    return Act(action=action, division=division, by=by, actor="李", at=WHEN, seen=seen, why=why)


def test_the_tree_is_that_of_reporting() -> None:
    assert {PROVINCE: (CITY, OTHER), CITY: ("340104", "340111"), OTHER: ("340202",)} | dict.fromkeys(
        COUNTIES, ()
    ) == TREE
    assert above("419001") == "410000", "a county directly below its province has no city between"
    assert above("110105") == "110000", "nor has a municipality's"


@pytest.mark.parametrize(("kind", "period"), [("nil", "2026-10"), ("project", "2026"), ("award", "2026-10")])
def test_a_kind_that_is_not_approved_or_a_period_not_its_own_is_refused(kind: str, period: str) -> None:
    with pytest.raises(Malformed):
        Matter(kind, period)


@given(st.dictionaries(st.tuples(st.sampled_from(COUNTIES), st.text(max_size=5)), st.binary(max_size=4), max_size=8))
def test_cells_come_back_from_their_json_with_the_same_root(told: dict[tuple[str, str], bytes]) -> None:
    cells = {CellId(*one): Cell(content.hex(), 1, {"planned": 3}) for one, content in told.items()}
    again = read(written(cells))
    assert again == cells and root(again) == root(cells)
    assert root(within(cells, CITY)) == root({one: cell for one, cell in cells.items() if one.division != "340202"})


def test_two_counties_confirm_then_the_city_then_the_province_accepts() -> None:
    cells = {CellId(county, "stage=START"): Cell("a", 1) for county in COUNTIES}
    now = Approvals(TREE, [], cells)
    for division in ("340104", "340111", CITY):
        now = after(now, act(Action.CONFIRMED, division, division, now.standings[division].hash))
    now = after(now, act(Action.ACCEPTED, CITY, PROVINCE, now.standings[CITY].hash))
    assert now.standings[CITY].state is State.ACCEPTED
    assert now.standings[PROVINCE].waiting == (OTHER,)
    assert now.standings[PROVINCE].state is State.OPEN


def test_an_act_after_a_correction_is_refused_and_shows_what_changed() -> None:
    one, other = CellId("340104", "stage=START"), CellId("340104", "stage=DONE")
    before = {one: Cell("a", 1, {"planned": 100}), other: Cell("b", 1)}
    seen = Approvals(TREE, [], before).standings["340104"].hash
    now = Approvals(TREE, [], before | {one: Cell("c", 1, {"planned": 300})})
    refused = now.decide(replace(act(Action.CONFIRMED, "340104", "340104", seen), cells=before))
    assert isinstance(refused, Refusal) and refused.reason is Reason.CHANGED
    assert [(change.cell, change.before, change.after) for change in refused.changes] == [
        (one, before[one], now.cells[one])
    ]


def after(now: Approvals, wanted: Act) -> Approvals:
    event = now.decide(wanted)
    assert isinstance(event, Event), event
    return replace(now, events=[*now.events, event])


class Climbing(RuleBasedStateMachine):
    """Anybody says anything at any time while facts are corrected; a plain model follows what must stand."""

    @initialize()
    def begin(self) -> None:
        self.cells = {CellId(county, group): Cell("0", 1) for county in COUNTIES for group in ("g1", "g2")}
        self.cells[CellId(CITY, "own")] = Cell("0", 1)
        self.events: list[Event] = []
        self.frozen: dict[str, dict[CellId, str]] = {}  # the model: what each division last confirmed …
        self.valid: dict[str, str] = {}  # … and what was said of it last, while nothing below was sent back

    @property
    def now(self) -> Approvals:
        return Approvals(TREE, self.events, self.cells)

    def stands(self, division: str) -> bool:
        """By the model: said, untouched, and so all below."""
        said = self.valid.get(division) in ("CONFIRMED", "ACCEPTED")
        present = {one: cell.hash for one, cell in within(self.cells, division).items()}
        return said and self.frozen[division] == present and all(map(self.stands, TREE[division]))

    @rule(
        county=st.sampled_from([*COUNTIES, CITY]), group=st.sampled_from(["g1", "g2", "g3"]), content=st.integers(0, 2)
    )
    def correct(self, county: str, group: str, content: int) -> None:
        standing = {division: self.stands(division) for division in BELOW}
        one, changed = CellId(county, group), Cell(str(content), 1)
        touches = self.cells.get(one) != changed
        before = {division: len(found.touched) for division, found in self.now.standings.items()}
        self.cells[one] = changed
        for division, found in self.now.standings.items():
            if division not in standing:
                continue
            over = division in (county, above(county))
            if standing[division] and not (over and touches):
                assert found.state in STANDS, f"{division} was reopened by a correction in {county}"
            if not over:
                assert len(found.touched) == before[division]
            elif standing[division] and touches:
                assert [change.cell for change in found.touched] == [one], "only the cell that was touched reopens"

    @rule(division=st.sampled_from(BELOW))
    def confirm_their_own(self, division: str) -> None:
        self.confirm(division, division, stale=False)

    @rule(division=st.sampled_from([CITY, OTHER]))
    def confirm_from_below(self, division: str) -> None:
        for one in (*TREE[division], division):
            self.confirm(one, one, stale=False)

    @rule(division=st.sampled_from([CITY, OTHER]))
    def accept_by_right(self, division: str) -> None:
        self.accept(division, PROVINCE)

    @rule(division=st.sampled_from(BELOW))
    def send_back_by_right(self, division: str) -> None:
        self.send_back(division, PROVINCE, "投资额有误")

    @rule(division=st.sampled_from(BELOW), by=st.sampled_from([*BELOW, PROVINCE]), stale=st.booleans())
    def confirm(self, division: str, by: str, stale: bool) -> None:
        here = self.now.standings[division]
        seen = "0" * 64 if stale else here.hash
        said = self.now.decide(act(Action.CONFIRMED, division, by, seen, "核实无误"))
        may = by == division and not stale and all(map(self.stands, TREE[division])) and not self.stands(division)
        assert isinstance(said, Event) == may, said
        if isinstance(said, Event):
            self.events.append(said)
            self.frozen[division] = {one: cell.hash for one, cell in within(self.cells, division).items()}
            self.valid[division] = "CONFIRMED"

    @rule(division=st.sampled_from(BELOW), by=st.sampled_from([*BELOW, PROVINCE]))
    def accept(self, division: str, by: str) -> None:
        said = self.now.decide(act(Action.ACCEPTED, division, by, self.now.standings[division].hash))
        may = by == PROVINCE and above(division) == PROVINCE and self.stands(division)
        assert isinstance(said, Event) == (may and self.valid[division] == "CONFIRMED"), said
        if isinstance(said, Event):
            self.events.append(said)
            self.valid[division] = "ACCEPTED"

    @rule(
        division=st.sampled_from(BELOW), by=st.sampled_from([*BELOW, PROVINCE]), why=st.sampled_from(["", "投资额有误"])
    )
    def send_back(self, division: str, by: str, why: str) -> None:
        said = self.now.decide(act(Action.RETURNED, division, by, "", why))
        over = by in (above(division), PROVINCE) and by != division
        spoken = any(event.division == division for event in self.events)
        returned = self.now.standings[division].state is State.RETURNED
        assert isinstance(said, Event) == (over and spoken and not returned and bool(why)), said
        if isinstance(said, Event):
            self.events.append(said)
            self.valid[division] = "RETURNED"
            upper = above(division)
            if upper in self.valid and self.valid[upper] != "RETURNED":
                self.valid[upper] = "REOPENED"

    @invariant()
    def the_fold_says_what_the_model_says(self) -> None:
        found = self.now.standings
        for division in BELOW:
            assert (found[division].state in STANDS) == self.stands(division), division
            if found[division].state is State.ACCEPTED:
                assert all(found[child].state in STANDS for child in TREE[division]), "accepted over an open county"
        if found[PROVINCE].state is State.ACCEPTED:
            assert all(map(self.stands, BELOW))

    @invariant()
    def the_order_in_which_events_are_read_is_no_matter(self) -> None:
        shuffled = random.Random(len(self.events)).sample(self.events, len(self.events))
        assert standings(TREE, shuffled, self.cells) == self.now.standings


TestClimbing = Climbing.TestCase
TestClimbing.settings = settings(max_examples=60, stateful_step_count=30, deadline=None)
