"""Stopping parts in order, each with a deadline, and ending what a crashed holder left running."""

from __future__ import annotations

import shutil
import subprocess
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from signal import SIGTERM, Signals

from deploy import broker, postgres, record
from deploy.process import Identity, end
from deploy.progress import Progress, silent
from huiliu.language import text

WORKER_STOP = 30.0  # seconds for a worker to finish its batch; killed, the batch rolls back and comes again
HURRY = 5.0  # seconds for each when one of the others has died
GATEWAY_STOP = 40.0  # seconds for a gateway to answer the requests under way and send what it holds
OVERSIGHT_STOP = 20.0  # seconds for oversight to finish what it does; killed, it rolls back and comes again
FAREWELLS: dict[str, tuple[Signals, float]] = {
    "gateway": (SIGTERM, GATEWAY_STOP),
    "worker": (SIGTERM, WORKER_STOP),
    "oversight": (SIGTERM, OVERSIGHT_STOP),
    "broker": (broker.FAREWELL, broker.STOP),
    "database": (postgres.FAREWELL, postgres.STOP),
}
ORDER = tuple(FAREWELLS)  # of stopping: who writes first, what is written to last


def recover(home: Path, progress: Progress = silent) -> list[str]:
    """End what a crashed holder left running; call it with the lock held. Returns the names of what was ended."""
    known = record.load(home)
    if known is None:
        return []
    left = {name: identity for name, identity in known.parts.items() if identity.alive()}
    for kind in ORDER:
        found = [identity for name, identity in left.items() if name.partition("-")[0] == kind]
        stop_members(kind, [(identity, None) for identity in found], progress)
    shutil.rmtree(known.sockets, ignore_errors=True)
    return list(left)


def stop_members(
    kind: str,
    members: list[tuple[Identity, subprocess.Popen[bytes] | None]],
    progress: Progress,
    hurry: float | None = None,
) -> None:
    """Ask the parts of one kind to end, all at once, and wait.

    :param members: identity, and the process where it is our own child.
    :param hurry: a shorter deadline than the kind's own, seconds.
    """
    if not members:
        return
    farewell, patience = FAREWELLS[kind]
    deadline = hurry or patience
    label = text(f"停止 {kind}", f"stopping {kind}")
    progress(f"stop {kind}", label)
    with ThreadPoolExecutor(len(members)) as pool:
        for identity, process in members:
            pool.submit(end, identity, farewell, deadline, reap=process.poll if process else None)
    for _, process in members:
        if process is not None:
            process.wait()
    progress(f"stop {kind}", label, 1, 1)
