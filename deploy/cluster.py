"""Asking a Kafka cluster about itself through kafka-python's admin client; what it cannot answer is Unavailable."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING

from huiliu.errors import Unavailable
from huiliu.language import text

if TYPE_CHECKING:
    from kafka.admin import KafkaAdminClient

Partition = tuple[str, int]  # topic, number

TIMEOUT_MS = 10_000  # for the first answer of a cluster


@contextmanager
def admin(kafka: str, timeout_ms: int = TIMEOUT_MS) -> Iterator[KafkaAdminClient]:
    """An admin client of the cluster with these bootstrap servers.

    :raises Unavailable: the cluster does not answer, now or inside the block.
    """
    from kafka.admin import KafkaAdminClient
    from kafka.errors import KafkaError

    logging.getLogger("kafka").addHandler(logging.NullHandler())  # a refused connection is told by the exception
    client = None
    try:
        client = KafkaAdminClient(
            bootstrap_servers=kafka.split(","),
            bootstrap_timeout_ms=timeout_ms,
            request_timeout_ms=max(timeout_ms, 2_000),
        )
        yield client
    except (KafkaError, OSError) as failure:
        raise Unavailable(
            text(
                f"Kafka（{kafka}）没有应答：{type(failure).__name__}。请核对 HUILIU_KAFKA，或查看 huiliu doctor。",
                f"Kafka at {kafka} does not answer: {type(failure).__name__}. Check HUILIU_KAFKA, see huiliu doctor.",
            )
        ) from failure
    finally:
        if client is not None:
            client.close()


def answers(kafka: str, timeout_ms: int = 1_000) -> bool:
    """True when a broker serves requests and takes part in its cluster."""
    try:
        with admin(kafka, timeout_ms) as client:
            return bool(client.describe_cluster()["brokers"])
    except Unavailable:
        return False


def members(kafka: str, group: str) -> int:
    """How many members of a consumer group have their partitions; 0 while it is being rebalanced."""
    with admin(kafka) as client:
        found = client.describe_groups([group])[group]
    return len(found["members"]) if found["group_state"] == "Stable" else 0


def behind(kafka: str, topics: Iterable[str], next_offsets: Mapping[Partition, int]) -> dict[str, int]:
    """Records not yet loaded, by topic, for those of the topics that exist.

    :param next_offsets: where loading goes on; a partition that is not named has not been loaded from its beginning.
    """
    from kafka import TopicPartition
    from kafka.protocol.consumer import OffsetSpec

    with admin(kafka) as client:
        wanted = sorted(set(topics) & set(client.list_topics()))
        if not wanted:
            return {}
        described = client.describe_topics(wanted)
        partitions = [
            TopicPartition(topic["name"], one["partition_index"]) for topic in described for one in topic["partitions"]
        ]
        last = client.list_partition_offsets(dict.fromkeys(partitions, OffsetSpec.LATEST))
        first = client.list_partition_offsets(dict.fromkeys(partitions, OffsetSpec.EARLIEST))
    result = dict.fromkeys(wanted, 0)
    for partition, end in last.items():
        loaded = next_offsets.get((partition.topic, partition.partition), first[partition].offset)
        result[partition.topic] += max(0, end.offset - loaded)
    return result
