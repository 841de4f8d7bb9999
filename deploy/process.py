"""Child processes: started on a leash, known by pid and start time, ended within a deadline, their logs' last lines."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from signal import SIGKILL, Signals

import psutil

from deploy.errors import PartError
from huiliu.language import text

POLL = 0.05  # seconds between two looks
SAME_START = 2.0  # seconds: a pid whose process began elsewhen belongs to somebody else
TAIL_LINES = 20
LARGEST_LOG = 10 * 1024 * 1024  # bytes: a larger one is put aside when its part starts again
LEASH = Path(__file__).with_name("leash.py")

# The kernel's "tell me when my parent dies" means the *thread* that forked, so all children come from one that lasts.
_spawner = ThreadPoolExecutor(1, thread_name_prefix="huiliu-spawner")


@dataclass(frozen=True)
class Identity:
    """A process that cannot be mistaken for a later one with the same pid; started is in Unix seconds."""

    pid: int
    started: float

    @classmethod
    def of(cls, pid: int) -> Identity:
        """Identity of a process that runs now."""
        return cls(pid, psutil.Process(pid).create_time())

    def alive(self) -> bool:
        """True while that very process runs (a zombie does not)."""
        try:
            process = psutil.Process(self.pid)
            same = abs(float(process.create_time()) - self.started) < SAME_START
            return same and process.status() != str(psutil.STATUS_ZOMBIE)
        except psutil.NoSuchProcess:
            return False


@dataclass(frozen=True)
class Part:
    """A running child: its name, process and the logs that tell what became of it."""

    name: str
    process: subprocess.Popen[bytes]
    identity: Identity
    logs: tuple[Path, ...]

    def check(self) -> None:
        """:raises PartError: when it has ended."""
        code = self.process.poll()
        if code is not None:
            raise PartError(ended(self.name, code, self.logs))


def spawn(
    name: str,
    command: Sequence[str | Path],
    logs: Sequence[Path],
    *,
    farewell: Signals,
    user: str | None = None,
    environ: Mapping[str, str] | None = None,
    cwd: Path | None = None,
) -> Part:
    """Start a program in its own session; what it prints goes to the last of the logs.

    :param farewell: the signal that it gets should we die (Linux).
    :param user: the account to run as; None means ours.
    """
    output = logs[-1]
    output.parent.mkdir(parents=True, exist_ok=True)
    if output.exists() and output.stat().st_size > LARGEST_LOG:
        output.replace(output.with_name(output.name + ".1"))
    process = _spawner.submit(_popen, leashed(command, farewell, user), output, environ, cwd).result()
    return Part(name, process, Identity.of(process.pid), tuple(logs))


def leashed(command: Sequence[str | Path], farewell: Signals, user: str | None) -> list[str]:
    """The command, wrapped so that it does not outlive us and does not run as root."""
    leash = [sys.executable, "-I", "-S", str(LEASH), str(os.getpid()), str(int(farewell)), user or "-"]
    return leash + [str(word) for word in command]


def _popen(
    command: list[str], output: Path, environ: Mapping[str, str] | None, cwd: Path | None
) -> subprocess.Popen[bytes]:
    with output.open("ab") as log:
        return subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            env=None if environ is None else dict(environ),
            cwd=cwd,
            start_new_session=True,  # Ctrl-C reaches us only: the order of stopping is ours
        )


def wait_ready(part: Part, ready: Callable[[], bool], deadline: float) -> None:
    """Wait until the part answers.

    :param deadline: seconds.
    :raises PartError: it ended, or it did not answer in time.
    """
    end = time.monotonic() + deadline
    while not ready():
        part.check()
        if time.monotonic() > end:
            raise PartError(
                text(f"{part.name} 在 {deadline:.0f} 秒内未就绪。", f"{part.name} did not answer in {deadline:.0f} s.")
                + last_lines(part.logs)
            )
        time.sleep(POLL)


def run(
    command: Sequence[str | Path],
    *,
    name: str,
    log: Path,
    stdin: bytes = b"",
    user: str | None = None,
    environ: Mapping[str, str] | None = None,
) -> None:
    """Run a program to its end, handing it stdin; what it prints is added to the log.

    :raises PartError: it did not succeed.
    """
    log.parent.mkdir(parents=True, exist_ok=True)
    farewell = Signals.SIGTERM
    with log.open("ab") as output:
        process = _spawner.submit(
            subprocess.Popen,
            leashed(command, farewell, user),
            stdin=subprocess.PIPE,
            stdout=output,
            stderr=subprocess.STDOUT,
            env=None if environ is None else dict(environ),
            cwd="/",  # ours may be closed to the other user
            start_new_session=True,
        ).result()
        process.communicate(stdin)
    if process.returncode != 0:
        raise PartError(ended(name, process.returncode, (log,)))


def end(identity: Identity, farewell: Signals, deadline: float, *, reap: Callable[[], object] | None = None) -> bool:
    """Ask a process to end, wait, then kill it; True when it went by itself.

    :param reap: collects our own child's exit status so that it does not stay a zombie.
    """
    if not identity.alive():
        return True
    gentle = _signalled(identity, farewell, deadline, reap)
    return gentle or not _signalled(identity, SIGKILL, deadline, reap)


def _signalled(identity: Identity, signal: Signals, deadline: float, reap: Callable[[], object] | None) -> bool:
    try:
        os.kill(identity.pid, signal)
    except ProcessLookupError:
        return True
    until = time.monotonic() + deadline
    while time.monotonic() < until:
        if reap is not None:
            reap()
        if not identity.alive():
            return True
        time.sleep(POLL)
    return False


def ended(name: str, code: int, logs: Sequence[Path]) -> str:
    """Say how a part ended, with the last lines of its logs."""
    if code < 0:
        how = text(f"被信号 {Signals(-code).name} 终止", f"was killed by {Signals(-code).name}")
    else:
        how = text(f"以退出码 {code} 结束", f"ended with exit code {code}")
    return text(f"{name} {how}。", f"{name} {how}.") + last_lines(logs)


def last_lines(logs: Sequence[Path], lines: int = TAIL_LINES) -> str:
    """The last lines of the logs that say anything, each under its path."""
    shown = []
    for log in logs:
        tail = _tail(log, lines)
        if tail:
            shown.append(f"\n--- {log}\n" + "\n".join(tail))
    return "".join(shown)


def _tail(log: Path, lines: int) -> list[str]:
    try:
        with log.open("rb") as content:
            content.seek(max(0, log.stat().st_size - 65_536))
            return content.read().decode("utf-8", "replace").splitlines()[-lines:]
    except FileNotFoundError:
        return []
