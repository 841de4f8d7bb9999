"""Publishing as a municipal system does it: check, keep, send in order, await the answer.

The steps of ``send``; an event that it has returned for is never lost:

    1. Encode every event by its contract; one that does not fit refuses the call, and nothing is kept.
       A typed event was refused earlier, where it was made.
    2. Keep the records in the spool, on disk.
    3. Send what waits, oldest first, acks=all, idempotent. While the broker is away: later, by ``flush`` or ``send``.
    4. Write down the places that the broker has confirmed; only then the bytes leave the spool.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from huiliu import client_file, kafka_admin
from huiliu import division as divisions
from huiliu.client_file import ClientFileError
from huiliu.clock import now_ms
from huiliu.errors import Malformed, Unavailable
from huiliu.kafka import Cluster
from huiliu.language import language, text
from huiliu_publisher.answers import Answer, await_answers
from huiliu_publisher.door import enter
from huiliu_publisher.errors import DoorClosed, EventFault, EventsRefused, PublisherError
from huiliu_publisher.event import Event
from huiliu_publisher.spool import Record, Spool, Waiting
from schemas import event_json
from schemas.contract import contract
from schemas.encode import written
from schemas.topics import INTAKE_MESSAGE_BYTES, intake_topic
from schemas.value import Fault
from validators.verdict import Verdict, verdicts

logger: Final = logging.getLogger("huiliu_publisher")

#: How long the broker may take to confirm a record, seconds.
PATIENCE: Final = 30.0

#: Longest record that the intake topics take, bytes; from ``record_bytes`` (settings) on the hub quarantines it.
LARGEST: Final = INTAKE_MESSAGE_BYTES - 65_536

#: A typed event, several of them, or the kind of mappings that follow.
Given = Event | Sequence[Event] | str


@dataclass(frozen=True, slots=True)
class Submission:
    """What one call of ``send`` kept: for each event its topic, and its record's number in the spool."""

    publisher: Publisher
    topics: tuple[str, ...]
    numbers: tuple[int, ...]
    since_ms: int

    def wait(self, seconds: float = 60.0) -> list[Answer]:
        """The hub's answer to each event, in the order given. Raises Unavailable, NoAnswer; both may be tried again."""
        try:
            self.publisher.flush()
        except Unavailable:
            if not self.publisher.confirmed(self):
                raise
        return self.publisher.answers(self, seconds)


