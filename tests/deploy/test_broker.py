"""What the broker is told: its settings, its log, its identifier."""

from __future__ import annotations

import uuid
from pathlib import Path

import pytest

from deploy import broker
from deploy.broker import Broker, cluster_id
from deploy.listeners import Listeners


def test_a_cluster_identifier_never_looks_like_an_option(monkeypatch: pytest.MonkeyPatch) -> None:
    drawn = iter([uuid.UUID(int=0xF8 << 120), uuid.UUID(int=0xF9 << 120), uuid.UUID(int=1)])
    monkeypatch.setattr(broker.uuid, "uuid4", lambda: next(drawn))
    assert cluster_id() == "AAAAAAAAAAAAAAAAAAAAAQ"


def test_paths_in_the_brokers_files_are_ascii_whatever_the_folder_is_called(tmp_path: Path) -> None:
    folder = tmp_path / "汇流 𠮷" / "broker"
    password = tmp_path / "password"
    password.write_text("secret")
    doors = Listeners(1, 2, 3, "localhost", tmp_path / "server.pem", password)
    node = Broker(folder, tmp_path / "logs", Path("java"), (Path("a.jar"), Path('b".jar')), doors)
    node._configure()
    written = (folder / "server.properties").read_bytes().decode("ascii")
    assert "\\u6c47\\u6d41 \\ud842\\udfb7/broker/data" in written
    assert "auto.create.topics.enable=false" in written
    assert 'a.jar:b\\".jar' in (folder / "java.options").read_text(encoding="utf-8")
