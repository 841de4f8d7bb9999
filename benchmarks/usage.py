"""What a process and its children use while it is measured: processor seconds, and memory ten times a second."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import psutil

_EVERY = 0.1


@dataclass
class Usage:
    """A process under watch. ``memory`` has (seconds since the watch began, resident MiB)."""

    process: psutil.Process
    memory: list[tuple[float, float]] = field(default_factory=list)

    @property
    def alive(self) -> bool:
        """Whether the process still runs."""
        return self.process.is_running() and self.process.status() != psutil.STATUS_ZOMBIE

    @property
    def processor_seconds(self) -> float:
        """Seconds of processor time used until now, all threads of it and of its children."""
        times = [one.cpu_times() for one in family(self.process)]
        return float(sum(one.user + one.system for one in times))

    @property
    def peak_mib(self) -> float:
        """The most memory seen."""
        return max((mib for _, mib in self.memory), default=0.0)


def family(process: psutil.Process) -> list[psutil.Process]:
    """A process and its children that run now: a worker and its relay."""
    return [process, *process.children(recursive=True)]


@contextmanager
def watched(pid: int) -> Iterator[Usage]:
    """Watch a process until the block ends; its figures stay readable afterwards, except the processor seconds."""
    usage, stop, since = Usage(psutil.Process(pid)), threading.Event(), time.monotonic()

    def look() -> None:
        while not stop.wait(_EVERY) and usage.alive:
            try:
                resident = sum(one.memory_info().rss for one in family(usage.process))
            except psutil.NoSuchProcess:
                return
            usage.memory.append((time.monotonic() - since, resident / 2**20))

    thread = threading.Thread(target=look, daemon=True)
    thread.start()
    try:
        yield usage
    finally:
        stop.set()
        thread.join()
