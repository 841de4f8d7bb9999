"""Workers fold the rollups' shards by themselves, and leave it where a backlog is being loaded."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import pytest

from sinks import upkeep
from sinks.errors import WarehouseGone
from sinks.rollups import ROLLUPS
from streams.folding import Folding

Folded = Callable[[Any, str], int]


def rounds(monkeypatch: pytest.MonkeyPatch, fold: Folded, busy: Callable[[], bool], until: threading.Event) -> None:
    monkeypatch.setattr(upkeep, "fold", fold)
    folding = Folding(object(), busy, every=0.001)  # type: ignore[arg-type]
    folding.start()
    try:
        assert until.wait(10)
    finally:
        folding.stop()
    assert not folding.is_alive()


def test_every_rollup_is_folded_round_after_round(monkeypatch: pytest.MonkeyPatch) -> None:
    seen, twice = list[str](), threading.Event()

    def fold(_: Any, kind: str) -> int:
        seen.append(kind)
        if len(seen) == 2 * len(ROLLUPS):
            twice.set()
        return 1

    rounds(monkeypatch, fold, lambda: False, twice)
    assert seen[: 2 * len(ROLLUPS)] == [*ROLLUPS] * 2


def test_nothing_is_folded_while_a_backlog_is_loaded(monkeypatch: pytest.MonkeyPatch) -> None:
    seen, asked = list[str](), list[bool]()
    enough = threading.Event()

    def busy() -> bool:
        asked.append(True)
        if len(asked) == 3 * len(ROLLUPS):
            enough.set()
        return True

    rounds(monkeypatch, lambda _, kind: seen.append(kind) or 0, busy, enough)  # type: ignore[func-returns-value]
    assert not seen


def test_a_database_that_is_away_is_tried_again(monkeypatch: pytest.MonkeyPatch) -> None:
    tried, again = list[str](), threading.Event()

    def fold(_: Any, kind: str) -> int:
        tried.append(kind)
        if len(tried) > len(ROLLUPS):
            again.set()
        raise WarehouseGone("away")

    rounds(monkeypatch, fold, lambda: False, again)
