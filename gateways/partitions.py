"""In which partition a record goes: by its key as Java's client has it, so that all clients agree."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from aiokafka.partitioner import murmur2


def of_key(key: bytes, partitions: Sequence[int]) -> int:
    """One of the partitions: an object's records stay in one, in their order, whoever sends them."""
    return partitions[(_hash(key) & 0x7FFFFFFF) % len(partitions)]


@lru_cache(maxsize=65_536)
def _hash(key: bytes) -> int:
    return int(murmur2(key))
