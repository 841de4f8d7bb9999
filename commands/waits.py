"""Showing waits: one bar for each step in a terminal, one line for each finished step elsewhere, always on stderr."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from deploy import progress as reports


@contextmanager
def shown(*, quiet: bool = False) -> Iterator[reports.Progress]:
    """Something to report progress to while the block runs; quiet shows nothing."""
    console = Console(stderr=True)
    if quiet:
        yield reports.silent
    elif console.is_terminal:
        bars = Progress(
            SpinnerColumn(finished_text="[green]✓"),
            TextColumn("{task.description}"),
            BarColumn(bar_width=30),
            TextColumn("{task.fields[amount]}"),
            TimeElapsedColumn(),
            console=console,
        )
        with bars:
            yield Bars(bars)
    else:
        yield Lines(console)


class Bars:
    """A bar for each step, pulsing while its length is not known."""

    def __init__(self, bars: Progress) -> None:
        self._bars = bars
        self._tasks: dict[str, object] = {}
        self._lock = threading.Lock()

    def __call__(self, step: str, label: str, done: int = 0, total: int = 0) -> None:
        """Move the step's bar."""
        with self._lock:
            if step not in self._tasks:
                self._tasks[step] = self._bars.add_task(label, total=None, amount="")
            task = self._tasks[step]
        self._bars.update(task, description=label, completed=done, total=total or None, amount=_amount(done, total))  # type: ignore[arg-type]


class Lines:
    """A line when a step is over, with the seconds it took; and when a step says something new."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._began: dict[str, float] = {}
        self._said: dict[str, str] = {}
        self._lock = threading.Lock()

    def __call__(self, step: str, label: str, done: int = 0, total: int = 0) -> None:
        """Say it, if it is worth a line."""
        with self._lock:
            began = self._began.setdefault(step, time.monotonic())
            if 0 < total <= done:
                self._console.print(f"✓ {label} {time.monotonic() - began:.1f} s", highlight=False)
            elif self._said.get(step) != label:
                self._console.print(f"… {label}", highlight=False)
            self._said[step] = label


def _amount(done: int, total: int) -> str:
    """Bytes as MB; small counts as they are."""
    if total > 1_000_000:
        return f"{done / 1e6:.1f}/{total / 1e6:.1f} MB"
    return f"{done}/{total}" if total > 1 else ""
