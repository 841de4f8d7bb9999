"""The page of topics says what the topology says."""

from __future__ import annotations

from pathlib import Path

from schemas import topics_page
from schemas.topics import TOPOLOGY

PAGE = Path(__file__).parents[2] / "docs" / "topics.md"


def test_the_page_in_the_repository_is_current() -> None:
    current = PAGE.read_text("utf-8") == topics_page.page()
    assert current, "run: python -m schemas.topics_page > docs/topics.md"


def test_every_family_of_topics_has_one_section() -> None:
    headings = [line.removeprefix("## ") for line in topics_page.page().splitlines() if line.startswith("## ")]
    assert headings == [topic.pattern.replace("<", "&lt;") for topic in TOPOLOGY]


def test_the_page_names_every_setting_of_every_topic() -> None:
    page = topics_page.page()
    for topic in TOPOLOGY:
        for name, value in topic.configuration.items():
            assert f"{name}={value}\n" in page
