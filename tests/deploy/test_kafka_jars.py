"""Jars: pinned, checked, fetched once, or taken from a folder."""

from __future__ import annotations

import hashlib
import json
import re
import threading
from pathlib import Path

import pytest

from deploy import kafka_jars
from deploy.errors import JarsError
from deploy.kafka_jars import Jar, class_path, differing, missing, pinned

CONTENT = {"kafka_2.13-4.2.2.jar": b"server", "slf4j.jar": b"binding"}


@pytest.fixture
def pins(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Two small pinned jars, and a fake download that yields them."""
    file = tmp_path / "pins.json"
    jars = [
        {"coordinate": f"g:{name}:1", "file": name, "bytes": len(data), "sha256": hashlib.sha256(data).hexdigest()}
        for name, data in CONTENT.items()
    ]
    file.write_text(json.dumps({"kafka": "4.2.2", "jars": jars}))
    monkeypatch.setattr(kafka_jars, "PINS", file)
    return tmp_path / "jars"


def yielding(content: dict[str, bytes], asked: list[str]) -> object:
    def download(jar: Jar, repository: Path) -> Path:
        asked.append(jar.file)
        repository.mkdir(exist_ok=True)
        path = repository / jar.file
        path.write_bytes(content[jar.file])
        return path

    return download


def test_the_pinned_jars_hold_a_server_and_what_makes_it_log() -> None:
    version, jars = pinned()
    files = [jar.file for jar in jars]
    assert f"kafka_2.13-{version}.jar" in files
    assert any(file.startswith("log4j-slf4j-impl-") for file in files)
    assert all(f"-{version}.jar" in file for file in files if file.startswith("kafka"))
    assert len(set(files)) == len(files)
    assert all(re.fullmatch(r"[0-9a-f]{64}", jar.sha256) and jar.bytes > 1000 for jar in jars)


def test_jars_are_fetched_once_and_then_only_looked_at(pins: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []
    seen: list[tuple[int, int]] = []
    monkeypatch.setattr(kafka_jars, "_download", yielding(CONTENT, asked))
    paths = class_path(folder=pins, progress=lambda step, label, done=0, total=0: seen.append((done, total)))
    assert [path.read_bytes() for path in paths] == [b"server", b"binding"]
    assert seen[0] == (0, 13)
    assert seen[-1] == (13, 13)
    assert class_path(folder=pins) == paths
    assert sorted(asked) == sorted(CONTENT)
    assert sorted(path.name for path in paths[0].parent.iterdir()) == sorted([".lock", *CONTENT])


def test_an_interrupted_fetch_goes_on_with_what_is_missing(pins: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []
    monkeypatch.setattr(kafka_jars, "_download", yielding(CONTENT, asked))
    class_path(folder=pins)
    (pins / "kafka-4.2.2" / "slf4j.jar").write_bytes(b"torn")
    asked.clear()
    class_path(folder=pins)
    assert asked == ["slf4j.jar"]


def test_a_jar_that_differs_from_its_pin_is_refused_and_not_kept(pins: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kafka_jars, "_download", yielding({**CONTENT, "slf4j.jar": b"changed"}, []))
    with pytest.raises(JarsError, match=r"slf4j\.jar"):
        class_path(folder=pins)
    assert not (pins / "kafka-4.2.2" / "slf4j.jar").exists()


def test_two_fetches_at_once_download_each_jar_once(pins: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []
    monkeypatch.setattr(kafka_jars, "_download", yielding(CONTENT, asked))
    threads = [threading.Thread(target=class_path, kwargs={"folder": pins}) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(asked) == sorted(CONTENT)


def test_without_network_the_error_names_the_jar_and_the_way_out(
    tmp_path: Path, pins: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("HTTPS_PROXY", "https_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    with pytest.raises(JarsError, match=r"g:.*HUILIU_KAFKA_JARS|HUILIU_KAFKA_JARS.*g:"):
        class_path(folder=pins)


def test_an_offline_folder_with_the_pinned_jars_is_checked_and_used(tmp_path: Path, pins: Path) -> None:
    for name, data in CONTENT.items():
        (tmp_path / name).write_bytes(data)
    assert [path.name for path in class_path(tmp_path)] == list(CONTENT)
    (tmp_path / "slf4j.jar").write_bytes(b"BINDING")
    with pytest.raises(JarsError, match="SHA-256"):
        class_path(tmp_path)


def test_an_offline_folder_may_be_the_libs_of_a_kafka_distribution(tmp_path: Path) -> None:
    for name in ("kafka_2.13-4.1.0.jar", "other.jar", "readme.txt"):
        (tmp_path / name).touch()
    assert [path.name for path in class_path(tmp_path)] == ["kafka_2.13-4.1.0.jar", "other.jar"]


def test_an_offline_folder_without_kafka_is_refused(tmp_path: Path) -> None:
    (tmp_path / "kafka_2.13-3.9.0.jar").touch()
    with pytest.raises(JarsError, match="HUILIU_KAFKA_JARS"):
        class_path(tmp_path)


def test_missing_looks_at_length_and_differing_at_content(tmp_path: Path) -> None:
    jar = Jar("g:a:1", "a.jar", 3, hashlib.sha256(b"abc").hexdigest())
    assert missing(tmp_path, (jar,)) == differing(tmp_path, (jar,)) == [jar]
    (tmp_path / "a.jar").write_bytes(b"abd")
    assert missing(tmp_path, (jar,)) == []
    assert differing(tmp_path, (jar,)) == [jar]
    (tmp_path / "a.jar").write_bytes(b"abc")
    assert differing(tmp_path, (jar,)) == []
