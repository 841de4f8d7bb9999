"""Facts: each frame read once, only when it is asked for, and only as it was promised."""

from __future__ import annotations

import polars as pl
import pytest

from oversight.errors import OversightError
from oversight.facts import INDICATOR, SHAPES, Facts, given


def test_a_frame_is_read_when_it_is_asked_for_and_once() -> None:
    read: list[str] = []

    def reads() -> pl.DataFrame:
        read.append("indicator")
        return INDICATOR.to_frame()

    facts = Facts({"indicator": reads})
    assert read == []
    assert facts.frame("indicator") is facts.frame("indicator")
    assert read == ["indicator"]


def test_a_frame_that_nobody_gives_is_refused_by_name() -> None:
    with pytest.raises(OversightError, match=r"without the frame 'award'; given: indicator"):
        Facts({"indicator": INDICATOR.to_frame}).frame("award")


def test_columns_other_than_promised_are_refused_by_name_and_type() -> None:
    wrong = INDICATOR.to_frame().with_columns(pl.col("value").cast(pl.Int64)).drop("unit")
    with pytest.raises(OversightError, match=r"'indicator': wanted columns value Float64, unit String"):
        given(indicator=wrong).frame("indicator")


def test_what_is_not_given_is_empty_and_further_columns_are_left_out() -> None:
    facts = given(indicator=INDICATOR.to_frame().with_columns(further=pl.lit(1)))
    assert facts.frame("indicator").schema == INDICATOR
    assert all(facts.frame(name).is_empty() for name in SHAPES)
