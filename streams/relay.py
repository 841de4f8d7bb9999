"""The relay: what was committed is told to others, after the commit and never before.

The outbox has one row per loaded chunk. For each one the relay publishes, in this order,

1. to ``province.<kind>``: the accepted events of the chunk, as Avro object container files of the datums that were sent
   (one message per file, at most ``CONTAINER_BYTES``), read again from the intake topic by their offsets;
2. to ``quarantine.<division>``: each quarantined record, verbatim;
3. to ``receipts.<division>``: the receipt;

waits until the broker has them all, and only then marks the row as done. A relay that dies in between sends them again
under the same ids (header ``huiliu.id``). After them come readings that waited for their registration
(:mod:`sinks.waiting`): each goes to its own partition again, verbatim, citing where it was. Many chunks are read and
sent together: a province of 448 partitions makes hundreds of small ones a second.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from functools import partial
from typing import Any, Final

import numpy as np
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer
from aiokafka.errors import KafkaError

from huiliu.kafka import Cluster
from huiliu.outcome import LOADED
from schemas import citation, topics
from schemas.receipt import receipt, signature_under, unpack_outcomes
from sinks import outbox, quarantine, receipt_keys, waiting
from sinks.warehouse import Connection, Warehouse
from streams import again
from streams.again import Entry, Place
from streams.container import containers
from streams.dead_letter import DeadLetter, message_headers, unpack_headers
from streams.drill import NO_DRILL, RELEASED, Drill
from streams.errors import ChangedError
from streams.lane import ALL, Lane
from streams.records import Records
from streams.signing import Keeper, Signer
from streams.stage import Stage

logger = logging.getLogger(__name__)

#: Chunks claimed at once; how many of them are told in one transaction is the lane's to say.
_CHUNKS: Final = 400

#: How long to rest when the outbox is empty and nobody calls, seconds: only what another worker left waits for it.
_REST: Final = 2.0

#: A round costs much whatever it tells of: one that left nothing behind is followed by the next no sooner than this.
_ROUND: Final = 0.5

#: While a backlog is loaded: seconds of rest for each second of telling, and the longest rest.
_BEHIND: Final = 2.0
_LONGEST_REST: Final = 2.0

#: How long the broker may take to have what is sent, and how long to wait after a fault, seconds.
_PATIENCE: Final = 10.0
_AFTER_FAULT: Final = 2.0

#: Waiting readings sent again in one transaction, and of how many monitors: a million go out in ranges, and what is
#: reported meanwhile is told in between.
_RELEASED: Final = 2_000
_MONITORS: Final = 200

#: Seconds between two looks for readings that may go, while there are none.
_LOOK: Final = 1.0

#: How long a partition that cannot be told of is left alone, seconds.
_HELD: Final = 30.0

#: Measures a round of so many chunks.
_STAGE: Final = partial(Stage, "relay")

#: By outcome: whether a record with it was loaded.
_WAS_LOADED: Final = np.isin(np.arange(256), LOADED)

#: A value that is null on the wire: the client refuses to send a record without key and value, others do send such.
_NOTHING: Final = object()


class Relay(threading.Thread):
    """Empties the outbox until it is stopped. Several relays share one outbox without waiting for each other.

    A broker or database that is away is waited for: nothing is lost meanwhile, the outbox only grows. A partition that
    cannot be told of (its topic was deleted) waits alone, the others are told of. While ``busy`` says that a backlog is
    being loaded, telling takes a third of the time at most, unless its lane is the light one.
    """

    def __init__(
        self,
        warehouse: Warehouse,
        kafka: Cluster,
        busy: Callable[[], bool] = lambda: False,
        drill: Drill = NO_DRILL,
        keeper: Keeper | None = None,
        measured: Callable[[int], AbstractContextManager[object]] = _STAGE,
        lane: Lane = ALL,
    ) -> None:
        """``busy``: whether a backlog is being loaded. ``keeper``: of the key that signs receipts; None: unsigned.

        ``measured`` makes, of the number of chunks, the timer of a round. ``lane``: which chunks are told of here.
        """
        super().__init__(name=lane.name, daemon=True)
        self._warehouse, self._kafka, self._busy, self._drill = warehouse, kafka, busy, drill
        self._stopping = threading.Event()
        self._called: tuple[asyncio.AbstractEventLoop, asyncio.Event] | None = None
        self._held: dict[int, float] = {}  # intake: when to try again
        self._keeper, self._measured, self._lane = keeper, measured, lane
        self._more = False  # whether the last round left something that it had claimed
        self._announced = ""  # the key that the warehouse knows of
        self._look_again = 0.0
        self._waiting: dict[str, float] = {}  # monitor whose readings could not be sent: when to try again

    def run(self) -> None:
        while not self._stopping.is_set():
            try:
                asyncio.run(self._relay())
            except Exception as fault:
                logger.error("The relay starts again; the outbox keeps what was not told: %s", fault)
                self._stopping.wait(_AFTER_FAULT)

    def call(self) -> None:
        """Something was committed: look now. From any thread."""
        if self._called is not None:
            loop, called = self._called
            with contextlib.suppress(RuntimeError):  # that loop has ended: the next one looks first of all
                loop.call_soon_threadsafe(called.set)

    def stop(self) -> None:
        """What is being told is told again by the next relay if this one does not get to the end of it."""
        self._stopping.set()
        self.call()
        self.join(timeout=5)

    async def _relay(self) -> None:
        called = asyncio.Event()
        self._called = asyncio.get_running_loop(), called
        async with again.reader(self._kafka) as reader, writer(self._kafka) as sender:
            while not self._stopping.is_set():
                called.clear()
                started = time.monotonic()
                told = await self.tell(reader, sender)
                released = await self._release_now_and_then(sender)
                if not told + released:
                    with contextlib.suppress(TimeoutError):
                        await asyncio.wait_for(called.wait(), _REST)
                    if self._lane.yields:  # most commits have nothing for it: not each is looked into
                        await asyncio.sleep(max(0.0, started + _ROUND - time.monotonic()))
                elif self._lane.yields and self._busy():
                    await asyncio.sleep(min(_BEHIND * (time.monotonic() - started), _LONGEST_REST))
                elif not self._more and released < _RELEASED:
                    await asyncio.sleep(max(0.0, started + _ROUND - time.monotonic()))

    async def tell(self, reader: AIOKafkaConsumer, sender: AIOKafkaProducer) -> int:
        """Publish what some rows of the outbox stand for; returns how many rows."""
        now = time.monotonic()
        self._held = {intake: until for intake, until in self._held.items() if until > now}
        with self._warehouse.batch() as connection:
            lane = {"lightest": self._lane.lightest, "heaviest": self._lane.heaviest}
            claimed = outbox.claim(connection, _CHUNKS, tuple(self._held), **lane)
            entries = self._lane.some(outbox.entries(connection, [row["id"] for row in claimed])) if claimed else []
            self._more = len(entries) < len(claimed) or len(claimed) == _CHUNKS
            if not entries:
                return 0
            with self._measured(len(entries)):
                loaded = [entry for entry in entries if entry["accepted"] or entry["corrected"]]
                records = await again.read(reader, loaded) if loaded else {}
                signer = self._signer(connection)
                if signer is not None:
                    entries = [{**entry, "signature": signature_under(entry, signer)} for entry in entries]
                sent = [await self._send(connection, entry, records, sender) for entry in entries]
                told = await self._arrived(entries, sent)
                if signer is not None:
                    out = set(told)
                    receipt_keys.signed(connection, [entry for entry in entries if entry["id"] in out])
                outbox.done(connection, told)
        self._announced = signer.key_id if signer else ""
        return len(told)

    def _signer(self, connection: Connection) -> Signer | None:
        """Who signs now; its public key is in the warehouse before its first receipt is counted as told."""
        if self._keeper is None:
            return None
        signer = self._keeper.signer()
        if signer.key_id != self._announced:
            receipt_keys.used(connection, signer.key_id, signer.public, signer.succeeds)
        return signer

    async def _release_now_and_then(self, sender: AIOKafkaProducer) -> int:
        """As ``release``; once nothing was to be sent it is not asked for again within a second."""
        if not self._lane.releases or time.monotonic() < self._look_again:
            return 0
        released = await self.release(sender)
        if not released:
            self._look_again = time.monotonic() + _LOOK
        return released

    async def release(self, sender: AIOKafkaProducer) -> int:
        """Send some readings again whose monitors are registered by now; returns how many.

        1. Claim some monitors, and read what waits for them. 2. Send it. 3. Wait until the broker has it. 4. Mark it,
        commit. Dying between 2 and 4 sends it again: duplicates, and the first one loaded has closed what both cite.
        """
        now = time.monotonic()
        self._waiting = {monitor: until for monitor, until in self._waiting.items() if until > now}
        with self._warehouse.batch() as connection:
            monitors = waiting.claim(connection, _MONITORS, tuple(self._waiting))
            if not monitors:
                return 0
            letters = waiting.letters(connection, monitors, _RELEASED)
            fault = await _sent_again(letters, sender)
            if fault is not None:
                logger.error("Readings of %d registered monitors cannot be sent again yet: %s", len(monitors), fault)
                self._waiting |= dict.fromkeys(monitors, now + _HELD)
                return 0
            self._drill.reached(RELEASED)
            waiting.sent(connection, letters, monitors)
        return len(letters)

    async def _send(
        self,
        connection: Connection,
        entry: Entry,
        records: Mapping[Place, Records],
        sender: AIOKafkaProducer,
    ) -> list[asyncio.Future[Any]] | None:
        """What is on its way to the broker for one chunk; None where its partition cannot be told of."""
        if entry["intake"] in self._held:
            return None
        try:
            return [await sender.send(**message) for message in _messages(connection, entry, records)]
        except (ChangedError, KafkaError, TimeoutError) as fault:
            self._hold(entry, fault)
            return None

    async def _arrived(self, entries: Sequence[Entry], sent: Sequence[list[asyncio.Future[Any]] | None]) -> list[int]:
        """The rows that the broker has everything of, and everything of the partition's rows before."""
        under_way = [one for some in sent for one in some or ()]
        if under_way:
            await asyncio.wait(under_way, timeout=_PATIENCE)
        told, stopped = [], set[int]()
        for entry, sending in zip(entries, sent, strict=True):
            fault = _fault(sending)
            if fault is not None and sending is not None:
                self._hold(entry, fault)
            if fault is not None or entry["intake"] in stopped:
                stopped.add(entry["intake"])
            else:
                told.append(entry["id"])
        return told

    def _hold(self, entry: Entry, fault: BaseException) -> None:
        logger.error("What became of intake %d cannot be told, trying again: %s", entry["intake"], fault)
        self._held[entry["intake"]] = time.monotonic() + _HELD


