"""A shard belongs to one worker while it lives."""

from __future__ import annotations

from sinks import shards
from sinks.warehouse import Warehouse


def test_two_workers_never_have_the_same_shard(warehouse: Warehouse, warehouse_uri: str) -> None:
    other = Warehouse(warehouse_uri)
    with shards.held(warehouse) as one, shards.held(other) as two:
        assert [one, two] == [1, 2]
    other.close()


def test_a_shard_is_free_again_when_its_worker_is_done(warehouse: Warehouse, warehouse_uri: str) -> None:
    other = Warehouse(warehouse_uri)
    with shards.held(warehouse) as before:
        pass
    with shards.held(other) as after:
        assert before == after
    other.close()
