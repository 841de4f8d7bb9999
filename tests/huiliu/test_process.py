"""A process of the hub begins with whole settings or not at all."""

from __future__ import annotations

import pytest

from huiliu import process
from huiliu.kafka import Cluster
from huiliu.settings import Settings


def _never(_kafka: Cluster, _database: str, _settings: Settings) -> int:
    raise AssertionError("the process was begun")


@pytest.fixture(autouse=True)
def _english(monkeypatch: pytest.MonkeyPatch) -> None:
    for variable in ("HUILIU_KAFKA", "HUILIU_DATABASE"):
        monkeypatch.delenv(variable, raising=False)
    monkeypatch.setenv("HUILIU_LANGUAGE", "en")


def test_without_a_broker_or_a_database_it_says_so_and_is_not_begun(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("HUILIU_KAFKA", "127.0.0.1:9092")
    assert process.begin(_never) == 2
    assert "HUILIU_DATABASE" in capsys.readouterr().err


def test_a_wrong_setting_is_said_in_a_line_and_it_is_not_begun(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("HUILIU_BATCH_ROWS", "many")
    assert process.begin(_never) == 2
    told = capsys.readouterr().err
    assert told.count("\n") == 1
    assert "HUILIU_BATCH_ROWS" in told
    assert "'many'" in told


def test_with_both_it_is_begun_and_its_exit_code_is_that_of_the_process(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HUILIU_KAFKA", "127.0.0.1:9092")
    monkeypatch.setenv("HUILIU_DATABASE", "postgresql://h/d")
    seen = []

    def run(kafka: Cluster, database: str, _settings: Settings) -> int:
        seen.append((str(kafka), database))
        return 70

    assert process.begin(run) == 70
    assert seen == [("127.0.0.1:9092", "postgresql://h/d")]
