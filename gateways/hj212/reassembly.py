"""Messages that came in several packets, put together again; bounded in number, bytes and age.

Packets of one message belong together by MN, CN, DataTime and PNUM: their QN differ (HJ 212-2017, examples C.49 and
C.50). A packet without DataTime belongs to the message of its MN, CN and PNUM that was heard of last. What is not
whole in time is looked after elsewhere: each packet of it was acknowledged.
"""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass, field
from typing import Final, NamedTuple

from gateways.hj212.segment import Segment
from schemas.packets import MOST

#: Bytes of one message at most: its readings carry all of them each.
ROOM: Final = 80 * 1024
#: Seconds for which the rest of a message is waited for.
AGE: Final = 120.0


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

    def add(self, segment: Segment, raw: bytes) -> int:
        """Take in a packet; the bytes that it added. ValueError: more than one message may have."""
        _, pno = numbers(segment)
        if pno in self.packets:  # the same packet again changes nothing
            return 0
        if self.size + len(raw) > ROOM:
            raise ValueError(f"{self.size + len(raw)} bytes")
        self.packets[pno] = segment, raw
        self.size += len(raw)
        return len(raw)

    def whole(self) -> tuple[Segment, bytes]:
        """What came as one segment, its packets' groups in order, and its bytes."""
        ordered = [self.packets[number] for number in sorted(self.packets)]
        first = ordered[0][0]
        groups = tuple(group for segment, _ in ordered for group in segment.cp or ())
        return Segment(first.head, groups, first.flag, first.doubts), b"".join(raw for _, raw in ordered)


class Reassembly:
    """Packets go in, whole messages come out.

    A message that is not whole in time, or that must make room, is forgotten here: its packets are in ``hj212.frames``,
    and :mod:`gateways.hj212.unfinished` looks after them. So is a whole one, once :meth:`close` says that Kafka has it.

    :param messages: open messages at most. :param room: bytes of their packets at most. :param age: seconds for which
    a message is waited for.
    """

    def __init__(self, messages: int = 10_000, room: int = 64 * 1024 * 1024, age: float = AGE) -> None:
        self._messages, self._room, self._age = messages, room, age
        self._open: OrderedDict[Key, Message] = OrderedDict()
        self._newest: dict[tuple[str, str, int], Key] = {}  # by MN, CN and PNUM
        self._closed: OrderedDict[Key, float] = OrderedDict()
        self.size = 0

    def __len__(self) -> int:
        return len(self._open)

    def key(self, segment: Segment) -> Key:
        """The message that a packet belongs to. ValueError: PNUM and PNO are no packet's numbers."""
        pnum, pno = numbers(segment)
        mn, cn = segment.field("MN") or "", segment.field("CN") or ""
        time = next((value for group in segment.cp or () for key, value in group if key == "DataTime"), None)
        newest = self._newest.get((mn, cn, pnum))
        if time is None:
            return newest or Key(mn, cn, "", pnum)
        key = Key(mn, cn, time, pnum)
        if newest is not None and not newest.time and key not in self._open and pno not in self._open[newest].packets:
            self._rename(newest, key)  # the packets before this one told no time
        return key

    def offer(self, key: Key, segment: Segment, raw: bytes, now: float) -> Message | None:
        """Take in a packet; the message when it is whole, also when it was before and nobody has closed it.

        ValueError: the message would be larger than one may be.
        """
        if key in self._closed:  # the acknowledgement was lost: the same packet once more
            return None
        message = self._open.get(key)
        if message is None:
            message = self._open[key] = Message(key, now)
            self._newest[key.mn, key.cn, key.pnum] = key
        added = message.add(segment, raw)
        self.size += added
        return message if message.complete else None

    def close(self, key: Key, now: float) -> None:
        """Kafka has the whole message; a packet of it that comes again opens no new one."""
        if key in self._open:
            self._drop(key)
        self._closed[key] = now
        if len(self._closed) > self._messages:
            self._closed.popitem(last=False)

    def forget_old(self, now: float) -> None:
        """Messages that are waited for no longer: too old, or in the way of newer ones."""
        while self._open:
            key, oldest = next(iter(self._open.items()))
            crowded = len(self._open) > self._messages or self.size > self._room
            if not crowded and now - oldest.since < self._age:
                break
            self._drop(key)
        while self._closed and now - next(iter(self._closed.values())) > self._age:
            self._closed.popitem(last=False)

    def _rename(self, old: Key, new: Key) -> None:
        message = self._open.pop(old)
        message.key = new
        self._open[new] = message
        self._newest[new.mn, new.cn, new.pnum] = new

    def _drop(self, key: Key) -> None:
        self.size -= self._open.pop(key).size
        about = key.mn, key.cn, key.pnum
        if self._newest.get(about) == key:
            del self._newest[about]


def numbers(segment: Segment) -> tuple[int, int]:
    """PNUM and PNO. ValueError unless 1 <= PNO <= PNUM <= 64."""
    told = [segment.field(name) or "" for name in ("PNUM", "PNO")]
    if not all(one.isascii() and one.isdecimal() and len(one) <= 9 for one in told):
        raise ValueError(f"PNUM={told[0]} PNO={told[1]}")
    pnum, pno = int(told[0]), int(told[1])
    if not 1 <= pno <= pnum <= MOST:
        raise ValueError(f"PNUM={pnum} PNO={pno}")
    return pnum, pno


def split(segment: Segment) -> bool:
    """Whether a segment is one packet of several: by its numbers; Flag alone promises them at times and lies."""
    return segment.field("PNUM") not in (None, "", "0", "1") and segment.field("PNO") is not None
