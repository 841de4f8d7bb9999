"""The page of the rules of oversight is what the rules say."""

from __future__ import annotations

from pathlib import Path

from oversight import rules_page

PAGE = Path(__file__).parents[2] / "docs" / "oversight-rules.md"


def test_the_page_is_current() -> None:
    current = PAGE.read_text("utf-8") == rules_page.page()
    assert current, "run: python -m oversight.rules_page > docs/oversight-rules.md"
