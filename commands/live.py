"""The demo's live table: what became of what was sent, by city, while it happens."""

from __future__ import annotations

import threading
import time
from types import TracebackType
from typing import Any, Final, Self

from rich.console import Console, Group
from rich.live import Live as Screen
from rich.table import Table
from rich.text import Text

from deploy.cluster import behind
from deploy.errors import PartError
from deploy.instance import Instance
from huiliu import division
from huiliu.kafka import Cluster
from huiliu.language import text
from sinks import ledger, summary
from sinks.warehouse import Warehouse

_TICK: Final = 0.5  # seconds
#: How long loading may stand still while something is left, seconds.
_STANDSTILL: Final = 90.0


class Live:
    """Shows the ledger's counts while a block runs; ``wait`` returns when everything sent is loaded."""

    def __init__(
        self, warehouse: Warehouse, kafka: Cluster, topics: list[str], instance: Instance, *, quiet: bool = False
    ) -> None:
        self._warehouse, self._kafka, self._topics, self._instance = warehouse, kafka, topics, instance
        console = Console(stderr=True)
        self._screen = Screen(console=console, auto_refresh=False, transient=False)
        self._shown = console.is_terminal and not quiet
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._follow, daemon=True, name="live table")
        self._moved = self._level = time.monotonic()  # when the ledger last moved, and last had everything
        self.loaded = 0

    def __enter__(self) -> Self:
        if self._shown:
            self._screen.start()
            self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, fault: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stopping.set()
        if self._shown:
            self._thread.join()
            self._draw()
            self._screen.stop()

    def wait(self) -> None:
        """Until the ledger has every offset that the broker has. Raises PartError when a part died or nothing moves."""
        self._moved = time.monotonic()
        while (left := self._left()) > 0:
            self._instance.check()
            if time.monotonic() - self._moved > _STANDSTILL:
                raise PartError(
                    text(
                        f"{_STANDSTILL:.0f} 秒内没有进展，仍有 {left} 条未入库；日志见 {self._instance.logs}。",
                        f"Nothing moved for {_STANDSTILL:.0f} s, {left} records are left; logs: {self._instance.logs}.",
                    )
                )
            time.sleep(0.1)

    def _left(self) -> int:
        """How many records the broker has that the ledger has not."""
        with self._warehouse.read() as connection:
            offsets = ledger.next_offsets(connection)
        left = sum(behind(self._kafka, self._topics, offsets).values())
        now, loaded = time.monotonic(), sum(offsets.values())
        if loaded != self.loaded:
            self._moved, self.loaded = now, loaded
        if not left:
            self._level = now
        return left

    def _follow(self) -> None:
        while not self._stopping.wait(_TICK):
            self._draw()

    def _draw(self) -> None:
        with self._warehouse.read() as connection:
            told = summary.outcomes(connection)
        left = self._left()
        seconds = time.monotonic() - self._level if left else 0.0
        self._screen.update(Group(_cities(told), _reasons(told, left, seconds)), refresh=True)


def _cities(told: dict[str, Any]) -> Table:
    heads = (
        text("收到", "received"),
        text("入库", "accepted"),
        text("重复", "duplicate"),
        text("过时", "stale"),
        text("更正", "corrected"),
        text("隔离", "quarantined"),
    )
    table = Table(title=text("各市报送", "what the cities sent"), title_justify="left", show_footer=True)
    table.add_column(text("市", "city"), footer=text("合计", "total"))
    for name, head in zip(summary.OUTCOMES, heads, strict=True):
        table.add_column(head, footer=f"{told['totals'][name]:,}", justify="right")
    for code, counts in told["by_city"].items():
        table.add_row(f"{code} {division.name(code)}", *(f"{counts[name]:,}" for name in summary.OUTCOMES))
    return table


def _reasons(told: dict[str, Any], left: int, seconds: float) -> Text:
    most = sorted(told["by_reason"].items(), key=lambda item: -item[1])[:8]
    reasons = "  ".join(f"{code} {count:,}" for code, count in most)
    return Text(
        text(
            f"落后 {left:,} 条、{seconds:.1f} 秒    隔离原因：{reasons}",
            f"behind {left:,} records, {seconds:.1f} s    quarantined: {reasons}",
        )
    )
