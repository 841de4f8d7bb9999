"""A profile of one benchmark run: where the time of a batch goes.

    python -m benchmarks.profile [--events 400000] > docs/profile.txt

The run is that of end_to_end.py, with a worker whose batches pyinstrument looks at every 2 ms (profiled_worker.py).
What was done about the first profile's top five is told in docs/profile.md.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
from pathlib import Path

from benchmarks.end_to_end import register_outlets
from benchmarks.rig import Rig, rig
from benchmarks.usage import watched
from simulation.load import million


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--events", type=int, default=400_000)
    load = million(parser.parse_args().events)
    with rig() as hub:
        register_outlets(hub, load, 4)
        hub.send(load.messages)
        sys.stdout.write(_profile(hub, hub.folder / "profile.txt", len(load.messages)))


def _profile(hub: Rig, file: Path, events: int) -> str:
    wanted = hub.loaded() + events
    command = [sys.executable, "-m", "benchmarks.profiled_worker", str(file)]
    with (hub.folder / "worker.log").open("ab") as log:
        process = subprocess.Popen(command, env=hub.environ("profiled"), stderr=log)
        with watched(process.pid) as usage:
            hub.until_loaded(wanted, usage)
            process.terminate()
            process.wait(60)
    return file.read_text(encoding="utf-8")


if __name__ == "__main__":
    main()
