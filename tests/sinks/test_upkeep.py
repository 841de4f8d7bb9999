"""Rollups are written anew and folded without changing what they say, while workers go on."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import text

from sinks import rollups, upkeep
from sinks.fetch import fetch
from sinks.warehouse import Warehouse


@pytest.fixture
def shards(loader: Any, sample: Any) -> None:
    """Three projects of one group, each from another worker, and one of another group."""
    for number in range(3):
        loader.load("project", sample.projects({"project_code": f"P{number}"}), shard=number + 1)
    loader.load("project", sample.projects({"project_code": "P9", "stage": "COMPLETED"}), shard=3)


def rows(warehouse: Warehouse) -> list[tuple[Any, ...]]:
    with warehouse.read() as connection:
        found = fetch(connection, "select stage, shard, projects from rollup_project order by stage, shard")
        assert rollups.differences(connection, "project").is_empty()
    return [(stage, shard, int(projects)) for stage, shard, projects in found.rows()]


@pytest.mark.usefixtures("shards")
def test_folding_leaves_one_row_of_a_group_and_touches_no_other(warehouse: Warehouse) -> None:
    assert upkeep.fold(warehouse, "project") == 2
    assert rows(warehouse) == [("BUILDING", 0, 3), ("COMPLETED", 3, 1)]
    assert upkeep.fold(warehouse, "project") == 0


@pytest.mark.usefixtures("shards")
def test_folding_goes_part_by_part(
    warehouse: Warehouse, loader: Any, sample: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    loader.load("project", sample.projects({"project_code": "P8", "stage": "COMPLETED"}), shard=1)
    monkeypatch.setattr(upkeep, "GROUPS", 1)
    told = list[int]()
    assert upkeep.fold(warehouse, "project", told.append) == 3
    assert len(told) == 2
    assert rows(warehouse) == [("BUILDING", 0, 3), ("COMPLETED", 0, 2)]


@pytest.mark.usefixtures("shards")
def test_folding_gives_way_to_a_batch_that_is_under_way(
    warehouse: Warehouse, loader: Any, sample: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(upkeep, "PATIENCE_MS", 50)
    with warehouse.batch() as connection:
        loader.within(connection, "project", sample.projects({"project_code": "P7"}), 1)
        assert upkeep.fold(warehouse, "project") == 0
    assert rows(warehouse) == [("BUILDING", 1, 2), ("BUILDING", 2, 1), ("BUILDING", 3, 1), ("COMPLETED", 3, 1)]


@pytest.mark.usefixtures("shards")
def test_a_batch_that_meets_folding_waits_and_is_counted(
    warehouse: Warehouse, loader: Any, sample: Any, blocked: Callable[[], None]
) -> None:
    later = threading.Thread(
        target=loader.load, args=("project", sample.projects({"project_code": "P7"})), kwargs={"shard": 2}
    )
    with warehouse.batch() as connection:
        rollups.fold(connection, "project")
        later.start()
        blocked()
    later.join()
    assert rows(warehouse) == [("BUILDING", 0, 3), ("BUILDING", 2, 1), ("COMPLETED", 3, 1)]


@pytest.mark.usefixtures("shards")
def test_rebuilding_tells_how_many_groups_were_wrong(warehouse: Warehouse) -> None:
    with warehouse.batch() as connection:
        connection.execute(text("update rollup_project set projects = projects + 1 where stage = 'COMPLETED'"))
    done = upkeep.rebuild(warehouse, "project")
    assert (done.different, done.groups) == (1, 2)
    assert rows(warehouse) == [("BUILDING", 0, 3), ("COMPLETED", 0, 1)]
    assert upkeep.rebuild(warehouse, "project").different == 0
