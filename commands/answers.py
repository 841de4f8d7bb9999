"""Waiting for the hub's answer to what was sent."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Final

from commands.producing import Place
from commands.warehouse import reading
from deploy.endpoints import Endpoints
from deploy.progress import Progress
from huiliu.errors import Unavailable
from huiliu.language import text
from sinks import ledger
from sinks.followed import Receipts, receipts

#: How long the ledger may stand still before waiting for it is given up, seconds.
PATIENCE: Final = 120.0
_EVERY: Final = 0.3


def wait(endpoints: Endpoints, topic: str, places: Iterable[Place], progress: Progress) -> dict[int, Receipts]:
    """By partition, what became of the records at these places, once all are in the ledger. Raises Unavailable."""
    spans: dict[int, tuple[int, int]] = {}
    counts: Counter[int] = Counter()
    for partition, offset in places:
        low, high = spans.get(partition, (offset, offset))
        spans[partition] = min(low, offset), max(high, offset)
        counts[partition] += 1
    label, total = text("等待回执", "waiting for receipts"), sum(counts.values())
    wanted, moved = [(topic, partition) for partition in spans], time.monotonic()
    seen: dict[tuple[str, int], int] = {}
    while spans:
        with reading(endpoints) as connection:
            reached = ledger.next_offsets(connection, wanted)
        if reached != seen:
            seen, moved = reached, time.monotonic()
        behind = [partition for partition, (_, last) in spans.items() if reached.get((topic, partition), 0) <= last]
        progress("answers", label, max(total - sum(counts[partition] for partition in behind), 1), total + 1)
        if not behind:
            break
        if time.monotonic() - moved > PATIENCE:
            raise _silent(topic, behind)
        time.sleep(_EVERY)
    progress("answers", label, 1, 1)
    with reading(endpoints) as connection:
        return {number: receipts(connection, topic, number, *span) for number, span in spans.items()}


def _silent(topic: str, behind: Sequence[int]) -> Unavailable:
    named = ", ".join(map(str, behind))
    return Unavailable(
        text(
            f"{topic} 的分区 {named} 在 {PATIENCE:.0f} 秒内没有进展，回执未出。记录已在 Kafka 中，不会丢失。"
            "请查看 huiliu status；稍后重发同一文件也可取得报告（已入库的识别为重复）。",
            f"{topic} partitions {named} have not moved for {PATIENCE:.0f} s: no receipts yet. The records are safe "
            "in Kafka. See huiliu status; sending the same file later gives the report too (they count as duplicates).",
        )
    )
