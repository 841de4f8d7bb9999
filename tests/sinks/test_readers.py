"""Readers see their division's rows and change nothing; writers change what a batch changes and no more."""

from __future__ import annotations

from typing import Any

import psycopg
import pytest
from sqlalchemy import make_url, text

from sinks.errors import WarehouseError
from sinks.fetch import fetch
from sinks.warehouse import Warehouse


@pytest.fixture
def province(loader: Any, sample: Any) -> None:
    divisions = {"MN0001": "340104", "MN0002": "340204", "MN0003": "429004"}
    loader.load("registration", sample.registrations(*({"mn": mn, "division": d} for mn, d in divisions.items())))
    loader.load("reading", sample.readings(*({"mn": mn} for mn in divisions)))
    loader.load("reading", sample.readings(*({"mn": mn, "revision": 2} for mn in divisions)))
    loader.load("project", sample.projects(*({"project_code": d, "division": d} for d in divisions.values())))


SCOPES = {"340100": [340104], "340104": [340104], "340000": [340104, 340204], "340105": [], "429004": [429004], "": []}


@pytest.mark.usefixtures("province")
@pytest.mark.parametrize("scope", SCOPES)
@pytest.mark.parametrize("table", ["reading", "reading_history", "project", "registration", "outlet"])
def test_a_reader_sees_only_the_rows_of_its_division(scope: str, table: str, warehouse: Warehouse) -> None:
    with warehouse.audit(scope) as connection:
        assert fetch(connection, f"select division from {table} order by 1")["division"].to_list() == SCOPES[scope]


@pytest.mark.usefixtures("province")
def test_a_reader_sees_only_its_figures_and_limits(warehouse: Warehouse) -> None:
    with warehouse.audit("340100") as connection:
        assert fetch(connection, "select city from reading_by_day")["city"].to_list() == [340100]
        assert fetch(connection, "select city from project_by_stage")["city"].to_list() == [340100]
        assert connection.execute(text("select count(*) from outlet_limit")).scalar_one() == 1
        known = fetch(connection, "select division from reading_as_known(now())")
    assert known["division"].to_list() == [340104]


@pytest.mark.usefixtures("province")
def test_without_a_scope_a_reader_sees_nothing(warehouse: Warehouse) -> None:
    with warehouse.read() as connection:
        connection.execute(text("set local role huiliu_reader"))
        assert connection.execute(text("select count(*) from reading")).scalar_one() == 0


@pytest.mark.parametrize(
    "statement",
    [
        "delete from reading",
        "update ledger set rule_set = ''",
        "select * from publisher",
        "select make_reading_month('2030-01-01')",
    ],
)
def test_a_reader_may_not_do_what_is_not_reading(statement: str, warehouse: Warehouse) -> None:
    with pytest.raises(WarehouseError, match="42501"), warehouse.batch() as connection:
        connection.execute(text("set local role huiliu_reader"))
        connection.execute(text(statement))


@pytest.mark.parametrize(
    "statement", ["delete from reading", "update ledger set rule_set = ''", "delete from finding", "drop table outbox"]
)
def test_a_writer_may_not_rewrite_history(statement: str, warehouse: Warehouse) -> None:
    with pytest.raises(WarehouseError, match="42501"), warehouse.batch() as connection:
        connection.execute(text("set local role huiliu_writer"))
        connection.execute(text(statement))


def test_a_writer_may_do_all_that_a_batch_does(warehouse: Warehouse, loader: Any, sample: Any, journal: Any) -> None:
    steps = [
        ("registration", sample.registrations({})),
        ("reading", sample.readings({}, {"pollutant": "a21002"})),
        ("reading", sample.readings({"revision": 2, "maximum": 1.0})),
        ("registration", sample.registrations({"revision": 2, "limits": [sample.limit(1.0)]})),
        ("award", sample.awards({}, {"revision": 2})),
    ]
    for kind, events in steps:
        with warehouse.batch() as connection:
            connection.execute(text("set local role huiliu_writer"))
            loader.within(connection, kind, events, judged=True)
            journal.enter(connection, f"intake.340100.{kind}", events["offset"].to_list())
    with warehouse.read() as connection:
        assert connection.execute(text("select count(*) from ledger")).scalar_one() == len(steps)


@pytest.mark.usefixtures("template")
def test_the_hubs_own_role_may_put_on_a_readers_rights_once_it_is_given_them(empty_uri: str) -> None:
    """As in the embedded database: the role owns its database, and is no superuser."""
    database = make_url(empty_uri).database
    name = f"hub_of_{database}"
    with psycopg.connect(empty_uri, autocommit=True) as connection:
        connection.execute(f"create role {name} login createrole bypassrls; alter database {database} owner to {name}")
    warehouse = Warehouse(str(make_url(empty_uri).set(username=name)))
    try:
        with pytest.raises(WarehouseError, match="huiliu_reader"):
            warehouse.migrate()  # another database of this server made the role, so it is not ours to give
        with psycopg.connect(empty_uri, autocommit=True) as connection:
            connection.execute(f"grant huiliu_reader to {name}")
        warehouse.migrate()
        with warehouse.audit("340000") as connection:
            assert connection.execute(text("select count(*) from reading")).scalar_one() == 0
    finally:
        warehouse.close()
        with psycopg.connect(empty_uri, autocommit=True) as connection:
            connection.execute(f"alter database {database} owner to postgres; reassign owned by {name} to postgres")
            connection.execute(f"drop owned by {name}; drop role {name}")
