"""Packets read back from ``hj212.frames``, gathered by message until it is done with; no Kafka in it."""

from __future__ import annotations

import logging
from collections import OrderedDict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from gateways.hj212 import records
from gateways.hj212.frame import Opener, read
from gateways.hj212.reassembly import Key, Message, numbers
from gateways.hj212.records import Receipt
from gateways.hj212.segment import parse

logger = logging.getLogger(__name__)

#: Milliseconds that a whole message waits for its mark.
_MARK_MS: Final = 10_000
#: Bytes of packets held at most: past this the oldest messages are judged early.
_ROOM: Final = 64 * 1024 * 1024
#: Messages already reported whose rest may still come, at most.
_REPORTED: Final = 1_000


@dataclass(slots=True)
class Open:
    """A message on its way: where its first packet lies, when that and the latest one came (UTC ms), and from where."""

    message: Message
    partition: int
    offset: int
    since_ms: int
    receipt: Receipt


class Gathering:
    """Records in, messages that are due out. ``age_ms``: how long the rest of a message is waited for."""

    def __init__(self, opener: Opener, age_ms: int) -> None:
        self._opener, self._age_ms = opener, age_ms
        self._open: dict[Key, Open] = {}
        self._reported: OrderedDict[Key, Message] = OrderedDict()
        self._size = 0

    def clear(self) -> None:
        """Begin anew: partitions go to others, and come from others with what they have not finished."""
        self._open.clear()
        self._size = 0

    def take(self, record: Any) -> None:
        """A record of ``hj212.frames``: a packet, the mark of a message that is whole, or neither."""
        headers: Mapping[str, bytes] = dict(record.headers or ())
        key, reason = records.message_of(headers, record.key), headers.get("hj212.reason")
        if key is None:
            return
        if reason == records.WHOLE.encode():
            self._drop(key)
            self._reported.pop(key, None)
        elif reason == records.PACKET.encode():
            self._packet(record, key, headers.get("hj212.peer", b"").decode("utf-8", "replace"))

    def _packet(self, record: Any, key: Key, peer: str) -> None:
        receipt = Receipt(record.timestamp, peer)
        segment = parse(read(record.value, opener=self._opener).segment)
        try:
            _, pno = numbers(segment)
            one = self._open.get(key) or self._renamed(key, pno)
            if one is None:
                message = self._reported.get(key) or Message(key, 0.0)
                one = self._open[key] = Open(message, record.partition, record.offset, record.timestamp, receipt)
                self._size += message.size
            self._size += one.message.add(segment, record.value)
            one.receipt = receipt
        except ValueError as fault:  # the gateway lets none in: another program has written it
            logger.warning("%s[%d]@%d holds no packet: %s", record.topic, record.partition, record.offset, fault)

    def _renamed(self, key: Key, pno: int) -> Open | None:
        """The message whose packets so far told no time, now that one does."""
        blank = key._replace(time="")
        one = self._open.get(blank)
        if one is None or pno in one.message.packets:
            return None
        one.message.key = key
        self._open[key] = self._open.pop(blank)
        return one

    def due(self, at_ms: int) -> Iterator[Open]:
        """Messages to be judged, the oldest first: whole without a mark, overdue, or in the way of newer ones."""
        over = self._size - _ROOM
        for one in sorted(self._open.values(), key=lambda one: one.since_ms):
            whole = one.message.complete and at_ms - one.receipt.at_ms > _MARK_MS
            overdue = not one.message.complete and at_ms - one.since_ms > self._age_ms
            if whole or overdue or over > 0:
                over -= one.message.size
                yield one

    def reported(self, one: Open) -> bool:
        """Whether somebody was told before that this message is not whole."""
        return one.message.key in self._reported

    def judged(self, one: Open) -> None:
        """It is done with; what is missing of it may still come."""
        key = one.message.key
        self._drop(key)
        self._reported.pop(key, None)
        if not one.message.complete:
            self._reported[key] = one.message
            if len(self._reported) > _REPORTED:
                self._reported.popitem(last=False)

    def first(self, partition: int, position: int) -> int:
        """The offset up to which a partition is done with."""
        return min((one.offset for one in self._open.values() if one.partition == partition), default=position)

    def _drop(self, key: Key) -> None:
        one = self._open.pop(key, None)
        self._size -= one.message.size if one is not None else 0
