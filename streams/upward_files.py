"""Upward reporting without a network path: what a hub has accepted, as files for the hub of the level above.

An export is a folder: Avro object container files of the very datums that were sent, each of one partition and
contract, and ``manifest.json`` (:mod:`schemas.upward_manifest`), which comes last: a folder without it is none. Bytes
are read from Kafka and held against the ledger's hashes before they are written; they are held against the manifest's
before one of them is sent.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from pathlib import Path
from typing import Any, Final

import numpy as np
from aiokafka import AIOKafkaConsumer

from huiliu.kafka import Cluster
from huiliu.language import text
from huiliu.outcome import LOADED
from huiliu.private_file import private
from schemas import upward_manifest
from schemas.errors import ManifestError
from schemas.receipt import unpack_outcomes
from schemas.upward_manifest import File, Manifest
from streams import again
from streams.again import Entry, Place
from streams.container import containers
from streams.errors import NotUpwardError
from streams.records import Records
from streams.signing import Signer, holds, key_id
from streams.upward_events import Upward, records

#: Ledger entries of a partition that are read from Kafka at once.
_ENTRIES: Final = 200

_WAS_LOADED: Final = np.isin(np.arange(256), LOADED)


async def write(folder: Path, kafka: Cluster, entries: Sequence[Entry]) -> list[File]:
    """Write the loaded events of these entries (by partition, in order of offset) into a folder.

    Raises TimeoutError where Kafka does not give them, ChangedError where it gives other bytes than were loaded.
    """
    files: list[File] = []
    async with again.reader(kafka) as reader:
        for place, rows in groupby(entries, key=lambda entry: (entry["topic"], entry["partition"])):
            mine = list(rows)
            for begin in range(0, len(mine), _ENTRIES):
                files += await _written(folder, place, reader, mine[begin : begin + _ENTRIES])
    return files


async def _written(folder: Path, place: Place, reader: AIOKafkaConsumer, entries: Sequence[Entry]) -> list[File]:
    found = await again.read(reader, entries)
    loaded = [record for entry in entries for record in _loaded(entry, found)]
    files = []
    for offsets, body in containers(loaded):
        name = f"{place[0]}-{place[1]}-{offsets[0]:012d}.avro"
        private(folder / name, body)
        sha256 = hashlib.sha256(body).hexdigest()
        files.append(
            File(
                name=name, topic=place[0], partition=place[1], offsets=tuple(offsets), bytes=len(body), sha256=sha256
            )
        )  # fmt: skip
    return files


def _loaded(entry: Entry, found: Mapping[Place, Records]) -> Iterator[tuple[int, bytes]]:
    """Offset and value of the entry's loaded records, held against the ledger's hash."""
    there = again.chunk_of(entry, found).records
    wanted = _WAS_LOADED[unpack_outcomes(entry["outcomes"])]
    for row in np.flatnonzero(wanted[there.offsets - entry["first_offset"]]).tolist():
        yield int(there.offsets[row]), there.values[row] or b""


def seal(folder: Path, manifest: Manifest, signer: Signer) -> str:
    """Write the manifest, signed, as the last file; returns its hash."""
    whole, sha256 = signed(manifest, signer)
    private(folder / upward_manifest.NAME, whole)
    return sha256


def signed(manifest: Manifest, signer: Signer) -> tuple[bytes, str]:
    """The manifest with its hash and signature as JSON, and the hash."""
    content = manifest.content
    sha256 = upward_manifest.digest(content)
    value = signer.private.sign(upward_manifest.lines(sha256, signer.key_id)).hex()
    signature = {"key": signer.key_id, "public_key": signer.public, "value": value}
    whole = {"content": content, "sha256": sha256, "signature": signature}
    return json.dumps(whole, ensure_ascii=False).encode() + b"\n", sha256


def opened(folder: Path, publisher: str) -> tuple[Manifest, str, str]:
    """The manifest of an export of the lower hub, its hash, and the id of the key that signed it.

    Everything in the folder is checked: the hash, the signature, and that the files are those of the manifest, byte
    for byte. Raises ManifestError.
    """
    manifest, sha256, key = checked(_content(folder / upward_manifest.NAME), publisher)
    names = {path.name for path in folder.iterdir()} - {upward_manifest.NAME}
    strangers = names ^ {file.name for file in manifest.files}
    if strangers:
        shown = ", ".join(sorted(strangers)[:5])
        raise ManifestError(text(f"缺少或多出文件：{shown}", f"files are missing or too many: {shown}"))
    for file in manifest.files:
        _body(folder, file)
    return manifest, sha256, key


def checked(whole: bytes, publisher: str) -> tuple[Manifest, str, str]:
    """The manifest of its JSON, its hash, and the id of the key that signed it. Raises ManifestError."""
    told = upward_manifest.parsed(whole)
    manifest, sha256 = upward_manifest.read(told, publisher)
    return manifest, sha256, _signed(told.get("signature"), sha256)


def events(folder: Path, manifest: Manifest) -> Iterator[list[Upward]]:
    """The records for the higher hub, one list for each file, in the order in which a hub wants to know them.

    Raises ManifestError for a file that is not the manifest's any more or holds other than it says.
    """
    first = ("registration", "project")
    for file in sorted(manifest.files, key=lambda one: (one.kind not in first, one.topic, one.partition, one.offsets)):
        told = {
            "huiliu.topic": file.topic,
            "huiliu.partition": str(file.partition),
            "huiliu.offsets": ",".join(map(str, file.offsets)),
        }
        headers = [(name, content.encode()) for name, content in told.items()]
        try:
            yield records(manifest.hub, file.kind, _body(folder, file), headers)
        except NotUpwardError as fault:
            raise ManifestError(f"{file.name}: {fault}") from fault


def _content(path: Path) -> bytes:
    try:
        if path.stat().st_size > upward_manifest.LARGEST:
            raise ManifestError(text(f"{path} 过大", f"{path} is too large"))
        return path.read_bytes()
    except OSError as fault:
        raise ManifestError(text(f"无法读取 {path}（{fault}）", f"{path} cannot be read ({fault})")) from fault


def _signed(signature: Any, sha256: str) -> str:
    """The id of the key whose signature this is. Raises ManifestError."""
    try:
        public, value = str(signature["public_key"]), str(signature["value"])
        key = key_id(public)
        good = key == signature["key"] and holds(public, value, upward_manifest.lines(sha256, key))
    except (KeyError, TypeError, ValueError):
        good = False
    if not good:
        raise ManifestError(text("签名无效", "its signature does not hold"))
    return key


def _body(folder: Path, file: File) -> bytes:
    path = folder / file.name
    try:
        if path.is_symlink() or path.stat().st_size != file.bytes:
            raise ManifestError(text(f"{file.name} 的大小不符", f"{file.name} has another size"))
        body = path.read_bytes()
    except OSError as fault:
        raise ManifestError(
            text(f"无法读取 {file.name}（{fault}）", f"{file.name} cannot be read ({fault})")
        ) from fault
    if hashlib.sha256(body).hexdigest() != file.sha256:
        raise ManifestError(text(f"{file.name} 已被改动", f"{file.name} was changed"))
    return body
