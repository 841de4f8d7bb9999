"""What a hub tells of its accepted events, as records for the hub of the level above.

A message of ``province.<kind>`` is an Avro object container file of one contract version; its headers say where each
datum was sent to. Out of it comes one record per event: the same datum under the same contract, addressed to the
intake topic of the publisher that the lower hub is to the higher one. Records of one lower partition have one key, so
they stay in one partition above, in their order.

Each record says where it comes from: ``huiliu.source`` holds the lower hub's division and the coordinates there
(``340000/intake.340104.project/0/17``), ``huiliu.id`` the same as an identity. Nothing depends on when or how often
this is done: the same message gives the same records.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Final, NamedTuple

from huiliu import division as divisions
from huiliu.language import text
from schemas import object_container, topics, wire
from schemas.errors import ContainerError
from streams.errors import NotUpwardError

SOURCE: Final = "huiliu.source"
IDENTITY: Final = "huiliu.id"

_SOURCE: Final = re.compile(r"([0-9]{6})/([a-z0-9._-]{1,249})/([0-9]{1,9})/([0-9]{1,18})")

Headers = Sequence[tuple[str, bytes | None]]


class Source(NamedTuple):
    """Where a record stands in the lower hub: the hub's division, and the coordinates there."""

    hub: str
    topic: str
    partition: int
    offset: int

    @property
    def headers(self) -> list[tuple[str, bytes]]:
        """What a record of the higher hub bears."""
        identity = f"{self.hub}/{self.topic}-{self.partition}-{self.offset}"
        place = f"{self.hub}/{self.topic}/{self.partition}/{self.offset}"
        return [(IDENTITY, identity.encode()), (SOURCE, place.encode())]


class Upward(NamedTuple):
    """One record for the higher hub's intake."""

    topic: str
    key: bytes
    value: bytes
    source: Source


def records(publisher: str, kind: str, value: bytes | None, headers: Headers) -> list[Upward]:
    """The records for the higher hub, in which the lower one is ``publisher``. ``kind``: that of the message's topic.

    Raises NotUpwardError for a message that is none of the relay's or not of the publisher's area, and
    ForeignContractError.
    """
    topic, partition, offsets = _coordinates({name: content or b"" for name, content in headers})
    intake = topics.parse_intake(topic)
    if intake is None or intake.kind != kind:
        told = f"huiliu.topic = {topic!r}"
        raise NotUpwardError(text(f"{told}，不是 {kind} 的报送主题", f"{told}, no intake topic of {kind}"))
    if not divisions.within(intake.division, publisher):
        raise NotUpwardError(text(f"{topic} 不在 {publisher} 之内", f"{topic} is not within {publisher}"))
    try:
        opened = object_container.opened(value or b"")
    except ContainerError as fault:
        raise NotUpwardError(str(fault)) from fault
    if opened.contract.kind != kind or len(opened.datums) != len(offsets):
        held = f"{len(opened.datums)} {opened.contract.kind}"
        raise NotUpwardError(
            text(f"容器内为 {held}，消息头却有 {len(offsets)} 个 {kind} 的偏移量",
                 f"the container holds {held}, the headers {len(offsets)} offsets of {kind}")
        )  # fmt: skip
    key, above = f"{topic}-{partition}".encode(), topics.intake_topic(publisher, kind)
    header = wire.header(opened.contract.schema_id)
    return [
        Upward(above, key, header + datum, Source(publisher, topic, partition, offset))
        for offset, datum in zip(offsets, opened.datums, strict=True)
    ]


def source_of(headers: Headers) -> Source | None:
    """Where a record came from, by its headers; None where they do not say."""
    told = next((content for name, content in headers if name == SOURCE), None)
    match = _SOURCE.fullmatch((told or b"").decode("utf-8", "replace"))
    return Source(match[1], match[2], int(match[3]), int(match[4])) if match else None


def _coordinates(told: Mapping[str, bytes]) -> tuple[str, int, list[int]]:
    """Topic, partition and offsets that the relay wrote beside the container."""
    try:
        topic, partition = told["huiliu.topic"].decode(), int(told["huiliu.partition"])
        offsets = [int(part) for part in told["huiliu.offsets"].split(b",")]
    except (KeyError, ValueError) as fault:
        raise NotUpwardError(text(f"没有来源坐标（{fault}）", f"no coordinates of its source ({fault})")) from fault
    if partition < 0 or offsets[0] < 0 or any(one >= after for one, after in pairwise(offsets)):
        raise NotUpwardError(text("来源偏移量不递增", "the offsets of its source do not rise"))
    return topic, partition, offsets
