"""What can stop the streams.

::

    HuiliuError
    └── StreamError
        ├── HoleError       offsets are missing between the ledger and what the broker gave
        ├── ExpiredError    the broker has already deleted records the ledger still waits for
        ├── TopicReplacedError  a topic was deleted and made again: its offsets mean other records now
        ├── TopicRemadeError    the same, told by the topic's id
        ├── ChangedError    records are not those that were loaded
        ├── KeyFileError    the file with the key that signs receipts cannot be used
        ├── NotUpwardError  a message of a province topic that a relay cannot have written
        ├── SourceError     the lower hub's topics cannot be followed from the place that is kept
        └── UndecidedError  an event went through the batch and got no outcome: a fault of ours
"""

from __future__ import annotations

from pathlib import Path

from huiliu.errors import HuiliuError
from huiliu.language import text


class StreamError(HuiliuError):
    """A fault of the streams that must not be passed over."""


class HoleError(StreamError):
    """Records between the ledger's next offset and the chunk's first one were not seen."""

    def __init__(self, topic: str, partition: int, expected: int, found: int) -> None:
        self.topic, self.partition, self.expected, self.found = topic, partition, expected, found
        super().__init__(
            text(
                f"{topic}[{partition}] 缺少位点 {expected}–{found - 1}：台账等待 {expected}，代理却给出 {found}。"
                "请运行 huiliu verify 核对。",
                f"{topic}[{partition}] offsets {expected} to {found - 1} are missing: the ledger waits for {expected}, "
                f"the broker gave {found}. Run huiliu verify.",
            )
        )


class ExpiredError(StreamError):
    """The broker's retention removed records that were never loaded: they are lost to the hub."""

    def __init__(self, topic: str, partition: int, expected: int, first: int) -> None:
        super().__init__(
            text(
                f"{topic}[{partition}] 的位点 {expected}–{first - 1} 已被代理按保留期删除，尚未入库。"
                "请让报送单位补报这些记录，并延长该主题的 retention.ms。",
                f"{topic}[{partition}] offsets {expected} to {first - 1} were deleted by the broker's retention before "
                "they were loaded. Have the publisher send them again and lengthen the topic's retention.ms.",
            )
        )


class TopicReplacedError(StreamError):
    """The topic lies before the place where reading was to go on: it is another topic under the old name."""

    def __init__(self, topic: str, partition: int, expected: int, found: int) -> None:
        super().__init__(
            text(
                f"{topic}[{partition}] 应从位点 {expected} 读起，代理却在 {found}：该主题被删除后重建，或代理丢失数据。"
                "其余照常；请恢复原主题，并运行 huiliu verify 核对。",
                f"{topic}[{partition}] stands at {found} where reading was to go on at {expected}: the topic was "
                "deleted and made again, or the broker lost data. Others go on; restore it and run huiliu verify.",
            )
        )


class TopicRemadeError(StreamError):
    """The topic has another id than when it was first read: deleted and made again, its offsets mean other records."""

    def __init__(self, topic: str) -> None:
        super().__init__(
            text(
                f"{topic} 已被删除后重建，位点与台账不再对应，不再接收，其余照常；请恢复原主题。",
                f"{topic} was deleted and made again: its offsets are no longer those of the ledger. It is not "
                "consumed, all others go on; restore the topic.",
            )
        )


class ChangedError(StreamError):
    """The broker's records at these offsets are not those that were loaded: the topic was replaced meanwhile."""

    def __init__(self, topic: str, partition: int, first: int, last: int) -> None:
        super().__init__(
            text(
                f"{topic}[{partition}] 位点 {first}–{last} 的记录与入库时不同，不对外发布。请运行 huiliu verify。",
                f"{topic}[{partition}] offsets {first} to {last} are not the records that were loaded; they are not "
                "told to others. Run huiliu verify.",
            )
        )


class UndecidedError(StreamError):
    """An event has no outcome after settling: the ledger could not say what became of it, so nothing is committed."""

    def __init__(self, kind: str, events: int) -> None:
        super().__init__(
            text(
                f"{events} 条 {kind} 没有处理结果，整批不提交。这是程序故障，请连同日志上报。",
                f"{events} {kind} events have no outcome, the batch is not committed. This is a fault of the program.",
            )
        )


class KeyFileError(StreamError):
    """The file with the key that signs receipts cannot be used: names the file and what to do."""

    def __init__(self, path: Path, reason: str) -> None:
        super().__init__(
            text(
                f"回执签名密钥 {path} 不可用（{reason}）。"
                "应为只有属主可读的 Ed25519 私钥 PEM 文件，见 HUILIU_RECEIPT_KEY。",
                f"The key that signs receipts, {path}, cannot be used ({reason}). It should be an Ed25519 private"
                " key in PEM that only its owner reads, see HUILIU_RECEIPT_KEY.",
            )
        )


class NotUpwardError(StreamError):
    """A message of a province topic that a relay cannot have written; the message says what is wrong with it."""


class SourceError(StreamError):
    """A topic of the lower hub cannot be followed from the place that the higher one kept; nothing is carried."""
