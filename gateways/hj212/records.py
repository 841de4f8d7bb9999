"""From what a monitor sent to Kafka records: reading events for the hub, anything else verbatim for whoever looks.

Each record carries the frame it came from, verbatim, in its header ``hj212.frame``, with the time of receipt (UTC ms)
and the peer, so that Kafka and the quarantine keep it; see docs/decisions/0015-hj212-frames.md.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Final, NamedTuple

from gateways.hj212 import datum, shapes
from gateways.hj212.doubt import Doubt
from gateways.hj212.names import of_command
from gateways.hj212.readings import PERIODS, of_segment
from gateways.hj212.reassembly import Key, Message
from gateways.hj212.segment import Segment
from huiliu.division import DivisionCode
from schemas.topics import HJ212_FRAMES, intake_topic
from sinks.devices import Device

Header = tuple[str, bytes]

#: Reasons for which packets, and the mark that their message is whole, are kept; and the header that names it.
PACKET, WHOLE, MESSAGE = "packet", "whole", "hj212.message"
#: Longest list of doubts in a header, bytes.
_DOUBTS: Final = 1_000


class Record(NamedTuple):
    """One record to send."""

    topic: str
    key: bytes
    value: bytes
    headers: list[Header]


class Receipt(NamedTuple):
    """When and from where bytes came: UTC ms, and address and port."""

    at_ms: int
    peer: str


def of_message(device: Device, segment: Segment, raw: bytes, receipt: Receipt) -> list[Record]:
    """What a message that is whole becomes, by its command."""
    cn = segment.field("CN") or ""
    if cn in PERIODS:
        return of_data(device, segment, raw, receipt)
    return [of_frame(segment, raw, receipt, "command" if of_command(cn, None) else "unknown_command")]


def of_data(device: Device, segment: Segment, raw: bytes, receipt: Receipt) -> list[Record]:
    """The readings of a data frame, in its order; the frame itself where there are none or one cannot be written."""
    topic, key = _topic(device.division), _key(segment)
    quick = shapes.values(segment, device.division, receipt.at_ms)
    if quick is not None:
        headers = _headers(raw, receipt, ())
        return [Record(topic, key, value, headers) for value in quick]
    found = of_segment(segment, device.division, receipt.at_ms)
    headers = _headers(raw, receipt, found.doubts)
    try:
        values = datum.encode(found.events)
    except UnicodeEncodeError:  # a lone surrogate in a factor code or flag: nothing the contract could carry
        values = []
    if not values:
        return [of_frame(segment, raw, receipt, "no_reading", found.doubts)]
    return [Record(topic, key, value, headers) for value in values]


def of_frame(segment: Segment, raw: bytes, receipt: Receipt, reason: str, doubts: Iterable[Doubt] = ()) -> Record:
    """A frame kept as it came; ``reason`` says why it is kept here."""
    headers = [*_headers(raw, receipt, doubts)[1:], ("hj212.reason", reason.encode())]
    headers.append(("hj212.cn", (segment.field("CN") or "").encode("utf-8", "backslashreplace")))
    return Record(HJ212_FRAMES, _key(segment), raw, headers)


def of_packet(key: Key, segment: Segment, raw: bytes, receipt: Receipt) -> Record:
    """A packet kept as it came, with the message that it belongs to."""
    record = of_frame(segment, raw, receipt, PACKET)
    record.headers.append((MESSAGE, _written(key)))
    return record


def whole(key: Key) -> Record:
    """The mark that a message in packets is done with; there are no bytes in it."""
    headers = [("hj212.reason", WHOLE.encode()), (MESSAGE, _written(key))]
    return Record(HJ212_FRAMES, key.mn.encode("utf-8", "backslashreplace"), b"", headers)


def of_packets(device: Device, message: Message, receipt: Receipt) -> Record:
    """The packets of a message whose rest did not come, for the hub to refuse with a finding and to keep."""
    segment, raw = message.whole()
    headers: list[Header] = [*_headers(b"", receipt, segment.doubts)[1:], ("hj212.reason", b"incomplete")]
    return Record(_topic(device.division), _key(segment), raw, headers)


def message_of(headers: Mapping[str, bytes], key: bytes | None) -> Key | None:
    """The message that a kept packet, or a mark, says that it belongs to."""
    told = headers.get(MESSAGE, b"").decode("utf-8", "backslashreplace").split("|")
    if len(told) != 3 or not told[2].isdecimal():
        return None
    return Key((key or b"").decode("utf-8", "backslashreplace"), told[0], told[1], int(told[2]))


def _written(key: Key) -> bytes:
    told = (part.replace("|", "/") for part in (key.cn, key.time, str(key.pnum)))
    return "|".join(told).encode("utf-8", "backslashreplace")


@lru_cache(maxsize=4096)
def _topic(division: DivisionCode) -> str:
    return intake_topic(division, "reading")


def _key(segment: Segment) -> bytes:
    return (segment.field("MN") or "").encode("utf-8", "backslashreplace")


def _headers(raw: bytes, receipt: Receipt, doubts: Iterable[Doubt]) -> list[Header]:
    headers: list[Header] = [
        ("hj212.frame", raw),
        ("hj212.received", b"%d" % receipt.at_ms),
        ("hj212.peer", receipt.peer.encode()),
    ]
    told = "; ".join(dict.fromkeys(f"{doubt.code} {doubt.where}".strip() for doubt in doubts))
    if told:
        headers.append(("hj212.doubts", told.encode("utf-8", "backslashreplace")[:_DOUBTS]))
    return headers
