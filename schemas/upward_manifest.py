"""What an export for the hub above says of itself: files with hashes and counts, and the rollups as control totals.

``manifest.json`` holds ``content``, its ``sha256`` (over the content as JSON without spaces, keys sorted, UTF-8) and
the lower hub's ``signature`` under it. Nothing of it is believed before it is checked.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from huiliu import division as divisions
from huiliu.language import text
from schemas import topics
from schemas.errors import ManifestError

FORMAT: Final = "huiliu-upward-1"
NAME: Final = "manifest.json"

#: Bytes of the largest manifest that is read: a province's rollups of some years by day.
LARGEST: Final = 512 << 20

#: Events of the largest file.
MOST: Final = 1_000_000

_FILE: Final = re.compile(r"[a-z0-9.-]{1,200}\.avro")
_SHA256: Final = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, slots=True, kw_only=True)
class File:
    """One container: events of one partition of the lower hub, at these offsets, which rise."""

    name: str
    topic: str
    partition: int
    offsets: tuple[int, ...]
    bytes: int
    sha256: str

    @property
    def kind(self) -> str:
        """The kind of its events."""
        return self.topic.rpartition(".")[2]


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """``period``: of loading, None for everything; ``known_to``: up to when the rollups are; ISO 8601 with zone."""

    hub: str
    period: str | None
    known_to: str
    files: tuple[File, ...]
    rollups: Mapping[str, Sequence[Mapping[str, Any]]]

    @property
    def content(self) -> dict[str, Any]:
        """What is hashed."""
        return {
            "format": FORMAT,
            "hub": self.hub,
            "period": self.period,
            "known_to": self.known_to,
            "events": sum(len(file.offsets) for file in self.files),
            "files": [
                {
                    "name": file.name, "topic": file.topic, "partition": file.partition, "bytes": file.bytes,
                    "sha256": file.sha256, "events": len(file.offsets), "offsets": packed(file.offsets),
                }
                for file in self.files
            ],
            "rollups": self.rollups,
        }  # fmt: skip


def parsed(whole: bytes) -> Any:
    """The JSON of a manifest. Raises ManifestError."""
    try:
        return json.loads(whole)
    except (ValueError, RecursionError) as fault:
        raise ManifestError(text(f"不是 JSON（{fault}）", f"no JSON ({fault})")) from fault


def digest(content: Mapping[str, Any]) -> str:
    """SHA-256 of the content, 64 hexadecimal digits."""
    whole = json.dumps(content, ensure_ascii=False, separators=(",", ":"), sort_keys=True)
    return hashlib.sha256(whole.encode()).hexdigest()


def lines(sha256: str, key: str) -> bytes:
    """What the lower hub signs (Ed25519): three lines, each ended by a line feed."""
    return f"{FORMAT}\n{sha256}\n{key}\n".encode()


def packed(offsets: Sequence[int]) -> str:
    """Rising offsets as runs: 0, 1, 2, 5 as ``0-2,5``."""
    runs: list[list[int]] = []
    for offset in offsets:
        if runs and offset == runs[-1][1] + 1:
            runs[-1][1] = offset
        else:
            runs.append([offset, offset])
    return ",".join(str(first) if first == last else f"{first}-{last}" for first, last in runs)


def unpacked(told: str, count: int) -> tuple[int, ...]:
    """The offsets of their runs, which are ``count``. Raises ValueError."""
    found: list[int] = []
    for run in told.split(","):
        first, _, last = run.partition("-")
        begin, end = int(first), int(last or first)
        if not (found[-1] if found else -1) < begin <= end or end - begin >= count - len(found):
            raise ValueError(f"offsets {told[:80]!r}")
        found += range(begin, end + 1)
    if len(found) != count:
        raise ValueError(f"{len(found)} offsets, {count} events")
    return tuple(found)


def read(told: Any, publisher: str) -> tuple[Manifest, str]:
    """The manifest of a parsed ``manifest.json`` of the lower hub ``publisher``, and its hash. Raises ManifestError."""
    try:
        content, sha256 = told["content"], told["sha256"]
        if content["format"] != FORMAT or digest(content) != sha256:
            raise ManifestError(
                text("内容与其哈希不符，已被改动", "its content does not have its hash: it was changed")
            )
        if content["hub"] != publisher:
            raise ManifestError(text(f"是 {content['hub']!r} 的导出，不是 {publisher} 的",
                                     f"it is an export of {content['hub']!r}, not of {publisher}"))  # fmt: skip
        files = tuple(_file(row, publisher) for row in content["files"])
        if sum(len(file.offsets) for file in files) != content["events"]:
            raise ManifestError(text("事项总数不符", "the number of events is another"))
        period = None if content["period"] is None else str(content["period"])
        known_to = str(content["known_to"])
        if datetime.fromisoformat(known_to).tzinfo is None:
            raise ValueError(known_to[:80])
        rollups = {str(kind): [dict(row) for row in rows] for kind, rows in content["rollups"].items()}
        return Manifest(hub=publisher, period=period, known_to=known_to, files=files, rollups=rollups), sha256
    except (KeyError, TypeError, ValueError, AttributeError) as fault:
        raise ManifestError(text(f"不是导出清单（{fault!r}）", f"no manifest of an export ({fault!r})")) from fault


def _file(row: Mapping[str, Any], publisher: str) -> File:
    name, topic, sha256 = str(row["name"]), str(row["topic"]), str(row["sha256"])
    intake = topics.parse_intake(topic)
    if not _FILE.fullmatch(name) or not _SHA256.fullmatch(sha256) or intake is None:
        raise ValueError(f"{name[:80]!r}, {topic[:80]!r}")
    if not divisions.within(intake.division, publisher):
        raise ManifestError(text(f"{topic} 不在 {publisher} 之内", f"{topic} is not within {publisher}"))
    if not 0 < int(row["events"]) <= MOST:
        raise ValueError(f"{name}: {row['events']} events")
    offsets = unpacked(str(row["offsets"]), int(row["events"]))
    return File(
        name=name, topic=topic, partition=int(row["partition"]), offsets=offsets, bytes=int(row["bytes"]), sha256=sha256
    )
