"""The broker's cache: made once, shared, and done without where it cannot be made."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest

from deploy import warm
from deploy.broker import Broker
from deploy.errors import PartError
from deploy.listeners import Listeners
from deploy.process import Part
from deploy.progress import silent


@pytest.fixture
def broker(tmp_path: Path) -> Broker:
    return Broker(tmp_path, tmp_path, Path("java"), (), Listeners(1, 2, 3, "localhost", tmp_path, tmp_path))


def nobody(_part: Part) -> None:
    raise AssertionError


def test_a_cache_is_made_once_however_many_ask(tmp_path: Path, broker: Broker, monkeypatch: pytest.MonkeyPatch) -> None:
    trained: list[Path] = []

    def train(_broker: Broker, scratch: Path, fresh: Path, _started: object) -> None:
        trained.append(scratch)
        fresh.write_text("cache")

    monkeypatch.setattr(warm, "_train", train)
    found: list[tuple[str, ...]] = []
    threads = [
        threading.Thread(target=lambda: found.append(warm.options(broker, tmp_path, nobody, silent))) for _ in range(3)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(trained) == 1
    assert len(set(found)) == 1
    (cache,) = tmp_path.glob("*.aot")
    assert f"-XX:AOTCache={cache}" in found[0]
    assert not list(tmp_path.glob(".warming-*"))


def test_where_none_can_be_made_the_broker_starts_without_and_it_is_not_tried_again(
    tmp_path: Path, broker: Broker, monkeypatch: pytest.MonkeyPatch
) -> None:
    tried: list[Path] = []

    def train(_broker: Broker, _scratch: Path, fresh: Path, _started: object) -> None:
        tried.append(fresh)
        fresh.write_text("half")
        raise PartError("no")

    monkeypatch.setattr(warm, "_train", train)
    assert warm.options(broker, tmp_path, nobody, silent) == ()
    assert warm.options(broker, tmp_path, nobody, silent) == ()
    assert len(tried) == 1


def test_what_a_killed_training_left_is_removed(
    tmp_path: Path, broker: Broker, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / ".warming-old" / "broker").mkdir(parents=True)
    monkeypatch.setattr(warm, "_train", lambda _broker, _scratch, fresh, _started: fresh.write_text("cache"))
    warm.options(broker, tmp_path, nobody, silent)
    assert not (tmp_path / ".warming-old").exists()
