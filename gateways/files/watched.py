"""A folder into which counties drop files: each is taken once, sent, and laid aside with its report beside it.

    <root>/<division>/<kind>/file.xlsx        or, for one division and kind, <root>/file.xlsx
    …/processing/   …/done/   …/refused/      beside the dropped files

``done``: every row is in. ``refused``: the file cannot be read, or at least one row was refused or quarantined; the
report says which. The steps, each a rename or a file that is whole or not there:

    1. Wait until a dropped file has stopped growing.
    2. Move it to processing/ under a name of its own. From here it is ours, and no step overwrites another file.
    3. Send it, wait for the hub's verdicts, write the report into processing/.
    4. Move the report to done/ or refused/.
    5. Move the file after it. Only now it is over.

Killed between any two steps, the next start takes up what lies in processing/ at step 3: natural keys make a second
sending harmless (its rows are duplicates), and a report that is there already is written anew under its name. While
Kafka or the warehouse is away, the file stays in processing/ and is tried again.
"""

from __future__ import annotations

import fcntl
import os
import re
import stat
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, NamedTuple

from gateways.files.errors import FileRefused
from huiliu import division as divisions
from huiliu.clock import now_ms
from huiliu.language import text
from schemas.contract import KINDS
from schemas.topics import Intake

PROCESSING: Final = "processing"
DONE: Final = "done"
REFUSED: Final = "refused"
_OURS: Final = (PROCESSING, DONE, REFUSED)
_UNFINISHED: Final = (".part", ".tmp", ".crdownload", ".filepart", ".swp")
_LOCK: Final = ".huiliu-watch.lock"
_TAKEN: Final = re.compile(r"[0-9]{13}-[0-9]{3}-(.+)")
_REPORT: Final = ".结果.xlsx"
_REASON: Final = ".原因.txt"

Deliver = Callable[[Path, Intake, str, Path], bool]


class Told(NamedTuple):
    """What became of one file: where it lies now, whether every row is in, and why not where a reason is known."""

    path: Path
    to: Intake
    whole: bool
    reason: str | None = None


@dataclass
class Watched:
    """The folder. ``deliver``: sends (file, publisher and kind, its dropped name, where the report goes) and answers
    whether every row is in; raises FileRefused for a file that cannot be taken, Unavailable for what will pass.

    ``only``: whose files and of which kind all are that lie in the folder itself. ``settle_seconds``: how long a file
    must not have changed. ``most_bytes``: larger ones are refused.
    """

    root: Path
    deliver: Deliver
    only: Intake | None = None
    settle_seconds: float = 2.0
    most_bytes: int = 1 << 40
    _seen: dict[Path, tuple[tuple[int, int], float]] = field(default_factory=dict)

    def inboxes(self) -> Iterator[tuple[Path, Intake]]:
        """The folders into which files are dropped, and what is dropped there."""
        if self.only is not None:
            yield self.root, self.only
            return
        for first in sorted(path for path in self.root.iterdir() if path.is_dir() and not path.is_symlink()):
            for folder in sorted(path for path in first.iterdir() if path.is_dir() and not path.is_symlink()):
                if divisions.known(first.name) and folder.name in KINDS:
                    yield folder, Intake(first.name, folder.name)

    def strays(self) -> list[Path]:
        """Files and folders of the root that belong to no division and kind: nobody would ever take them."""
        if self.only is not None:
            return []
        known = {folder for folder, _ in self.inboxes()}
        firsts = [path for path in self.root.iterdir() if not path.name.startswith(".")]
        wrong = [path for path in firsts if not path.is_dir() or not divisions.known(path.name)]
        below = [one for path in firsts if path not in wrong for one in path.iterdir() if one not in known]
        return sorted(wrong + [one for one in below if not one.name.startswith(".")])

    def pass_over(self) -> Iterator[Told]:
        """One look at everything: what lies in processing/ first, then what has settled. Raises Unavailable."""
        for inbox, to in list(self.inboxes()):
            for name in _OURS:
                _own(inbox / name)
            for path in sorted(self._files(inbox / PROCESSING)):
                if _TAKEN.fullmatch(path.name) and not path.name.endswith((_REPORT, _REASON)):
                    yield self._finish(path, inbox, to)
            for path in sorted(self._files(inbox)):
                if self._settled(path):
                    yield self._finish(self._take(path, inbox), inbox, to)

    def _files(self, folder: Path) -> Iterator[Path]:
        """Plain files that are not somebody's lock or half-written; never what a link points to."""
        for entry in os.scandir(folder):
            hidden = entry.name.startswith((".", "~$")) or entry.name.lower().endswith(_UNFINISHED)
            if not hidden and entry.is_file(follow_symlinks=False):
                yield Path(entry.path)

    def _settled(self, path: Path) -> bool:
        """Step 1: whether size and time of change have stood still long enough."""
        try:
            found = path.lstat()
        except FileNotFoundError:
            return False
        now, marks = time.monotonic(), (found.st_size, found.st_mtime_ns)
        before = self._seen.get(path)
        if before is None or before[0] != marks:
            self._seen[path] = marks, now
            return False
        return now - before[1] >= self.settle_seconds

    def _take(self, path: Path, inbox: Path) -> Path:
        """Step 2."""
        self._seen.pop(path, None)
        return _moved(path, inbox / PROCESSING, path.name)

    def _finish(self, path: Path, inbox: Path, to: Intake) -> Told:
        """Steps 3 to 5 for a file in processing/."""
        dropped = _dropped(path)
        report, reason = path.with_name(path.name + _REPORT), path.with_name(path.name + _REASON)
        told: str | None = None
        report.unlink(missing_ok=True)  # of an earlier try
        reason.unlink(missing_ok=True)
        try:
            _require_plain(path, self.most_bytes)
            whole = self.deliver(path, to, dropped, report)  # 3
        except FileRefused as refused:  # who dropped it is told why
            whole, told = False, str(refused)
            _write(reason, told)
        goal = inbox / (DONE if whole else REFUSED)
        for beside in (report, reason):
            if beside.exists():
                beside.rename(goal / beside.name)  # 4
        _sync(goal)
        moved = goal / path.name
        path.rename(moved)  # 5: the name has been its own since step 2
        _sync(goal)
        return Told(moved, to, whole, told)