class Publisher:
    """A publisher of one division. Use as a context manager; not for several threads at once."""

    def __init__(self, cluster: Cluster, division: str, *, spool: Path | str, most_bytes: int = 1 << 30) -> None:
        """Nothing is connected yet. ``most_bytes``: of what may wait in the spool. Raises Malformed."""
        if not divisions.known(division):
            raise Malformed(text("行政区划代码", "division code"), division, "GB/T 2260, 340100")
        self.division, self._cluster = division, cluster
        self._spool = Spool(Path(spool), most_bytes)
        self._producer: Any = None
        self._there = set[str]()  # topics that the broker has

    @classmethod
    def of(cls, folder: Path | str, *, spool: Path | str, most_bytes: int = 1 << 30) -> Publisher:
        """The publisher whose client settings are in this folder, as ``huiliu publisher add --into`` wrote it.

        Raises ClientFileError for a folder that has no such settings or those of nobody's.
        """
        client = client_file.read(Path(folder))
        division = (client.user or "").rpartition("-")[2]
        if not divisions.known(division):
            raise ClientFileError(
                text(
                    f"{folder}：用户 {client.user} 不是报送单位。请用 Publisher(Cluster(…), 区划代码, spool=…)。",
                    f"{folder}: the user {client.user} is no publisher's. Say Publisher(Cluster(...), division, ...).",
                )
            )
        return cls(client, division, spool=spool, most_bytes=most_bytes)

    def __enter__(self) -> Publisher:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def check(self, given: Given, events: Sequence[Mapping[str, Any]] = ()) -> list[Verdict]:
        """The verdicts of the hub's rules, offline, in order; what only the warehouse can judge is named in them.

        Takes what ``send`` takes. Raises EventsRefused.
        """
        read = _read(given, events)
        found: dict[int, Verdict] = {}
        for kind in dict.fromkeys(kind for kind, _ in read):
            rows = [at for at, (of, _) in enumerate(read) if of == kind]
            judged = verdicts(kind, event_json.frame(kind, [read[at][1] for at in rows]), language())
            for at, verdict in zip(rows, judged, strict=True):
                found[at] = {**verdict, "row": at}
        return [found[at] for at in range(len(read))]

    def send(self, given: Given, events: Sequence[Mapping[str, Any]] = ()) -> Submission:
        """Keep events and send what can be sent: ``send(Award(…))``, ``send([…])``, ``send("award", [{…}])``.

        As mappings, events are what a file of JSON lines has. Raises EventsRefused, SpoolFull. A broker that is away
        or does not let us in raises nothing here but is logged: what is kept is sent later.
        """
        read = _read(given, events)  # 1
        since = now_ms() - 60_000  # the broker's clock may be behind ours
        records = [self._record(kind, event) for kind, event in read]
        for at, record in enumerate(records):
            if len(record.value) > LARGEST:  # the broker would never take it, and what is behind it would wait for ever
                fault = Fault("", f"{len(record.value)} bytes", f"{LARGEST} bytes")
                raise EventsRefused(read[at][0], [EventFault(at, fault)])
        numbers = self._spool.put(records)  # 2
        try:
            self.flush()
        except Unavailable as fault:
            logger.warning("%s", fault)
        return Submission(self, tuple(one.topic for one in records), tuple(numbers), since)

    def _record(self, kind: str, event: Mapping[str, Any]) -> Record:
        of = contract(kind)
        return Record(intake_topic(self.division, kind), str(event[of.key[0]]).encode(), written(of, event))

    def flush(self) -> int:
        """Send what waits, oldest first; how many were confirmed. Raises Unavailable, DoorClosed.

        A topic that is not ours, or not there, holds back its own records and no others.
        """
        done, refused = 0, dict[str, Exception]()
        while waiting := self._spool.waiting(without=refused):
            done += self._deliver(waiting, refused)
        for fault in refused.values():
            raise self._away(fault) from fault
        return done

    def confirmed(self, submission: Submission) -> bool:
        """Whether the broker has all of its records."""
        return len(self._spool.places(submission.numbers)) == len(submission.numbers)

    @property
    def bytes_waiting(self) -> int:
        """Bytes that the broker has not confirmed."""
        return self._spool.bytes_waiting()

    def answers(self, submission: Submission, seconds: float) -> list[Answer]:
        """See Submission.wait."""
        placed = self._spool.places(submission.numbers)
        topics = dict(zip(submission.numbers, submission.topics, strict=True))
        places = {number: (topics[number], *place) for number, place in placed.items()}
        found = await_answers(self._cluster, self.division, places, submission.since_ms, seconds)
        return [found[number] for number in submission.numbers]

    def close(self) -> None:
        """Let go of broker and spool; what waits is sent by the next publisher that opens the spool."""
        producer, self._producer = self._producer, None
        if producer is not None:
            producer.close(timeout=PATIENCE)
        self._spool.close()

    def _deliver(self, waiting: Sequence[Waiting], refused: dict[str, Exception]) -> int:
        """Steps 3 and 4 for some records: those before the first that failed count, so that their order is kept.

        A topic that is refused us is noted, and what is for it passed over.
        """
        from kafka.errors import KafkaError, TopicAuthorizationFailedError

        places: dict[int, tuple[int, int]] = {}
        failed: Exception | None = None
        try:
            for one, future in self._sent(self._connected(), waiting, refused):  # 3
                try:
                    told = future.get(timeout=PATIENCE + 10)
                except TopicAuthorizationFailedError as fault:
                    refused[one.topic] = fault
                else:
                    places[one.id] = told.partition, told.offset
        except (KafkaError, OSError, DoorClosed) as fault:
            failed = fault
        if places:
            self._spool.confirmed(places)  # 4
        if failed is not None:
            raise self._away(failed) from failed
        return len(places)

    def _sent(
        self, producer: Any, waiting: Sequence[Waiting], refused: dict[str, Exception]
    ) -> list[tuple[Waiting, Any]]:
        from kafka.errors import TopicAuthorizationFailedError

        refused |= self._absent({one.topic for one in waiting} - self._there - refused.keys())
        found = []
        for one in waiting:
            if one.topic not in refused:
                try:
                    found.append((one, producer.send(one.topic, value=one.value, key=one.key)))
                except TopicAuthorizationFailedError as fault:
                    refused[one.topic] = fault
        return found

    def _absent(self, topics: Set[str]) -> dict[str, Exception]:
        """Those of these topics that are not there: the producer would look for them until its time is up.

        Asked once for each topic. Raises KafkaError, OSError.
        """
        from kafka.errors import UnknownTopicOrPartitionError

        if not topics:
            return {}
        with kafka_admin.admin(self._cluster, int(PATIENCE * 500)) as client:
            told = {one["name"]: one["error_code"] for one in client.describe_topics(sorted(topics))}
        absent = {name for name in topics if told.get(name) == UnknownTopicOrPartitionError.errno}
        self._there |= topics - absent
        return {name: UnknownTopicOrPartitionError(name) for name in absent}

    def _connected(self) -> Any:
        from kafka import KafkaProducer

        if self._producer is None:
            enter(self._cluster)
            logging.getLogger("kafka").addHandler(logging.NullHandler())  # told by the exception
            self._producer = KafkaProducer(
                **self._cluster.kafka_python(),
                acks="all",
                enable_idempotence=True,
                allow_auto_create_topics=False,
                max_request_size=INTAKE_MESSAGE_BYTES,
                max_block_ms=int(PATIENCE * 1000),
                request_timeout_ms=int(PATIENCE * 500),
                delivery_timeout_ms=int(PATIENCE * 1000),
            )
        return self._producer

    def _away(self, fault: Exception) -> Unavailable:
        producer, self._producer, self._there = self._producer, None, set()
        if producer is not None:
            producer.close(timeout=1)
        closed = self._closed(fault)
        kept = text(
            f"{self._spool.bytes_waiting()} 字节保存在本机暂存区，不会丢失；修复后 flush() 补发。"
            f"检查：huiliu doctor --as {self.division}",
            f"{self._spool.bytes_waiting()} bytes are safe in the spool on this machine; flush() sends them once it is "
            f"mended. See: huiliu doctor --as {self.division}",
        )
        if closed is not None:
            return DoorClosed(f"{closed} {kept}")
        reason = f"{type(fault).__name__}: {fault}"[:200]
        away = text(f"Kafka（{self._cluster}）未确认（{reason}）。", f"{self._cluster} has not confirmed ({reason}). ")
        return Unavailable(f"{away}{kept}")

    def _closed(self, fault: Exception) -> str | None:
        """Why we are not let in, if that is what failed; the client itself tells of no more than time that is up."""
        if isinstance(fault, DoorClosed):
            return str(fault)
        if type(fault).__name__ == "UnknownTopicOrPartitionError":
            return text(
                f"{self._cluster} 没有主题 {fault.args[0]}：该类事项未登记，或主题已删除。"
                f"请管理员执行 huiliu publisher add {self.division} 登记并建立主题。",
                f"{self._cluster} has no topic {fault.args[0]}: the kind is not registered, or the topic was deleted. "
                f"Have the administrator run huiliu publisher add {self.division}, which makes it.",
            )
        if "Authorization" in type(fault).__name__:
            return text(
                f"{self._cluster} 不允许 {self._cluster.user} 写入（{fault}）：不是本单位的主题、未登记该类事项"
                f"或已停用。请管理员执行 huiliu publisher show {self.division}。",
                f"{self._cluster} does not let {self._cluster.user} write ({fault}): another's topic, a kind that is "
                f"not registered, or suspended. Have the administrator run huiliu publisher show {self.division}.",
            )
        try:
            enter(self._cluster)
        except DoorClosed as told:
            return str(told)
        except OSError as unreachable:
            logger.debug("%s", unreachable)
        return None


def _read(given: Given, events: Sequence[Mapping[str, Any]]) -> list[tuple[str, dict[str, Any]]]:
    """Each event's kind, and the event in frame types and complete. Raises EventsRefused."""
    if isinstance(given, str):
        return [(given, one) for one in _from_mappings(given, events)]
    typed = [given] if isinstance(given, Event) else list(given)
    for one in typed:
        if not isinstance(one, Event):
            raise PublisherError(
                text(
                    f'{type(one).__name__} 不是事项类的实例：请用 send("award", [{{…}}])，或 Award(…) 等。',
                    f'{type(one).__name__} is no typed event: say send("award", [{{…}}]), '
                    "or make an Award(...) or its like of it.",
                )
            )
    return [(one.kind, one.in_frame_types()) for one in typed]


def _from_mappings(kind: str, events: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    read = [event_json.from_json(kind, event) for event in events]
    wrong = [EventFault(at, fault) for at, one in enumerate(read) if isinstance(one, tuple) for fault in one]
    if wrong:
        raise EventsRefused(kind, wrong)
    return [one for one in read if isinstance(one, dict)]
