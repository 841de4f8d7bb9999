"""A look at the broker: where records end, what waits to be loaded, and how long it is kept.

For who does not consume (``huiliu status``), and for a worker whose consumer has fallen silent. Uses kafka-python, so
neither Faust nor its event loop has to be well. Raises KafkaError and OSError.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from kafka import KafkaAdminClient, KafkaConsumer, TopicPartition
from kafka.admin import ConfigResource
from kafka.protocol.consumer import IsolationLevel, OffsetSpec

from huiliu.kafka import Cluster
from streams.lag import Place, Retention, Standing

#: Seconds for reading the first waiting record of each partition; what has not come by then stays unknown.
_PATIENCE: Final = 10.0

#: Bytes of one partition and of all in one answer of the broker.
_PARTITION_BYTES: Final = 64 * 1024
_FETCH_BYTES: Final = 8 << 20


@dataclass(frozen=True)
class View:
    """What the broker has of some partitions, against the ledger. ``newest_loaded_ms``: Kafka time, UTC ms."""

    standings: tuple[Standing, ...]
    newest_loaded_ms: int | None


def ends(client: KafkaAdminClient, places: Iterable[Place]) -> dict[Place, int]:
    """Where what may be read ends, beyond records of transactions that are still open."""
    return {place: offset for place, (offset, _) in _offsets(client, places, OffsetSpec.LATEST).items()}


def view(kafka: Cluster, client: KafkaAdminClient, topics: Iterable[str], next_offsets: Mapping[Place, int]) -> View:
    """How far loading is behind on these topics.

    ``next_offsets``: where the ledger goes on; a partition that it does not name has not been loaded from its start.
    """
    places = _places(client, topics)
    first = _offsets(client, places, OffsetSpec.EARLIEST)
    end = ends(client, places)
    loaded = {place: next_offsets.get(place, first[place][0]) for place in places}
    behind = {place: loaded[place] for place in places if end[place] > loaded[place]}
    level = [place for place in places if place not in behind and loaded[place] > first[place][0]]
    edges = _edges(kafka, behind, {place: first[place][0] for place in behind}, end)
    standings = [
        Standing(place, end[place] - loaded[place], edges[place].waiting_ms)
        if place in behind and not edges[place].nothing
        else Standing(place, 0)
        for place in places
    ]
    newest = [stamp for _, stamp in _offsets(client, level, OffsetSpec.MAX_TIMESTAMP).values() if stamp >= 0]
    newest += [edge.loaded_ms for edge in edges.values() if edge.loaded_ms is not None]
    return View(tuple(standings), max(newest, default=None))


def retention(client: KafkaAdminClient, topics: Iterable[str]) -> dict[str, Retention]:
    """How long and how much Kafka keeps of each topic, as it is in force (a broker's default included)."""
    names = sorted(topics)
    if not names:
        return {}
    wanted = [ConfigResource("TOPIC", name, ["retention.ms", "retention.bytes"]) for name in names]
    answer = client.describe_configs(wanted, config_filter="all")["topic"]
    kept = {name: {key: int(entry["value"]) for key, entry in answer[name].items()} for name in names}
    limited = [name for name in names if kept[name]["retention.bytes"] >= 0]
    sizes = _record_bytes(client, limited) if limited else {}
    return {
        name: Retention(kept[name]["retention.ms"], kept[name]["retention.bytes"], sizes.get(name)) for name in names
    }


def _record_bytes(client: KafkaAdminClient, topics: list[str]) -> dict[str, float]:
    """Bytes of Kafka's log for each record, on the average of a topic that has any."""
    places = _places(client, topics)
    first, last = (_offsets(client, places, spec) for spec in (OffsetSpec.EARLIEST, OffsetSpec.LATEST))
    sizes: dict[Place, int] = {}
    for broker in client.describe_log_dirs(topics):
        for topic in (topic for folder in broker["log_dirs"] for topic in folder["topics"]):
            for part in topic["partitions"]:
                place = (topic["name"], part["partition_index"])
                sizes[place] = max(sizes.get(place, 0), part["partition_size"])
    records = {name: sum(last[place][0] - first[place][0] for place in places if place[0] == name) for name in topics}
    size = {name: sum(size for place, size in sizes.items() if place[0] == name) for name in topics}
    return {name: size[name] / records[name] for name in topics if records[name] > 0}


def _places(client: KafkaAdminClient, topics: Iterable[str]) -> list[Place]:
    names = sorted(set(topics) & set(client.list_topics()))
    described = client.describe_topics(names) if names else []
    return [(topic["name"], one["partition_index"]) for topic in described for one in topic["partitions"]]


def _offsets(client: KafkaAdminClient, places: Iterable[Place], spec: OffsetSpec) -> dict[Place, tuple[int, int]]:
    wanted = {TopicPartition(*place): spec for place in places}
    if not wanted:
        return {}
    answer = client.list_partition_offsets(wanted, isolation_level=IsolationLevel.READ_COMMITTED)
    return {(place.topic, place.partition): (found.offset, found.timestamp) for place, found in answer.items()}


@dataclass
class _Edge:
    """Around the ledger's next offset: Kafka times of the record before and of the one after."""

    loaded_ms: int | None = None
    waiting_ms: int | None = None
    nothing: bool = False  # what lies behind are markers of transactions, not records


def _edges(
    kafka: Cluster, next_offsets: Mapping[Place, int], first: Mapping[Place, int], end: Mapping[Place, int]
) -> dict[Place, _Edge]:
    edges = {place: _Edge() for place in next_offsets}
    if not edges:
        return edges
    with _reader(kafka) as reader:
        open_places = {TopicPartition(*place): offset for place, offset in next_offsets.items()}
        reader.assign(list(open_places))
        for place, offset in open_places.items():
            reader.seek(place, max(first[place.topic, place.partition], offset - 1))
        deadline = time.monotonic() + _PATIENCE
        while open_places and time.monotonic() < deadline:
            for place, records in reader.poll(timeout_ms=500).items():
                _see(edges[place.topic, place.partition], records, next_offsets[place.topic, place.partition])
            for place in list(open_places):
                edge = edges[place.topic, place.partition]
                edge.nothing = edge.waiting_ms is None and reader.position(place) >= end[place.topic, place.partition]
                if edge.nothing or edge.waiting_ms is not None:
                    del open_places[place]
                    reader.pause(place)
    return edges


def _see(edge: _Edge, records: Iterable[Any], next_offset: int) -> None:
    for record in records:
        if record.offset < next_offset:
            edge.loaded_ms = record.timestamp
        elif edge.waiting_ms is None:
            edge.waiting_ms = record.timestamp


def _reader(kafka: Cluster) -> KafkaConsumer:
    return KafkaConsumer(
        **kafka.kafka_python(),
        group_id=None,
        enable_auto_commit=False,
        auto_offset_reset="earliest",
        isolation_level="read_committed",
        max_partition_fetch_bytes=_PARTITION_BYTES,
        fetch_max_bytes=_FETCH_BYTES,
    )
