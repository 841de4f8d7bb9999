"""A worker whose batches are profiled by pyinstrument, each in the thread it runs in; for benchmarks/profile.py.

    python -m benchmarks.profiled_worker FILE

Writes to FILE, when it ends, one profile for preparing (step 2) and one for loading (steps 4 to 11), both over all
batches, and how many processor seconds the whole process used.
"""

from __future__ import annotations

import gc
import sys
import time
from collections.abc import Callable
from functools import reduce
from pathlib import Path
from typing import Any

from pyinstrument import Profiler
from pyinstrument.renderers import ConsoleRenderer
from pyinstrument.session import Session

from huiliu import process
from streams import worker
from streams.loading import Loader

_EVERY = 0.002  # seconds between two looks


def main() -> None:
    sessions: dict[str, list[Session]] = {"prepare": [], "load": []}
    for name, seen in sessions.items():
        setattr(Loader, name, _profiled(getattr(Loader, name), seen))
    worker.leave_what_stays_alone()
    code = process.begin(worker.run)
    Path(sys.argv[1]).write_text("\n".join(_told(name, seen) for name, seen in sessions.items()), encoding="utf-8")
    gc.unfreeze()
    worker.end(code)


def _profiled(step: Callable[..., Any], seen: list[Session]) -> Callable[..., Any]:
    def watched(*given: Any) -> Any:
        profiler = Profiler(interval=_EVERY, async_mode="disabled")
        profiler.start()
        try:
            return step(*given)
        finally:
            seen.append(profiler.stop())

    return watched


def _told(name: str, sessions: list[Session]) -> str:
    """The profile of a step: its own functions and what they wait for, down to one per cent."""
    renderer = ConsoleRenderer(
        color=False, unicode=True, short_mode=True, processor_options={"filter_threshold": 0.012}
    )
    told = renderer.render(reduce(Session.combine, sessions)) if sessions else "no batch\n"
    lines = [line for line in told.splitlines() if "Profile at" not in line]
    return "\n".join([f"=== {name}: {len(sessions)} batches, {time.strftime('%Y-%m-%d')}", *lines, ""])


if __name__ == "__main__":
    main()
