"""Messages that came in several packets, put together again; bounded in number, bytes and age.

Packets of one message belong together by MN, CN, DataTime and PNUM: their QN differ (HJ 212-2017, examples C.49 and
C.50). A packet without DataTime belongs to the message of its MN, CN and PNUM that was heard of last. What is not
complete in time, or must make room, is handed on as it is: each packet of it was acknowledged.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final, NamedTuple

from gateways.hj212.segment import Segment

#: Packets of one message at most: 64 of them are 60 kB of data.
PACKETS: Final = 64


class Key(NamedTuple):
    """What packets of one message have in common."""

    mn: str
    cn: str
    time: str
    pnum: int


@dataclass(slots=True)
class Message:
    """A message so far: its packets by number, each with its bytes as they came."""

    key: Key
    since: float
    packets: dict[int, tuple[Segment, bytes]] = field(default_factory=dict)
    size: int = 0  #: bytes

    @property
    def complete(self) -> bool:
        """All of its packets are there."""
        return len(self.packets) == self.key.pnum

    def whole(self) -> tuple[Segment, bytes]:
        """The message as one segment, its packets' groups in order, and its bytes."""
        ordered = [self.packets[number] for number in sorted(self.packets)]
        first = ordered[0][0]
        groups = tuple(group for segment, _ in ordered for group in segment.cp or ())
        return Segment(first.head, groups, first.flag, first.doubts), b"".join(raw for _, raw in ordered)


class Reassembly:
    """Packets go in, whole messages come out.

    :param messages: open messages at most. :param room: bytes of their packets at most. :param age: seconds for which
    a message is waited for.
    """

    def __init__(self, messages: int = 10_000, room: int = 64 * 1024 * 1024, age: float = 120.0) -> None:
        self._messages, self._room, self._age = messages, room, age
        self._open: OrderedDict[Key, Message] = OrderedDict()
        self.size = 0

    def __len__(self) -> int:
        return len(self._open)

    def offer(self, segment: Segment, raw: bytes, now: float) -> Message | None:
        """Take in a packet; the message when this completes it. ValueError: PNUM and PNO are no packet's numbers."""
        pnum, pno = numbers(segment)
        key = self._key(segment, pnum)
        message = self._open.get(key)
        if message is None:
            message = self._open[key] = Message(key, now)
        if pno not in message.packets:  # the same packet again changes nothing
            message.packets[pno] = segment, raw
            message.size += len(raw)
            self.size += len(raw)
        return self._drop(key) if message.complete else None

    def overdue(self, now: float) -> Iterator[Message]:
        """Messages that are waited for no longer: too old, or in the way of newer ones. They are forgotten here."""
        while self._open:
            key, oldest = next(iter(self._open.items()))
            crowded = len(self._open) > self._messages or self.size > self._room
            if not crowded and now - oldest.since < self._age:
                return
            yield self._drop(key)

    def _drop(self, key: Key) -> Message:
        message = self._open.pop(key)
        self.size -= message.size
        return message

    def _key(self, segment: Segment, pnum: int) -> Key:
        mn, cn = segment.field("MN") or "", segment.field("CN") or ""
        time = next((value for group in segment.cp or () for key, value in group if key == "DataTime"), None)
        if time is None:
            for key in reversed(self._open):
                if (key.mn, key.cn, key.pnum) == (mn, cn, pnum):
                    return key
        return Key(mn, cn, time or "", pnum)


def numbers(segment: Segment) -> tuple[int, int]:
    """PNUM and PNO. ValueError unless 1 <= PNO <= PNUM <= 64."""
    told = [segment.field(name) or "" for name in ("PNUM", "PNO")]
    if not all(one.isascii() and one.isdecimal() and len(one) <= 9 for one in told):
        raise ValueError(f"PNUM={told[0]} PNO={told[1]}")
    pnum, pno = int(told[0]), int(told[1])
    if not 1 <= pno <= pnum <= PACKETS:
        raise ValueError(f"PNUM={pnum} PNO={pno}")
    return pnum, pno


def split(segment: Segment) -> bool:
    """Whether a segment is one packet of several: by its numbers; Flag alone promises them at times and lies."""
    return segment.field("PNUM") not in (None, "", "0", "1") and segment.field("PNO") is not None
