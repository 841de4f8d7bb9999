"""An export holds what its manifest says, signed, or nothing of it is taken."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas import wire
from schemas.contract import contract
from schemas.encode import encode
from schemas.errors import ManifestError
from schemas.upward_manifest import NAME, File, Manifest, packed, unpacked
from streams import signing, upward_files
from streams.container import container
from validators.sample import SAMPLES

TOPIC = "intake.340104.nil"


@given(st.sets(st.integers(0, 10**12), min_size=1, max_size=60))
def test_offsets_come_back_from_their_runs(offsets: set[int]) -> None:
    rising = tuple(sorted(offsets))
    assert unpacked(packed(rising), len(rising)) == rising


@pytest.mark.parametrize("told", ["", "3-1", "1,1", "2,1", "0-999999999999", "a", "-1", "0-1,1-2"])
def test_runs_that_are_none_or_hold_another_number_are_refused(told: str) -> None:
    with pytest.raises(ValueError, match=r".*"):
        unpacked(told, 3)


@pytest.fixture
def exported(tmp_path: Path) -> Path:
    """An export of two events of one file, sealed."""
    folder = tmp_path / "export"
    folder.mkdir()
    sample = {name: SAMPLES["nil"][name] for name in contract("nil").names}
    datums = [encode("nil", sample | {"revision": revision})[wire.HEADER_BYTES :] for revision in (1, 2)]
    body = container(contract("nil").schema_id, datums)
    name = f"{TOPIC}-0-000000000004.avro"
    (folder / name).write_bytes(body)
    sha256 = hashlib.sha256(body).hexdigest()
    file = File(name=name, topic=TOPIC, partition=0, offsets=(4, 7), bytes=len(body), sha256=sha256)
    rollups = {"project": [{"city": "340100", "planned": 3}]}
    manifest = Manifest(
        hub="340000", period="2026-10", known_to="2026-11-01T00:00:00+08:00", files=(file,), rollups=rollups
    )
    upward_files.seal(folder, manifest, signing.ensure(tmp_path / "key"))
    return folder


def test_an_export_comes_back_with_its_events_its_totals_and_who_signed(exported: Path, tmp_path: Path) -> None:
    manifest, sha256, key = upward_files.opened(exported, "340000")
    assert key == signing.load(tmp_path / "key").key_id
    assert manifest.rollups == {"project": [{"city": "340100", "planned": 3}]}
    assert json.loads((exported / NAME).read_text())["sha256"] == sha256
    (some,) = upward_files.events(exported, manifest)
    assert [(one.topic, one.source.offset) for one in some] == [("intake.340000.nil", 4), ("intake.340000.nil", 7)]


def told(change: Callable[[dict[str, Any]], None]) -> Callable[[Path], None]:
    """A change of the manifest as somebody makes it who knows how its hash is made."""

    def act(folder: Path) -> None:
        from schemas.upward_manifest import digest

        whole = json.loads((folder / NAME).read_text())
        change(whole)
        whole["sha256"] = digest(whole["content"])
        (folder / NAME).write_text(json.dumps(whole))

    return act


def flipped(folder: Path) -> None:
    (file,) = folder.glob("*.avro")
    body = bytearray(file.read_bytes())
    body[-30] ^= 1
    file.write_bytes(bytes(body))


CHANGES: dict[str, Callable[[Path], None]] = {
    "a byte of a file": flipped,
    "a file less": lambda folder: next(folder.glob("*.avro")).unlink(),
    "a file more": lambda folder: (folder / "more.avro").write_bytes(b""),
    "no manifest": lambda folder: (folder / NAME).unlink(),
    "no JSON": lambda folder: (folder / NAME).write_text("{"),
    "no object": lambda folder: (folder / NAME).write_text("[1]"),
    "a figure": told(lambda whole: whole["content"]["rollups"]["project"][0].update(planned=4)),
    "an offset": told(lambda whole: whole["content"]["files"][0].update(offsets="4,8")),
    "the signature": told(lambda whole: whole["signature"].update(value="00" * 64)),
    "no signature": told(lambda whole: whole.pop("signature")),
    "a path": told(lambda whole: whole["content"]["files"][0].update(name="../../etc/passwd")),
    "another province's topic": told(lambda whole: whole["content"]["files"][0].update(topic="intake.320102.nil")),
    "too many events": told(lambda whole: whole["content"]["files"][0].update(events=10**12, offsets="0-999999999999")),
    "the format": told(lambda whole: whole["content"].update(format="other")),
    "the time": told(lambda whole: whole["content"].update(known_to="yesterday")),
}


@pytest.mark.parametrize("change", CHANGES)
def test_whatever_was_changed_on_the_way_is_refused(exported: Path, change: str) -> None:
    CHANGES[change](exported)
    with pytest.raises(ManifestError):
        upward_files.opened(exported, "340000")


def test_an_export_of_another_hub_is_refused(exported: Path) -> None:
    with pytest.raises(ManifestError, match="340000"):
        upward_files.opened(exported, "320000")
