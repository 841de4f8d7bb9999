"""The broker's jars: fetched once by their Maven coordinates, checked against pinned SHA-256, shared by all instances.

jgo's resolver downloads; it neither writes atomically nor refuses a wrong checksum, so each jar is downloaded into a
scratch folder, checked here, and only then moved into place. What is in place is therefore whole; an interrupted fetch
goes on where it stopped, and a second process waits for the first.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from deploy.errors import JarsError
from deploy.progress import Progress, silent
from huiliu.language import text

PINS = Path(__file__).with_name("kafka_jars.json")
ATTEMPTS = 3  # per jar
TIMEOUT = 60  # seconds without an answer, per request
PARALLEL = 4  # downloads at a time: most of the wait is round trips


@dataclass(frozen=True)
class Jar:
    """One pinned jar; bytes is its length."""

    coordinate: str
    file: str
    bytes: int
    sha256: str


def pinned() -> tuple[str, tuple[Jar, ...]]:
    """Kafka's version and the jars it needs, in the order of the class path."""
    content = json.loads(PINS.read_text(encoding="utf-8"))
    return str(content["kafka"]), tuple(Jar(**jar) for jar in content["jars"])


def cache() -> Path:
    """Where fetched jars are kept, for all instances of this user."""
    import platformdirs

    return platformdirs.user_data_path("huiliu", appauthor=False) / "jars"


def class_path(offline: Path | None = None, *, folder: Path | None = None, progress: Progress = silent) -> list[Path]:
    """All jars to run the broker with, fetching what is missing.

    :param offline: a folder with the jars (the setting HUILIU_KAFKA_JARS), for machines without a way out.
    :param folder: where fetched jars are kept; None means the user's data folder.
    :raises JarsError: no network, or a jar differs from its pin.
    """
    if offline is not None:
        return _offline(offline)
    version, jars = pinned()
    target = (folder or cache()) / f"kafka-{version}"
    target.mkdir(parents=True, exist_ok=True)
    if missing(target, jars):
        with alone(target, progress):
            _fetch(missing(target, jars), target, progress)
    return [target / jar.file for jar in jars]


def missing(target: Path, jars: tuple[Jar, ...]) -> list[Jar]:
    """Jars that are not in place; content was checked when they were put there, so length is enough."""
    return [jar for jar in jars if _length(target / jar.file) != jar.bytes]


def differing(target: Path, jars: tuple[Jar, ...]) -> list[Jar]:
    """Jars that are absent or whose content differs from the pin (reads all of them)."""
    return [jar for jar in jars if not (target / jar.file).is_file() or sha256(target / jar.file) != jar.sha256]


def sha256(path: Path) -> str:
    """The file's SHA-256 in hexadecimal."""
    with path.open("rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest()


def _length(path: Path) -> int:
    try:
        return path.stat().st_size
    except FileNotFoundError:
        return -1


def _offline(folder: Path) -> list[Path]:
    """The pinned jars if they are all there, else whatever a Kafka distribution's libs folder holds."""
    _, jars = pinned()
    if not missing(folder, jars):
        wrong = differing(folder, jars)
        if wrong:
            raise JarsError(_differs(wrong[0], folder))
        return [folder / jar.file for jar in jars]
    found = sorted(folder.glob("*.jar"))
    if any(jar.name.startswith("kafka_2.13-4.") for jar in found):
        return found
    raise JarsError(
        text(
            f"HUILIU_KAFKA_JARS={folder} 中没有 Kafka 4.x 的 jar（kafka_2.13-4.*.jar）。"
            f"请放入 {PINS.name} 所列的全部文件，或指向 Kafka 发行包的 libs 目录。",
            f"HUILIU_KAFKA_JARS={folder} holds no Kafka 4.x (kafka_2.13-4.*.jar). "
            f"Put all files that {PINS.name} lists there, or point at the libs folder of a Kafka distribution.",
        )
    )


@contextmanager
def alone(target: Path, progress: Progress) -> Iterator[None]:
    """Hold the folder's lock, waiting for whoever has it; it is released when the process ends, however it ends."""
    with (target / ".lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            progress("jars", text("等待另一进程准备 Kafka", "waiting for another process that prepares Kafka"))
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _fetch(jars: list[Jar], target: Path, progress: Progress) -> None:
    label = text("下载 Kafka", "fetching Kafka")
    total = sum(jar.bytes for jar in jars)
    done = 0
    progress("jars", label, 0, total)
    with (
        tempfile.TemporaryDirectory(dir=target, prefix=".fetching-") as scratch,
        ThreadPoolExecutor(PARALLEL) as pool,
    ):
        for length in pool.map(lambda jar: _fetch_one(jar, target, Path(scratch)), jars):
            done += length
            progress("jars", label, done, total)


def _fetch_one(jar: Jar, target: Path, scratch: Path) -> int:
    """Download, check, move into place; returns the length in bytes."""
    from requests import RequestException

    reason: Exception | None = None
    for attempt in range(ATTEMPTS):
        try:
            path = _download(jar, scratch / f"{attempt}")
        except (RequestException, RuntimeError, OSError) as failure:  # jgo answers "not found" with RuntimeError
            reason = failure
            continue
        if sha256(path) == jar.sha256:
            path.replace(target / jar.file)
            return jar.bytes
        reason = None
    if reason is None:
        raise JarsError(_differs(jar, target))
    raise JarsError(
        text(
            f"无法下载 {jar.coordinate}：{type(reason).__name__}。"
            "请检查网络（或代理设置 HTTPS_PROXY）后重试，已下载的不会重来；"
            f"无法联网的机器请用 HUILIU_KAFKA_JARS 指定存放 jar 的目录（清单见 {PINS.name}）。",
            f"Cannot fetch {jar.coordinate}: {type(reason).__name__}. "
            "Check the network (or HTTPS_PROXY) and try again, what was fetched is kept; "
            f"without network set HUILIU_KAFKA_JARS to a folder of jars (listed in {PINS.name}).",
        )
    ) from reason


def _download(jar: Jar, repository: Path) -> Path:
    from jgo.maven import MavenContext, PythonResolver
    from jgo.parse import Coordinate

    context = MavenContext(repo_cache=repository, local_repos=[], resolver=PythonResolver(), timeout=TIMEOUT)
    return Path(context.create_dependency(Coordinate.parse(jar.coordinate)).artifact.resolve())


def _differs(jar: Jar, folder: Path) -> str:
    return text(
        f"{jar.file} 的内容与登记的 SHA-256 不符（{folder}），已拒绝使用。"
        "可能是下载源或代理改动了文件，请换网络后重试。",
        f"{jar.file} differs from its pinned SHA-256 ({folder}) and was refused. "
        "A mirror or proxy may have changed it: try again over another network.",
    )
