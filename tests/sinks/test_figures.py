"""Figures as they are asked for: narrowed, bounded, by day or month, page by page; and how fresh they are."""

from __future__ import annotations

from typing import Any

import pytest

from huiliu.division import DivisionCode
from sinks import figures, publishers
from sinks.errors import UnknownName
from sinks.figures import Asked
from sinks.publishers import Publisher
from sinks.warehouse import Warehouse

DAY = 86_400_000
START = 1_777_564_800_000  # 2026-05-01 in Shanghai


@pytest.fixture
def months(loader: Any, sample: Any) -> None:
    """Two outlets of two cities: 2026-05-01, 2026-05-02 and 2026-06-01, from two workers."""
    divisions = {"MN0001": "340104", "MN0002": "340204"}
    loader.load("registration", sample.registrations(*({"mn": mn, "division": d} for mn, d in divisions.items())))
    for shard, day in enumerate((0, 1, 31)):
        rows = ({"mn": mn, "start": START + day * DAY, "average": 10.0 + day} for mn in divisions)
        loader.load("reading", sample.readings(*rows), shard=shard)


def ask(warehouse: Warehouse, limit: int | None = None, after: Any = None, **asked: Any) -> list[dict[str, Any]]:
    with warehouse.read() as connection:
        found = figures.figures(connection, Asked(**{"kind": "reading", "chosen": {}, **asked}), limit, after)
    return found.to_dicts()


@pytest.mark.usefixtures("months")
def test_figures_are_named_by_codes_in_the_order_of_the_group(warehouse: Warehouse) -> None:
    found = ask(warehouse)
    assert [(row["city"], row["day"]) for row in found] == [
        (city, day) for city in ("340100", "340200") for day in ("2026-05-01", "2026-05-02", "2026-06-01")
    ]
    assert (found[0]["pollutant"], found[0]["period"], int(found[0]["average_micro"])) == ("a21026", "HOUR", 10_000_000)


@pytest.mark.usefixtures("months")
@pytest.mark.parametrize(
    ("first", "last", "days"),
    [
        ("2026-05-02", None, ["2026-05-02", "2026-06-01"]),
        (None, "2026-05", ["2026-05-01", "2026-05-02"]),
        ("2026-06", "2026", ["2026-06-01"]),
        ("2026Q1", "2026Q1", []),
    ],
)
def test_bounds_are_whole_periods_both_within(
    first: str | None, last: str | None, days: list[str], warehouse: Warehouse
) -> None:
    found = ask(warehouse, chosen={"city": "340100", "pollutant": "a21026"}, first=first, last=last)
    assert [row["day"] for row in found] == days


@pytest.mark.usefixtures("months")
def test_days_add_up_to_months_and_the_largest_stays(warehouse: Warehouse) -> None:
    may, june = ask(warehouse, chosen={"city": "340200"}, by="month")
    assert (may["month"], int(may["readings"]), int(may["average_micro"]), may["maximum"]) == (
        "2026-05", 2, 21_000_000, 30.0,
    )  # fmt: skip
    assert (june["month"], int(june["readings"])) == ("2026-06", 1)


@pytest.mark.usefixtures("months")
@pytest.mark.parametrize("by", ["day", "month"])
def test_pages_after_one_another_are_the_whole(by: str, warehouse: Warehouse) -> None:
    whole, pages = ask(warehouse, by=by), list[dict[str, Any]]()
    while page := ask(warehouse, 1, _group(pages[-1], by) if pages else None, by=by):
        pages += page
    assert pages == whole


def _group(row: dict[str, Any], by: str) -> dict[str, Any]:
    return {name: row[name] for name in ("city", "pollutant", "period", by)}


@pytest.mark.usefixtures("months")
def test_the_newest_is_that_of_what_is_asked_and_a_group_without_facts_is_none(
    warehouse: Warehouse, loader: Any, sample: Any
) -> None:
    with warehouse.read() as connection:
        newest = [
            figures.newest(connection, Asked(kind="reading", chosen=chosen, last=last))
            for chosen, last in (({}, None), ({"city": "340100"}, "2026-05"), ({"city": "341000"}, None))
        ]
    assert newest == ["2026-06-01", "2026-05-02", None]
    loader.load("project", sample.projects({}))
    loader.load("project", sample.projects({"revision": 2, "month": "2026-06"}))
    loader.load("project", sample.projects({"revision": 3, "month": "2026-04"}))
    with warehouse.read() as connection:
        assert figures.newest(connection, Asked(kind="project", chosen={})) == "2026-04"


def test_freshness_counts_what_the_ledger_has_and_what_still_waits(
    warehouse: Warehouse, loader: Any, sample: Any, journal: Any
) -> None:
    with warehouse.batch() as connection:
        for code in ("340100", "340200"):
            publishers.add(connection, Publisher(division=DivisionCode(code), kinds=("project",)))
        journal.enter(connection, "intake.340100.project", [0], [1, 2])
        loader.within(connection, "project", sample.projects({}))
    with warehouse.audit("340000") as connection:
        fresh = figures.freshness(connection, Asked(kind="project", chosen={}))
    assert (fresh.records, fresh.publishers, fresh.reporting, fresh.waiting) == (1, 2, 1, 2)
    assert (fresh.newest, fresh.loaded_at is not None) == ("2026-05", True)
    with warehouse.audit("340200") as connection:
        fresh = figures.freshness(connection, Asked(kind="project", chosen={}))
    assert (fresh.records, fresh.publishers, fresh.reporting, fresh.waiting, fresh.newest) == (0, 1, 0, 0, None)


@pytest.mark.parametrize("asked", [{"chosen": {"stage": "x"}}, {"chosen": {}, "first": "May"}])
def test_what_cannot_be_asked_is_told(asked: dict[str, Any], warehouse: Warehouse) -> None:
    with pytest.raises(UnknownName):
        ask(warehouse, **asked)
