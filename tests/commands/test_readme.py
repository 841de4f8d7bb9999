"""What the README shows works: its program sends what the hub reads, its commands and its links are there."""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import Any, ClassVar

import confluent_kafka
import pytest

from commands.client_settings import Client
from commands.main import COMMANDS, module_file
from huiliu.kafka import Cluster
from schemas.decode import decode

ROOT = Path(__file__).parents[2]
PAGES = (*ROOT.glob("*.md"), *(ROOT / "docs" / "guide").glob("*.md"), *(ROOT / "docs" / "decisions").glob("*.md"))
READMES = ("README.md", "README.zh.md")
AVRO = ROOT / "schemas" / "avro" / "reading" / "1.avsc"


def program(name: str) -> str:
    (source,) = re.findall(r"```python\n(.*?)```", (ROOT / name).read_text("utf-8"), re.S)
    return str(source)


class Producer:
    """Takes what is sent instead of sending it."""

    sent: ClassVar[list[dict[str, Any]]] = []

    def __init__(self, settings: dict[str, Any]) -> None:
        assert settings["bootstrap.servers"] == "127.0.0.1:9092"
        assert settings["sasl.password"] == "a=secret="

    def produce(self, topic: str, **record: Any) -> None:
        self.sent.append({"topic": topic, **record})

    def flush(self) -> None:
        """Nothing is on its way."""


@pytest.mark.parametrize("name", READMES)
def test_what_the_program_sends_is_a_reading(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "reading.avsc").write_bytes(AVRO.read_bytes())
    monkeypatch.chdir(tmp_path)
    Client(Cluster("127.0.0.1:9092", "SASL_SSL"), "publisher-340100").written(tmp_path / "hefei", "a=secret=")
    monkeypatch.setattr(sys, "argv", ["send.py", "hefei/kcat.conf"])
    monkeypatch.setattr(confluent_kafka, "Producer", Producer)
    monkeypatch.setattr(Producer, "sent", [])
    exec(compile(program(name), name, "exec"), {})
    (record,) = Producer.sent
    decoded = decode("reading", [record["value"]], record_bytes=1 << 20)
    assert decoded.refused.is_empty()
    assert decoded.frame["mn"].to_list() == [record["key"]]
    assert record["topic"] == "intake.340100.reading"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_command_on_the_page_is_there(page: Path) -> None:
    named = set(re.findall(r"(?:^ {4}(?:\.venv/bin/)?|`)huiliu ([a-z0-9]+)", page.read_text("utf-8"), re.M))
    known = {command.name for command in COMMANDS if module_file(command.name).exists()}
    assert named <= known


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_link_on_the_page_leads_somewhere(page: Path) -> None:
    links = re.findall(r"\]\(([^)#:]+)\)", page.read_text("utf-8"))
    assert [link for link in links if not (page.parent / link).exists()] == []


def test_both_readmes_show_the_same_program_and_the_same_sections() -> None:
    first, second = ((ROOT / name).read_text("utf-8") for name in READMES)
    assert program(READMES[0]) == program(READMES[1])
    assert len(re.findall(r"^## ", first, re.M)) == len(re.findall(r"^## ", second, re.M))
