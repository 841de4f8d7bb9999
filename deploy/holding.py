"""The lock of an instance's folder: whoever has it runs the instance; the system releases it when the holder ends."""

from __future__ import annotations

import fcntl
from pathlib import Path
from typing import TextIO

from deploy import record
from deploy.errors import HeldError
from huiliu.language import text


def hold(home: Path) -> TextIO:
    """Take the folder's lock for as long as the returned file is open.

    :raises HeldError: somebody else has it.
    """
    lock = (home / "instance.lock").open("a")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        lock.close()
        known = record.load(home)
        pid = known.owner.pid if known else "?"
        raise HeldError(
            text(
                f"{home} 中的汇流已在运行（进程 {pid}）。查看：huiliu status；停止：huiliu down；"
                "要同时运行另一个，请把 HUILIU_HOME 设为另一目录。",
                f"Huiliu already runs in {home} (process {pid}). Look: huiliu status; stop it: huiliu down; "
                "to run another one beside it, set HUILIU_HOME to another folder.",
            )
        ) from None
    return lock
