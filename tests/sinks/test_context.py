"""Context columns say what the warehouse knows around an event."""

from __future__ import annotations

from typing import Any

import polars as pl

from schemas.contract import contract
from sinks import context, facts, register
from sinks.warehouse import Warehouse

DAY = 86_400_000
START = 1_777_564_800_000


def joined(warehouse: Warehouse, kind: str, events: pl.DataFrame) -> pl.DataFrame:
    bare = events.drop("outlet__division", "limit__value", strict=False).with_row_index("row")
    with warehouse.batch() as connection:
        return context.join(connection, kind, bare, register.load(connection, None))


def test_a_reading_meets_its_outlet_and_the_limit_of_its_day(warehouse: Warehouse, loader: Any, sample: Any) -> None:
    limits = [
        sample.limit(50.0, valid_to=20_573),
        sample.limit(35.0, valid_from=20_574),
        sample.limit(30.0, valid_from=20_574),
    ]
    loader.load("registration", sample.registrations({"limits": limits}))
    found = joined(
        warehouse,
        "reading",
        sample.readings({}, {"start": START - 1}, {"mn": "nobody's"}, {"pollutant": "a21002"}, {"start": START + DAY}),
    )
    columns = ("outlet__division", "outlet__medium", "outlet__enterprise", "limit__value")
    outlet = ("340104", "AIR", "91340100149067617J")
    assert found.select(columns).rows() == [
        (*outlet, 30.0),
        (*outlet, 50.0),
        (None, None, None, None),
        (*outlet, None),
        (*outlet, 30.0),
    ]


def test_an_award_meets_its_project_and_the_other_awards_for_it(warehouse: Warehouse, loader: Any, sample: Any) -> None:
    loader.load("project", sample.projects({"project_code": "P1", "equipment_investment": 7}))
    common = {"project_code": "P1", "payee": "X"}
    loader.load(
        "award",
        sample.awards(
            {**common, "award_number": "A1", "amount": 100, "level": "NATIONAL", "fiscal_year": 2024},
            {**common, "award_number": "A2", "amount": 20, "level": "COUNTY"},
            {**common, "award_number": "A3", "amount": 3, "status": "RECOVERED"},
            {**common, "award_number": "A4", "amount": 999, "payee": "Y"},
        ),
    )
    events = sample.awards(
        {**common, "award_number": "A1", "revision": 2},
        {**common, "award_number": "A9"},
        {"project_code": "P7", "payee": "X", "award_number": "A8"},
        {"project_code": None, "payee": "X", "award_number": "A7"},
    )
    found = joined(warehouse, "award", events)
    columns = ("project__known", "project__equipment_investment", "stack__amount", "stack__count")
    assert found.select(columns).rows() == [
        (True, 7, 20, 1),
        (True, 7, 120, 2),
        (False, None, 0, 0),
        (False, None, 0, 0),
    ]
    assert found["award_number"].to_list() == ["A1", "A9", "A8", "A7"]


def test_a_superseding_event_meets_what_was_reported_before(warehouse: Warehouse, loader: Any, sample: Any) -> None:
    loader.load("project", sample.projects({"stage": "BUILDING", "planned_start": 20_000}))
    events = sample.projects({"revision": 2}, {"revision": 1}, {"project_code": "another"})
    with warehouse.batch() as connection:
        known = facts.probe(connection, "project", events)
    names = contract("project").names
    found = context.previous(events, known, contract("project").key, names)
    assert found.select("previous__stage", "previous__planned_start", "previous__division").rows() == [
        ("BUILDING", 20_000, "340104"),
        (None, None, None),
        (None, None, None),
    ]
    schema = events.schema
    assert all(found.schema[f"previous__{name}"] == schema[name] for name in names)
