"""The last statement whose parts are all there counts, whatever was broken off before, after or in between."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.errors import ManifestError
from streams import upward_statement
from streams.upward_statement import last_whole, parts


@given(st.data(), st.lists(st.binary(min_size=40, max_size=400), min_size=1, max_size=4))
def test_the_last_statement_that_is_whole_counts(data: st.DataObject, sent: list[bytes]) -> None:
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(upward_statement, "PART_BYTES", 30)
        messages, expected = [], None
        for number, whole in enumerate(sent):
            cut = parts(whole, f"{number:064x}")
            kept = data.draw(st.one_of(st.just(len(cut)), st.integers(0, len(cut) - 1)))
            messages += [(one.value, one.headers) for one in cut[:kept]]
            expected = whole if kept == len(cut) else expected
        assert last_whole(messages) == expected


def test_a_statement_that_was_sent_again_after_it_was_broken_off_is_whole() -> None:
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(upward_statement, "PART_BYTES", 5)
        cut = [(one.value, one.headers) for one in parts(b"a statement of some length", "ab" * 32)]
    assert last_whole([*cut[:2], *cut]) == b"a statement of some length"


@pytest.mark.parametrize("value", [b"not deflated", b"", None])
def test_what_cannot_be_inflated_is_refused(value: bytes | None) -> None:
    headers = [("huiliu.statement", b"x"), ("huiliu.part", b"0"), ("huiliu.parts", b"1")]
    with pytest.raises(ManifestError):
        last_whole([(value, headers)])


def test_messages_of_something_else_are_no_statement() -> None:
    assert last_whole([(b"x", []), (None, [("huiliu.part", b"0")])]) is None
