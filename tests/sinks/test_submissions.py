"""A sender's history: remembered once per key, paged without gaps, and each range's fate as the ledger has it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text

from huiliu import clock
from huiliu.division import DivisionCode
from sinks import ledger, submissions
from sinks.submissions import Range, Submission
from sinks.warehouse import Warehouse

HEFEI = DivisionCode("340100")
TOPIC = "intake.340100.nil"


def handed_in(**changes: Any) -> Submission:
    plain = Submission(
        id=submissions.new_id(), publisher=HEFEI, channel="http", kind="nil", content_sha256=b"\x01" * 32, records=1
    )
    return replace(plain, **changes)


def test_ids_sort_by_the_time_they_were_made() -> None:
    found = []
    for moment in (1, 1_777_564_800_000, 1_777_564_800_001):
        with clock.using(clock.at(moment)):
            found.append(submissions.new_id())
    assert found == sorted(found)
    assert {(one.version, one.variant) for one in found} == {(7, "specified in RFC 4122")}


@given(st.sets(st.tuples(st.sampled_from(["a", "b"]), st.integers(0, 1), st.integers(0, 12))))
def test_ranges_hold_exactly_the_places_they_were_made_of(places: set[tuple[str, int, int]]) -> None:
    made = submissions.ranges(places)
    assert {(one.topic, one.partition, at) for one in made for at in range(one.first, one.last + 1)} == places
    assert len(made) == sum((topic, part, offset - 1) not in places for topic, part, offset in places)


def test_a_key_is_remembered_once_and_the_first_answer_stays(warehouse: Warehouse) -> None:
    first, second = handed_in(key="k"), handed_in(key="k", content_sha256=b"\x02" * 32)
    with warehouse.batch() as connection:
        assert submissions.remember(connection, first).state == "pending"
        assert submissions.remember(connection, second).content_sha256 == first.content_sha256
        assert submissions.remember(connection, replace(second, publisher=DivisionCode("340200"))).id == second.id
    where = (Range(TOPIC, 0, 5, 7),)
    with warehouse.batch() as connection:
        told = submissions.settle(connection, replace(first, ranges=where, records=3, answer=b"{}"))
        assert (told.state, told.ranges, told.answer) == ("sent", where, b"{}")
        again = submissions.settle(connection, replace(first, ranges=(Range(TOPIC, 0, 9, 9),), answer=b"[]"))
        assert (again.ranges, again.answer) == (where, b"{}")


def test_the_history_is_paged_newest_first_and_only_ones_own(warehouse: Warehouse) -> None:
    made = []
    for moment in range(1, 6):
        with clock.using(clock.at(moment)):
            made.append(handed_in(kind="nil" if moment % 2 else "award"))
    with warehouse.batch() as connection:
        submissions.add(connection, [*made, handed_in(publisher=DivisionCode("340200"))])
        submissions.remember(connection, handed_in(key="never sent"))
    with warehouse.read() as connection:
        seen: list[Any] = []
        while page := submissions.history(connection, HEFEI, before=seen[-1] if seen else None, limit=2):
            seen += [line.submission.id for line in page]
        assert seen == [one.id for one in reversed(made)]
        assert len(submissions.history(connection, HEFEI, kind="award")) == 2
        assert submissions.one(connection, DivisionCode("340200"), made[0].id) is None


def test_the_fate_of_a_range_is_counted_offset_by_offset(warehouse: Warehouse, journal: Any) -> None:
    """The ledger has offsets 0 to 9 in two entries; the range begins in the first and ends beyond the last."""
    with warehouse.batch() as connection:
        for first, outcomes in ((0, [0, 0, 4, 0]), (4, [2, 1, 4, 5, 0, 0])):
            heads = ledger.lock(connection, [(TOPIC, 0)])
            entry = journal.entry(heads[TOPIC, 0], first + len(outcomes), bytes(outcomes))
            ledger.append(connection, heads, [entry])
        submissions.add(connection, [handed_in(ranges=(Range(TOPIC, 0, 1, 11),), records=11)])
    with warehouse.read() as connection:
        (fate,) = submissions.fates(connection, [Range(TOPIC, 0, 1, 11)])
        assert dict(fate.counts) == {
            "accepted": 4,
            "corrected": 1,
            "duplicate": 1,
            "quarantined": 2,
            "gap": 1,
            "waiting": 2,
        }
        assert (fate.quarantined, fate.receipts) == ((2, 6), (0, 4))
        (line,) = submissions.history(connection, HEFEI)
        assert line.waiting == 2
        (unknown,) = submissions.fates(connection, [Range("intake.340200.nil", 0, 0, 4)])
        assert dict(unknown.counts) == {"waiting": 5}


def test_keys_of_long_ago_are_forgotten_and_the_history_stays(warehouse: Warehouse) -> None:
    with warehouse.batch() as connection:
        sent, pending = handed_in(key="a", answer=b"x"), handed_in(key="b")
        submissions.remember(connection, sent)
        submissions.settle(connection, sent)
        submissions.remember(connection, pending)
        connection.execute(text("update submission set sent_at = now() - interval '40 days'"))
        assert submissions.forget_keys(connection, 30) == 2
        assert submissions.one(connection, HEFEI, pending.id) is None
        kept = submissions.one(connection, HEFEI, sent.id)
        assert kept is not None
        assert (kept.key, kept.answer) == (None, None)
