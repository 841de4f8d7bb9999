"""Asking a Kafka cluster about itself through kafka-python's admin client; what it cannot answer is Unavailable."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING

from huiliu import kafka_admin
from huiliu.errors import Unavailable
from huiliu.kafka import Cluster
from huiliu.language import text

if TYPE_CHECKING:
    from kafka.admin import KafkaAdminClient

Partition = tuple[str, int]  # topic, number

TIMEOUT_MS = 10_000  # for the first answer of a cluster


@contextmanager
def admin(kafka: Cluster, timeout_ms: int = TIMEOUT_MS) -> Iterator[KafkaAdminClient]:
    """An admin client of the cluster.

    :raises Unavailable: the cluster does not answer, now or inside the block.
    """
    from kafka.errors import KafkaError

    logging.getLogger("kafka").addHandler(logging.NullHandler())  # what goes wrong is told by the exception
    try:
        with kafka_admin.admin(kafka, timeout_ms) as client:
            yield client
    except OSError as failure:
        raise _silent(kafka, text(f"连接不上（{failure}）", f"cannot connect ({failure})")) from failure
    except KafkaError as failure:
        raise _silent(kafka, type(failure).__name__) from failure


def _silent(kafka: Cluster, reason: str) -> Unavailable:
    return Unavailable(
        text(
            f"Kafka（{kafka}）没有应答：{reason}。请核对 HUILIU_KAFKA，或查看 huiliu doctor。",
            f"Kafka at {kafka} does not answer: {reason}. Check HUILIU_KAFKA, see huiliu doctor.",
        )
    )


def answers(kafka: Cluster, timeout_ms: int = 1_000) -> bool:
    """True when a broker serves requests and takes part in its cluster."""
    try:
        with admin(kafka, timeout_ms) as client:
            return bool(client.describe_cluster()["brokers"])
    except Unavailable:
        return False


def members(kafka: Cluster, group: str) -> int:
    """How many members of a consumer group have their partitions; 0 while it is being formed or rebalanced."""
    from kafka.errors import CoordinatorLoadInProgressError, CoordinatorNotAvailableError, NotCoordinatorError

    with admin(kafka) as client:
        try:
            found = client.describe_groups([group])[group]
        except (CoordinatorLoadInProgressError, CoordinatorNotAvailableError, NotCoordinatorError):
            return 0
    return len(found["members"]) if found["group_state"] == "Stable" else 0


def behind(kafka: Cluster, topics: Iterable[str], next_offsets: Mapping[Partition, int]) -> dict[str, int]:
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
