"""The migrations build what the tables say, wherever and however often they run."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import CheckConstraint, text

from sinks.errors import Irreversible
from sinks.migrations import configuration, ours
from sinks.tables import METADATA
from sinks.warehouse import Warehouse


def test_migrations_build_exactly_the_tables_of_the_metadata(warehouse: Warehouse) -> None:
    options = {
        "target_metadata": METADATA,
        "compare_type": True,
        "compare_server_default": True,
        "include_object": ours,
    }
    with warehouse.batch() as connection:
        assert compare_metadata(MigrationContext.configure(connection, opts=options), METADATA) == []


def test_check_constraints_are_those_of_the_metadata(warehouse: Warehouse) -> None:
    wanted = {str(c.name) for t in METADATA.tables.values() for c in t.constraints if isinstance(c, CheckConstraint)}
    found = text("select conname from pg_constraint where contype = 'c' and connamespace = 'public'::regnamespace")
    with warehouse.read() as connection:
        assert {name for (name,) in connection.execute(found)} == wanted


def test_migrating_again_changes_nothing(warehouse: Warehouse) -> None:
    warehouse.migrate()
    with warehouse.read() as connection:
        assert connection.execute(text("select version from register")).scalar_one() == 0
        assert connection.execute(text("select count(*) from pollutant")).scalar_one() == 379


def test_several_processes_may_migrate_at_once(empty_uri: str) -> None:
    warehouses = [Warehouse(empty_uri) for _ in range(3)]
    with ThreadPoolExecutor(3) as pool:
        list(pool.map(Warehouse.migrate, warehouses))
    with warehouses[0].read() as connection:
        assert connection.execute(text("select count(*) from register")).scalar_one() == 1
    for warehouse in warehouses:
        warehouse.close()


def test_a_revision_without_anything_to_lose_is_undone_and_comes_again(empty_uri: str) -> None:
    warehouse = Warehouse(empty_uri)
    shape = text(
        "select array_agg(proname::text order by proname) from pg_proc"
        " where pronamespace = 'public'::regnamespace union all"
        " select array_agg(indexname::text order by indexname) from pg_indexes where schemaname = 'public'"
    )
    with warehouse.batch() as connection:
        command.upgrade(configuration(connection), "0012")
        before = connection.execute(shape).all()
        command.upgrade(configuration(connection), "0014")
        after = connection.execute(shape).all()
        command.downgrade(configuration(connection), "0012")
        assert connection.execute(shape).all() == before != after
        command.upgrade(configuration(connection), "0014")
        assert connection.execute(shape).all() == after
    warehouse.close()


def test_a_revision_that_would_lose_something_is_not_undone_and_says_how_to_go_back(empty_uri: str) -> None:
    warehouse = Warehouse(empty_uri)
    with warehouse.batch() as connection:
        command.upgrade(configuration(connection), "0012")
        with pytest.raises(Irreversible, match=r"0012.*(备份|backup)"):
            command.downgrade(configuration(connection), "0011")
    warehouse.close()