def _fault(sending: Sequence[asyncio.Future[Any]] | None) -> BaseException | None:
    """Why the broker does not have all of it."""
    if sending is None or not all(one.done() for one in sending):
        return TimeoutError(f"the broker did not take it within {_PATIENCE:.0f} s")
    return next((fault for one in sending if (fault := one.exception())), None)


def _messages(connection: Connection, entry: Entry, records: Mapping[Place, Records]) -> Iterator[dict[str, Any]]:
    _, division, kind = entry["topic"].split(".")
    yield from _province(entry, kind, records)
    if entry["quarantined"]:
        for letter in quarantine.letters(connection, entry["intake"], entry["first_offset"], entry["next_offset"]):
            dead = _dead_letter(entry, letter)
            yield {
                "topic": topics.quarantine_topic(division),
                "key": dead.key,
                "value": _NOTHING if dead.value is None else dead.value,
                "headers": message_headers(dead),
            }
    identity = f"{entry['topic']}-{entry['partition']}-{entry['first_offset']}"
    yield {
        "topic": topics.receipts_topic(division),
        "key": f"{entry['topic']}-{entry['partition']}".encode(),
        "value": receipt(entry),
        "headers": [("huiliu.id", identity.encode()), ("content-type", b"application/json")],
    }


async def _sent_again(letters: Sequence[Mapping[str, Any]], sender: AIOKafkaProducer) -> BaseException | None:
    """None once the broker has all of them, else why it has not."""
    try:
        sending = [await sender.send(**_again(letter)) for letter in letters]
    except (KafkaError, TimeoutError) as fault:
        return fault
    if sending:
        await asyncio.wait(sending, timeout=_PATIENCE)
    return _fault(sending)


