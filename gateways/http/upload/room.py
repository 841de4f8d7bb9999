"""Room on the disk for uploads under way: a folder of the process's own, gone with it.

A process that was killed leaves its folder behind; the next one to start sees by its lock that nobody is in it.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

_PREFIX: Final = "huiliu-uploads-"
_LOCK: Final = "lock"


class Room:
    """A folder below the system's folder for temporary files (TMPDIR), for this user alone."""

    def __init__(self) -> None:
        """Make it, and take away what processes left that are no more."""
        _sweep(Path(tempfile.gettempdir()))
        self.folder = Path(tempfile.mkdtemp(prefix=_PREFIX))
        self._lock = (self.folder / _LOCK).open("w")
        fcntl.flock(self._lock, fcntl.LOCK_EX)

    @contextmanager
    def corner(self) -> Iterator[Path]:
        """A folder of its own for one request."""
        corner = Path(tempfile.mkdtemp(dir=self.folder))
        try:
            yield corner
        finally:
            shutil.rmtree(corner, ignore_errors=True)

    def close(self) -> None:
        """Nothing of it stays."""
        shutil.rmtree(self.folder, ignore_errors=True)
        self._lock.close()


def _sweep(above: Path) -> None:
    for folder in above.glob(f"{_PREFIX}*"):
        with contextlib.suppress(OSError):  # another user's, or just gone: no matter
            if folder.is_symlink() or folder.stat().st_uid != os.getuid():
                continue
            with (folder / _LOCK).open("r") as lock:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                shutil.rmtree(folder, ignore_errors=True)
