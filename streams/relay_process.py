"""The relay in a process of its own, beside the worker that loads.

What it tells is read, packed, signed and sent in Python; in the worker's own process that would take a quarter of the
interpreter from the batches that wait to be committed. The worker writes one letter to the relay's standard input
whenever it has committed; the relay writes one line to its standard output for every round, which the worker counts.
The relay ends when its input does: it never outlives its worker, whatever ended that.
"""

from __future__ import annotations

import contextlib
import gc
import json
import logging
import logging.config
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from types import TracebackType
from typing import Final, Self, TextIO

from huiliu import process
from huiliu.kafka import Cluster
from huiliu.settings import Settings
from sinks.warehouse import Warehouse
from streams.drill import Drill
from streams.lane import HEAVY, LIGHT
from streams.relay import Relay
from streams.signing import Keeper, key_file
from streams.stage import observe

logger = logging.getLogger(__name__)

#: What the worker writes: something was committed, and whether a backlog is being loaded meanwhile.
_COMMITTED: Final = b"c"
_BACKLOG: Final = b"b"

#: How long it counts that a backlog is being loaded, seconds: whoever loads one commits at least that often.
_NEWS: Final = 2.0

#: How far the relay steps back behind the worker where both want the processor (nice): loading comes first.
_COURTESY: Final = 5

#: How long the relay may take to end, and how long to wait before another is started, seconds.
_LAST_WORDS: Final = 8.0
_AFTER_FAULT: Final = 2.0


class RelayProcess(threading.Thread):
    """Keeps a relay running until it is stopped: one that ends by itself is said loudly and started again."""

    def __init__(self, environment: Mapping[str, str], busy: Callable[[], bool]) -> None:
        """``environment`` has the settings of the relay; ``busy``: whether a backlog is being loaded."""
        super().__init__(name="relay", daemon=True)
        self._environment, self._busy = dict(environment), busy
        self._stopping = threading.Event()
        self._child: subprocess.Popen[bytes] | None = None

    def run(self) -> None:
        while not self._stopping.is_set():
            try:
                why = f"exit code {self._follow()}"
            except OSError as fault:  # no memory or no process left for it
                why = str(fault)
            if not self._stopping.is_set():
                logger.error("The relay ended (%s) and is started again; the outbox keeps what was not told", why)
                self._stopping.wait(_AFTER_FAULT)

    def _follow(self) -> int:
        """Start a relay and count its rounds until it ends; returns its exit code."""
        with subprocess.Popen(
            [sys.executable, "-m", "streams.relay_process"],
            env=self._environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        ) as child:
            self._child = child
            if self._stopping.is_set():
                self._hang_up(child)
            if child.stdin is not None and child.stdout is not None:
                os.set_blocking(child.stdin.fileno(), False)  # a relay that does not read holds nobody up
                for line in child.stdout:
                    _count(line)
            return child.wait()

    def call(self) -> None:
        """Something was committed: look now. From any thread. A relay that just starts looks by itself."""
        child = self._child
        if child is None or child.stdin is None or child.poll() is not None:
            return
        with contextlib.suppress(OSError, ValueError):  # it has just ended: the next one looks first of all
            os.write(child.stdin.fileno(), _BACKLOG if self._busy() else _COMMITTED)

    def stop(self) -> None:
        """What is being told is told again by the next relay if this one does not get to the end of it."""
        self._stopping.set()
        child = self._child
        if child is not None:
            self._hang_up(child)
            with contextlib.suppress(subprocess.TimeoutExpired):
                child.wait(_LAST_WORDS)
            if child.poll() is None:
                child.kill()
        if self.ident is not None:
            self.join(timeout=_LAST_WORDS)

    @staticmethod
    def _hang_up(child: subprocess.Popen[bytes]) -> None:
        if child.stdin is not None:
            with contextlib.suppress(OSError):
                child.stdin.close()


def _count(line: bytes) -> None:
    """A round as the relay wrote it: chunks, and seconds; null seconds are a round that failed."""
    told = json.loads(line)
    observe("relay", told["rows"], told["seconds"])


class _Round:
    """Measures a round as :class:`streams.stage.Stage` does, and writes it for the worker."""

    def __init__(self, told: TextIO, rows: int) -> None:
        self._told, self._rows = told, rows

    def __enter__(self) -> Self:
        self._began = time.perf_counter()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, fault: BaseException | None, trace: TracebackType | None
    ) -> None:
        seconds = time.perf_counter() - self._began if kind is None else None
        with contextlib.suppress(BrokenPipeError):  # the worker has ended, and so will the relay
            self._told.write(json.dumps({"rows": self._rows, "seconds": seconds}) + "\n")
            self._told.flush()


class _Worker:
    """What the relay knows of its worker: whether it said within the last seconds that a backlog is being loaded."""

    def __init__(self) -> None:
        self._until = 0.0

    def busy(self) -> bool:
        return time.monotonic() < self._until

    def listen(self, relays: Sequence[Relay]) -> None:
        """Until the worker hangs up."""
        while told := os.read(sys.stdin.fileno(), 4096):
            self._until = time.monotonic() + _NEWS if told.endswith(_BACKLOG) else 0.0
            for relay in relays:
                relay.call()


def run(kafka: Cluster, database: str, settings: Settings) -> int:
    """Relay until the worker hangs up. A signal to the whole group (Ctrl-C) is the worker's to answer."""
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_IGN)
    logging.config.dictConfig(process.logging_config({"aiokafka": "WARNING"}))
    gc.freeze()
    os.nice(_COURTESY)
    worker, warehouse = _Worker(), Warehouse(database)
    drill = Drill(settings.crash_at, os.getppid())
    measured = partial(_Round, _for_rounds_alone())
    keeper = Keeper(key_file(settings))
    relays = [Relay(warehouse, kafka, worker.busy, drill, keeper, measured, lane) for lane in (LIGHT, HEAVY)]
    for relay in relays:
        relay.start()
    worker.listen(relays)
    for relay in relays:
        relay.stop()
    warehouse.close()
    return 0


def _for_rounds_alone() -> TextIO:
    """Standard output as it was; what anybody else prints goes to standard error from now on."""
    told = os.fdopen(os.dup(sys.stdout.fileno()), "w")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    return told


if __name__ == "__main__":
    sys.exit(process.begin(run))
