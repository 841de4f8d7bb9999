"""The topics: their names, who writes and reads them, and how long they keep what they hold.

A publisher writes to topics of its own, one per kind, so that access rules can say so and a flood stays its own.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, NamedTuple

from huiliu import division
from schemas.contract import KINDS

PUBLISHERS: Final = "hub.publishers"  #: changes to the list of publishers, keyed by division

HJ212_FRAMES: Final = "hj212.frames"  #: frames of monitors that are no readings, verbatim, keyed by MN

#: The workers' consumer group; under this name Kafka's own tools show what is not loaded yet.
GROUP: Final = "huiliu"

#: The group of oversight, on province.*: how far answers are taken.
OVERSIGHT_GROUP: Final = "huiliu-oversight"

#: Room above ``record_bytes`` (settings), so that a record too large is seen, refused with a finding and kept.
INTAKE_MESSAGE_BYTES: Final = 16 * 1024 * 1024
DAY_MS: Final = 86_400_000


class Intake(NamedTuple):
    """What the name of an intake topic says."""

    division: str
    kind: str


def intake_topic(division_code: str, kind: str) -> str:
    """Where the publisher of a division sends events of a kind."""
    return f"intake.{division_code}.{kind}"


def parse_intake(topic: str) -> Intake | None:
    """Division and kind of an intake topic; None for any other topic or an unknown division or kind."""
    parts = topic.split(".")
    if len(parts) != 3 or parts[0] != "intake" or parts[2] not in KINDS or not division.known(parts[1]):
        return None
    return Intake(parts[1], parts[2])


def quarantine_topic(division_code: str) -> str:
    """Where a division finds its rejected records, bytes verbatim, with findings."""
    return f"quarantine.{division_code}"


def receipts_topic(division_code: str) -> str:
    """Where a division finds what became of its records, by ranges of offsets."""
    return f"receipts.{division_code}"


def province_topic(kind: str) -> str:
    """Where loaded events of a kind are published on, for other consumers and upward reporting."""
    return f"province.{kind}"


ROLLUPS: Final = "province.rollup"  #: statements of all rollups, for the hub above to hold its own against


def directives_topic(division_code: str) -> str:
    """Where a division finds what the province asks of it."""
    return f"directives.{division_code}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Topic:
    """A family of topics. ``partitions`` None: as the setting HUILIU_PARTITIONS says."""

    pattern: str
    meaning_zh: str
    meaning_en: str
    writer: str
    readers: tuple[str, ...]
    partitions: int | None
    retention_ms: int  #: -1 keeps for ever
    cleanup: str = "delete"
    max_message_bytes: int = 1024 * 1024
    extra: Mapping[str, str] = field(default_factory=dict, compare=False)

    @property
    def configuration(self) -> dict[str, str]:
        """Kafka's topic configuration."""
        return {
            "retention.ms": str(self.retention_ms),
            "retention.bytes": "-1",
            "cleanup.policy": self.cleanup,
            "max.message.bytes": str(self.max_message_bytes),
            **self.extra,
        }


TOPOLOGY: Final = (
    Topic(
        pattern="intake.<division>.<kind>",
        meaning_zh="报送入口，每个报送单位、每类事项一个",
        meaning_en="the way in: one topic per publisher and kind",
        writer="the division's publisher, gateways on its behalf; the relay, for readings that waited",
        readers=("streams",),
        partitions=None,
        retention_ms=-1,
        max_message_bytes=INTAKE_MESSAGE_BYTES,
        extra={"message.timestamp.type": "LogAppendTime"},
    ),
    Topic(
        pattern="quarantine.<division>",
        meaning_zh="被拒记录，原样保留并附问题",
        meaning_en="rejected records, verbatim, with findings",
        writer="streams relay",
        readers=("the division's publisher",),
        partitions=1,
        retention_ms=90 * DAY_MS,
        max_message_bytes=INTAKE_MESSAGE_BYTES + 1024 * 1024,
    ),
    Topic(
        pattern="receipts.<division>",
        meaning_zh="回执，逐段偏移量，哈希相连",
        meaning_en="receipts for ranges of offsets, hash-chained",
        writer="streams relay",
        readers=("the division's publisher", "third parties who check"),
        partitions=1,
        retention_ms=-1,
    ),
    Topic(
        pattern=ROLLUPS,
        meaning_zh="全部汇总的声明（签名），供上级核对",
        meaning_en="signed statements of all rollups, for the hub above to check its own by",
        writer="huiliu upward totals",
        readers=("the hub of the level above", "other consumers"),
        partitions=1,
        retention_ms=30 * DAY_MS,
    ),
    Topic(
        pattern="province.<kind>",
        meaning_zh="已入库事项，供其他系统使用",
        meaning_en="loaded events, for other consumers and upward reporting",
        writer="streams relay",
        readers=("other consumers",),
        partitions=None,
        retention_ms=30 * DAY_MS,
    ),
    Topic(
        pattern="directives.<division>",
        meaning_zh="督办单",
        meaning_en="what the province asks of a division",
        writer="oversight",
        readers=("the division's publisher",),
        partitions=1,
        retention_ms=-1,
    ),
    Topic(
        pattern=HJ212_FRAMES,
        meaning_zh="HJ 212 数据包原文：没有契约承载的命令、拆分包、无法成为读数的数据",
        meaning_en="HJ 212 frames, verbatim: commands that no contract carries, packets, data that are no reading",
        writer="the HJ 212 gateway",
        readers=("operators",),
        partitions=None,
        retention_ms=400 * DAY_MS,
    ),
    Topic(
        pattern=PUBLISHERS,
        meaning_zh="报送单位变更",
        meaning_en="changes to the list of publishers",
        writer="commands, console",
        readers=("streams",),
        partitions=1,
        retention_ms=-1,
        cleanup="compact",
    ),
)


def topology(topic: str) -> Topic | None:
    """The family that a topic is of; None for a topic that is not the hub's."""
    first = topic.partition(".")[0]
    return next((family for family in TOPOLOGY if family.pattern == topic or _family(family.pattern) == first), None)


def _family(pattern: str) -> str:
    return pattern.partition(".")[0] if "<" in pattern else ""