@contextmanager
def held(root: Path) -> Iterator[None]:
    """The folder, for one watcher alone. Raises FileRefused if there is no folder, or another one watches it."""
    if not root.is_dir():
        raise FileRefused(text(f"没有目录 {root}：请先建立", f"There is no folder {root}: make it first"))
    with (root / _LOCK).open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise FileRefused(
                text(
                    f"{root} 已有一个 huiliu watch 在处理。一个目录只能有一个。",
                    f"Another huiliu watch has {root} already. A folder has one at a time.",
                )
            ) from None
        yield


def _own(folder: Path) -> None:
    """One of our folders, made if it is not there; never one that a link leads to."""
    if folder.is_symlink():
        raise FileRefused(text(f"{folder} 不能是链接", f"{folder} must not be a link"))
    folder.mkdir(exist_ok=True)


def _dropped(path: Path) -> str:
    """The name under which a taken file was dropped."""
    match = _TAKEN.fullmatch(path.name)
    return match[1] if match else path.name


def _moved(path: Path, folder: Path, name: str) -> Path:
    """The file in another folder of the same disk, under a name that has the time before it and that nobody has."""
    for attempt in range(1000):
        goal = folder / f"{now_ms():013}-{attempt:03}-{name}"
        if not any((folder.parent / each / goal.name).exists() for each in _OURS):
            path.rename(goal)
            _sync(folder)
            return goal
    raise FileRefused(text(f"{folder} 中没有可用的名称", f"There is no free name in {folder}"))


def _require_plain(path: Path, most_bytes: int) -> None:
    found = path.lstat()
    if not stat.S_ISREG(found.st_mode):
        raise FileRefused(text(f"{path.name} 不是普通文件", f"{path.name} is no plain file"))
    if found.st_size > most_bytes:
        raise FileRefused(
            text(
                f"{path.name} 有 {found.st_size / 1e6:.0f} MB，上限 {most_bytes / 1e6:.0f} MB（HUILIU_FILE_BYTES）",
                f"{path.name} has {found.st_size / 1e6:.0f} MB; at most {most_bytes / 1e6:.0f} MB (HUILIU_FILE_BYTES). "
                "Split it.",
            )
        )


def _write(path: Path, told: str) -> None:
    unfinished = path.with_name(f".{path.name}")
    with unfinished.open("w", encoding="utf-8-sig") as out:
        out.write(told + "\r\n")
        out.flush()
        os.fsync(out.fileno())
    unfinished.replace(path)


def _sync(folder: Path) -> None:
    """The folder's entries on the disk: a rename must survive the loss of power."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
