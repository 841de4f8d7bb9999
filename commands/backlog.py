"""What is not loaded yet, as status tells it: how much, how old, how long Kafka keeps it."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from huiliu.language import text
from streams.lag import Lag


@dataclass(frozen=True)
class Backlog:
    """``lag`` over all intake topics; ``untold``: loaded chunks of which nobody has been told yet."""

    lag: Lag
    untold: int

    def described(self) -> dict[str, Any]:
        """For programs; ``until_loss_hours`` is null where retention is unlimited."""
        lag = self.lag
        return {
            "records": lag.records,
            "event_seconds": lag.event_seconds,
            "oldest_unprocessed": _moment(lag.oldest_ms),
            "oldest_unprocessed_seconds": lag.oldest_seconds,
            "newest_loaded": _moment(lag.newest_loaded_ms),
            "retention": "limited" if self._limited else "unlimited",
            "until_loss_hours": lag.until_loss_hours if self._limited else None,
            "untold_chunks": self.untold,
        }

    def lines(self) -> Iterator[str]:
        """For people."""
        lag = self.lag
        yield text(f"待入库：{lag.records:,} 条", f"not yet loaded: {lag.records:,} records")
        for topic, records in sorted(lag.by_topic.items(), key=lambda item: -item[1]):
            if records:
                yield f"  {topic} {records:,}"
        if lag.oldest_ms is not None:
            waited, behind = _duration(lag.oldest_seconds), _duration(lag.event_seconds)
            yield text(
                f"最早一条已等待 {waited}，最新入库的一条在 {behind} 前报送",
                f"the oldest has waited {waited}, the newest that is loaded was sent {behind} ago",
            )
        if not self._limited:
            yield text("Kafka 保留期：不限", "Kafka keeps it for ever: retention is unlimited")
        else:
            hours = f"{lag.until_loss_hours:,.1f}"
            yield text(
                f"若停止入库，{hours} 小时后 Kafka 将按保留期删除未入库的记录",
                f"if loading stood still, Kafka's retention would delete what is not loaded in {hours} hours",
            )
        if self.untold:
            yield text(f"待告知：{self.untold:,} 块", f"not yet told: {self.untold:,} chunks")

    @property
    def _limited(self) -> bool:
        return math.isfinite(self.lag.until_loss_hours)


def _moment(moment_ms: int | None) -> str | None:
    return None if moment_ms is None else datetime.fromtimestamp(moment_ms / 1000, UTC).isoformat()


def _duration(seconds: float) -> str:
    if seconds < 60:
        return text(f"{seconds:.1f} 秒", f"{seconds:.1f} s")
    return str(timedelta(seconds=round(seconds)))
