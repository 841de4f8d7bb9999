"""What becomes of a frame: the steps from its bytes to its acknowledgement.

1. Its check is right, or the monitor may use another (:mod:`gateways.hj212.admission`).
2. Its monitor is known, not suspended, at an address it may have, and gives its password.
3. What was noticed (when, from where, which clock) is remembered.
4. Packets wait for each other; each is kept in ``hj212.frames`` before it is acknowledged. Where the rest does not
   come, :mod:`gateways.hj212.unfinished` sees that what came is counted and its publisher told.
5. Data become reading events, anything else is kept verbatim; Kafka gets them in the order they came.
6. Kafka has confirmed every record: only now the frame is acknowledged, if its Flag asks for that.

A frame that fails before 6 is not acknowledged, so the monitor sends it again; what arrived twice is a duplicate to the
hub. A frame that is refused in 1 or 2 is counted, and told to the peer where its Flag asks for an answer; one with a
wrong check that a proved monitor sent is kept in ``hj212.frames``.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections import Counter
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Final

from gateways.hj212 import answers, clocks, counting, reassembly, records, sm4
from gateways.hj212.admission import Admission, Refusal
from gateways.hj212.frame import Check, Frame, Noise
from gateways.hj212.limits import Limits
from gateways.hj212.names import table
from gateways.hj212.publishing import Publishing
from gateways.hj212.reassembly import Key, Reassembly
from gateways.hj212.records import Receipt, Record
from gateways.hj212.segment import Segment, mn_of, parse
from huiliu.clock import now_ms
from schemas import topics
from sinks.devices import Device, Seen

if TYPE_CHECKING:
    from gateways.hj212.connection import Connection

logger = logging.getLogger(__name__)

#: Answers and results of what we have asked for, and the heart-beat: nothing to keep in them.
_DIALOGUE: Final = frozenset({"9011", "9012", "9013", "9014"})
_HEARTBEAT: Final = "9015"
_NOTICES: Final = frozenset({"1013", "2012", "2022"})
#: Refusals told in the log: one a second at most, the counter has them all.
_QUIET: Final = 1.0
#: Frames by command; those of commands nobody knows are counted together, so that no peer can make counters.
_FRAMES: Final = {cn: counting.FRAMES.labels(cn) for cn in (*table("cn"), *table("cn_2005"))}
_OTHER: Final = counting.FRAMES.labels("other")


class Gateway:
    """What all connections share."""

    def __init__(
        self,
        publishing: Publishing,
        admission: Admission,
        limits: Limits,
        clock_ms: int,
        packets: Reassembly | None = None,
    ) -> None:
        """``clock_ms``: drift from which a clock is set, where its monitor allows that."""
        self.publishing, self.admission, self.limits = publishing, admission, limits
        self.connections: set[Connection] = set()
        self.addresses: Counter[str] = Counter()
        self.held = 0  #: bytes read and not decided
        self._room = asyncio.Event()
        self._room.set()
        self._packets = packets or Reassembly()
        self._clock_ms = clock_ms
        self._clocks_set: dict[str, int] = {}
        self._seen: dict[str, Seen] = {}
        self._told = 0.0

    def open(self, segment: bytes) -> bytes | None:
        """A sealed segment in clear, where its monitor's key is known."""
        if not sm4.sealed(segment):
            return None
        key = self.admission.key(mn_of(segment))
        return sm4.opened(segment, key) if key is not None else None

    async def take(self, connection: Connection, piece: Frame | Noise) -> None:
        """Handle one piece of a connection; returns once Kafka's client has it, not once Kafka has it."""
        if isinstance(piece, Noise):
            counting.NOISE.inc(len(piece.data))
            return
        segment = parse(piece.segment)
        receipt = Receipt(now_ms(), connection.peer)
        device = await self._admitted(connection, piece, segment)  # steps 1 and 2
        if isinstance(device, Refusal):
            self._refuse(connection, piece, segment, device)
            self._keep_broken(connection, piece, segment, device, receipt)
            return
        connection.welcome()
        self._notice(connection, piece, segment, device, receipt)  # step 3
        cn = segment.field("CN") or ""
        _FRAMES.get(cn, _OTHER).inc()
        if cn in _DIALOGUE:
            return
        if cn == _HEARTBEAT:
            self._acknowledge(connection, piece, segment)
            return
        if reassembly.split(segment):
            self._packet(connection, piece, segment, device, receipt)  # step 4
            return
        self._send(connection, piece, segment, records.of_message(device, segment, piece.raw, receipt))

    async def make_room(self) -> None:
        """Wait while all connections together hold too much; whoever waits does not read."""
        while self.held > self.limits.memory:
            self._room.clear()
            await self._room.wait()

    def hold(self, size: int) -> None:
        """So many bytes more were read; negative: so many are decided."""
        self.held += size
        if self.held <= self.limits.memory:
            self._room.set()

    def sweep(self) -> None:
        """Look after connections and packets; called every few seconds."""
        now = time.monotonic()
        for connection in list(self.connections):
            connection.sweep(now)
        self._packets.forget_old(now)
        counting.PACKETS.set(len(self._packets))
        counting.PENDING.set(self.publishing.waiting)
        counting.HELD.set(self.held)
        counting.CONNECTIONS.set(len(self.connections))

    def seen(self) -> Mapping[str, Seen]:
        """What was noticed of monitors since this was asked last."""
        seen, self._seen = self._seen, {}
        return seen

    async def _admitted(self, connection: Connection, frame: Frame, segment: Segment) -> Device | Refusal:
        if frame.check is Check.NONE:
            return Refusal.SEALED if sm4.sealed(frame.segment) else Refusal.CRC
        device = self.admission.judge(segment.field("MN") or "", connection.address, frame.check)
        if isinstance(device, Refusal):
            return device
        password = segment.field("PW") or ""
        if not self.admission.proved(device, password) and not await asyncio.to_thread(
            self.admission.prove, device, password
        ):
            return Refusal.WRONG_PW
        return device if segment.field("CN") else Refusal.NO_COMMAND

    def _refuse(self, connection: Connection, frame: Frame, segment: Segment, why: Refusal) -> None:
        counting.REFUSED.labels(why.value).inc()
        now = time.monotonic()
        if now - self._told > _QUIET:
            self._told = now
            mn = (segment.field("MN") or "")[:64]
            logger.warning("Refused (%s): MN=%r from %s", why.value, mn, connection.peer)
        if segment.flag is not None and segment.flag.answer:
            connection.answer(answers.refused(segment, why.answer, frame.check))
        connection.refused(why)

    def _keep_broken(
        self, connection: Connection, frame: Frame, segment: Segment, why: Refusal, receipt: Receipt
    ) -> None:
        """What a monitor that has proved itself sent with a wrong check is kept as it came, for whoever looks.

        Nobody waits for that, and nobody else may fill the topic: MN, address and PW in it must be right all the same.
        """
        if why is not Refusal.CRC:
            return
        device = self.admission.judge(segment.field("MN") or "", connection.address, Check.STANDARD)
        if not isinstance(device, Refusal) and self.admission.proved(device, segment.field("PW") or ""):
            kept = [records.of_frame(segment, frame.raw, receipt, "crc", frame.doubts)]
            self.publishing.send(kept, lambda fault: _count(kept) if fault is None else None)

    def _notice(self, connection: Connection, frame: Frame, segment: Segment, device: Device, receipt: Receipt) -> None:
        if segment.field("RF") == "1":
            counting.RESENT.inc()
        ahead = clocks.drift(segment, receipt.at_ms)
        known = self._seen.get(device.mn)
        kept = ahead if ahead is not None else known.drift_ms if known is not None else None
        self._seen[device.mn] = Seen(device.mn, receipt.at_ms, receipt.peer, answers.edition(segment).value, kept)
        if ahead is None:
            return
        counting.DRIFT.observe(abs(ahead) / 1000)
        late = receipt.at_ms - self._clocks_set.get(device.mn, 0) > clocks.PAUSE_MS
        if device.set_clock and abs(ahead) > self._clock_ms and late:
            self._set_clock(connection, frame, segment, device.mn)

    def _set_clock(self, connection: Connection, frame: Frame, segment: Segment, mn: str) -> None:
        at = now_ms()
        self._clocks_set[mn] = at
        counting.CLOCKS_SET.inc()
        connection.answer(answers.set_clock(segment, at, frame.check))

    def _packet(self, connection: Connection, frame: Frame, segment: Segment, device: Device, receipt: Receipt) -> None:
        try:
            key = self._packets.key(segment)
            message = self._packets.offer(key, segment, frame.raw, time.monotonic())
        except ValueError:
            self._refuse(connection, frame, segment, Refusal.PACKET)
            return
        kept = [records.of_packet(key, segment, frame.raw, receipt)]
        if message is None:
            self._send(connection, frame, segment, kept)
            return
        whole, raw = message.whole()
        kept += records.of_message(device, whole, raw, receipt)
        self._send(connection, frame, segment, kept, lambda: self._whole(key))

    def _whole(self, key: Key) -> None:
        """Kafka has a message that came in packets: nobody need look after them. Lost, this mark costs duplicates."""
        self._packets.close(key, time.monotonic())
        self.publishing.send([records.whole(key)], lambda fault: None)

    def _send(
        self,
        connection: Connection,
        frame: Frame,
        segment: Segment,
        found: list[Record],
        taken: Callable[[], None] | None = None,
    ) -> None:
        """Steps 5 and 6; ``taken`` is called once Kafka has it."""
        began, size = time.monotonic(), len(frame.raw)
        connection.in_flight += 1
        self.hold(size)

        def decided(fault: BaseException | None) -> None:
            connection.in_flight -= 1
            self.hold(-size)
            if fault is not None:
                counting.UNCONFIRMED.inc()
                logger.error("Kafka did not take a frame of %s: %r", found[0].key, fault)
            else:
                counting.CONFIRMING.observe(time.monotonic() - began)
                _count(found)
                self._acknowledge(connection, frame, segment)
                if taken is not None:
                    taken()
            connection.go_on()  # last: a peer that has said all is let go once it has its answers

        self.publishing.send(found, decided)

    def _acknowledge(self, connection: Connection, frame: Frame, segment: Segment) -> None:
        cn = segment.field("CN")
        if segment.flag is not None and segment.flag.answer:
            say = answers.notice_received if cn in _NOTICES else answers.data_received
            connection.answer(say(segment, frame.check))
            counting.ACKNOWLEDGED.inc()
        if cn == "1013":  # it has asked for its clock to be set
            self._set_clock(connection, frame, segment, segment.field("MN") or "")


def _count(found: list[Record]) -> None:
    kept = sum(record.topic == topics.HJ212_FRAMES for record in found)
    counting.KEPT.inc(kept)
    counting.READINGS.inc(len(found) - kept)
