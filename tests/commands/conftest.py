"""The program as a user runs it, in this process: arguments in, exit code and both outputs out."""

from __future__ import annotations

import io
import json
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from commands.main import main
from schemas.event_json import to_json
from validators.sample import SAMPLES


@dataclass(frozen=True)
class Answer:
    code: int
    out: str
    err: str

    @property
    def last(self) -> dict[str, Any]:
        """The last line, for programs."""
        found: dict[str, Any] = json.loads(self.out.splitlines()[-1])
        return found

    @property
    def lines(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.out.splitlines()]


Program = Callable[..., Answer]


@pytest.fixture
def huiliu(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> Program:
    """Run one command. In Chinese and with a wide terminal unless told otherwise, in a home folder of its own."""
    monkeypatch.setenv("HUILIU_LANGUAGE", "zh")
    monkeypatch.setenv("COLUMNS", "200")
    monkeypatch.setenv("HUILIU_HOME", str(tmp_path / "home"))

    def run(*arguments: str, stdin: bytes = b"") -> Answer:
        monkeypatch.setattr(sys, "argv", ["huiliu", *arguments])
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(stdin)))
        capsys.readouterr()
        code: object = 0
        try:
            main()
        except SystemExit as ended:
            code = ended.code
        told = capsys.readouterr()
        return Answer(code if isinstance(code, int) else 0 if code is None else 1, told.out, told.err)

    return run


def sample(kind: str, **changes: Any) -> dict[str, Any]:
    """A valid event of the kind as JSON, with changes."""
    return {**to_json(kind, SAMPLES[kind]), **changes}


@pytest.fixture
def event() -> Callable[..., dict[str, Any]]:
    return sample


@pytest.fixture
def written(tmp_path: Path) -> Callable[..., Path]:
    """A file of JSON lines with these events; a line that is bytes or text is written as it is."""

    def write(*events: Any, name: str = "events.jsonl") -> Path:
        path = tmp_path / name
        lines = [e if isinstance(e, bytes) else _line(e) for e in events]
        path.write_bytes(b"".join(line + b"\n" for line in lines))
        return path

    return write


def _line(event: Any) -> bytes:
    return (event if isinstance(event, str) else json.dumps(event, ensure_ascii=False)).encode()


@pytest.fixture
def at_hub(hub: Any, huiliu: Program, monkeypatch: pytest.MonkeyPatch) -> Any:
    """A live hub that the program is pointed at."""
    for variable, value in hub.kafka.environ().items():
        monkeypatch.setenv(variable, value)
    monkeypatch.setenv("HUILIU_DATABASE", hub.database)
    monkeypatch.setenv("HUILIU_PARTITIONS", "2")
    return hub