def _again(letter: Mapping[str, Any]) -> dict[str, Any]:
    """A record as it came, to the partition it came by, with one header more: where it was."""
    place = letter["topic"], letter["partition"], letter["offset"]
    return {
        "topic": letter["topic"],
        "partition": letter["partition"],
        "key": letter["key"],
        "value": _NOTHING if letter["value"] is None else letter["value"],
        "headers": [*unpack_headers(letter["headers"]), (citation.REQUEUED_FROM, citation.written(*place))],
    }


def _province(entry: Entry, kind: str, records: Mapping[Place, Records]) -> Iterator[dict[str, Any]]:
    wanted = _WAS_LOADED[unpack_outcomes(entry["outcomes"])]
    if not wanted.any():
        return
    there = again.chunk_of(entry, records).records
    rows = np.flatnonzero(wanted[there.offsets - entry["first_offset"]]).tolist()
    loaded = [(int(there.offsets[row]), there.values[row] or b"") for row in rows]
    for number, (offsets, body) in enumerate(containers(loaded)):
        identity = f"{entry['topic']}-{entry['partition']}-{offsets[0]}"
        yield {
            "topic": topics.province_topic(kind),
            "key": f"{entry['topic']}-{entry['partition']}".encode(),
            "value": body,
            "headers": [
                ("huiliu.id", identity.encode()),
                ("huiliu.part", str(number).encode()),
                ("huiliu.topic", entry["topic"].encode()),
                ("huiliu.partition", str(entry["partition"]).encode()),
                ("huiliu.offsets", ",".join(map(str, offsets)).encode()),
                ("content-type", b"avro/binary"),
            ],
        }


def _dead_letter(entry: Entry, letter: Mapping[str, Any]) -> DeadLetter:
    return DeadLetter(
        topic=entry["topic"],
        partition=entry["partition"],
        offset=letter["offset"],
        key=letter["key"],
        value=letter["value"],
        headers=unpack_headers(letter["headers"]),
        layer=letter["layer"],
        rule_set=entry["rule_set"],
        findings=letter["findings"],
    )


def writer(kafka: Cluster) -> AIOKafkaProducer:
    """The producer that the relay tells with."""
    return AIOKafkaProducer(
        **kafka.aiokafka(),
        acks="all",
        enable_idempotence=True,
        linger_ms=5,
        max_request_size=18 << 20,
        value_serializer=lambda value: None if value is _NOTHING else value,
    )
