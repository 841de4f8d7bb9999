"""Transmission effectiveness below what is asked: the newest judged month decides, as figures of it come."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import polars as pl

from oversight.monitors.effectiveness import TRANSMISSION, below
from tests.oversight.monitors.hours import at

LATER = at(100_000)


def figure(month: int, moment: datetime, valid: int, **changes: Any) -> dict[str, Any]:
    usual = {"mn": "M1", "division": 340104, "city": 340100, "month": date(2025, month, 1), "at": moment, "due": 1000}
    return {**usual, "valid": valid, **changes}


def spans(*rows: dict[str, Any], key: tuple[str, ...] = ("mn",), asked: float = 95, before: datetime = LATER) -> Any:
    frame = pl.DataFrame(list(rows), schema=TRANSMISSION)
    return below(frame, key, before, asked=asked).select("opens", "closes", "rate").rows()


def test_a_month_below_stands_until_one_that_reaches_it() -> None:
    rows = [figure(1, at(0), 940), figure(2, at(700), 930), figure(3, at(1400), 950)]
    assert spans(*rows) == [(at(0), at(1400), 93.0)]
    assert spans(*rows, before=at(1300)) == [(at(0), None, 93.0)]


def test_completion_ends_it_and_a_stop_without_document_brings_it_back() -> None:
    rows = [figure(1, at(0), 940), figure(1, at(240), 960), figure(1, at(260), 940)]
    assert spans(*rows) == [(at(0), at(240), 94.0), (at(260), None, 94.0)]


def test_a_later_figure_of_an_earlier_month_is_of_the_past() -> None:
    assert spans(figure(1, at(0), 960), figure(2, at(700), 960), figure(1, at(710), 900)) == []


def test_a_city_is_the_sum_of_its_outlets_never_a_mean_of_rates_and_nothing_due_is_not_judged() -> None:
    rows = [figure(1, at(0), 890), figure(1, at(0), 95, mn="M2", due=100)]
    assert spans(*rows, key=("city",), asked=90) == [(at(0), None, 89.55)]
    assert spans(figure(1, at(0), 0, due=0)) == []
