"""Stopping an instance from outside the process that runs it."""

from __future__ import annotations

import time
from pathlib import Path
from signal import SIGTERM
from typing import TextIO

from deploy import record
from deploy.errors import HeldError
from deploy.holding import hold
from deploy.process import end
from deploy.progress import Progress, silent
from deploy.stopping import FAREWELLS, recover
from huiliu.language import text

PATIENCE = sum(deadline for _, deadline in FAREWELLS.values()) + 15.0  # seconds: what an owner may take in order
LOCK = 5.0  # seconds for the lock to become free after its holder is gone


def stop_from_outside(home: Path, progress: Progress = silent) -> list[str]:
    """Stop what runs in the folder; returns the names of the parts that ran.

    The owner is asked first and does it in order. An owner that does not end in time is killed, and what it or a
    crashed one leaves behind is ended by its recorded pid and start time.
    """
    known = record.load(home)
    if known is None:
        return []
    ran = [name for name, identity in known.parts.items() if identity.alive()]
    if known.owner.alive() and _held(home):
        label = text("等待其按序停止", "waiting until it has stopped in order")
        progress("owner", label)
        end(known.owner, SIGTERM, PATIENCE)
        progress("owner", label, 1, 1)
    lock = _take(home)
    try:
        recover(home, progress)
    finally:
        lock.close()
    return ran


def _held(home: Path) -> bool:
    try:
        hold(home).close()
    except HeldError:
        return True
    return False


def _take(home: Path) -> TextIO:
    deadline = time.monotonic() + LOCK
    while True:
        try:
            return hold(home)
        except HeldError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.1)
