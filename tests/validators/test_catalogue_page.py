"""The page of rules says what the rules say, in both languages."""

from __future__ import annotations

from pathlib import Path

from validators import catalogue, catalogue_page

PAGE = Path(__file__).parents[2] / "docs" / "rules.md"


def test_the_page_in_the_repository_is_current() -> None:
    current = PAGE.read_text("utf-8") == catalogue_page.page()
    assert current, "run: python -m validators.catalogue_page > docs/rules.md"


def test_the_page_names_every_rule_once() -> None:
    lines = catalogue_page.page().splitlines()
    headings = [line.removeprefix("### ") for line in lines if line.startswith("### ")]
    assert sorted(headings) == sorted(rule.code for rule in catalogue.rules())


def test_every_rule_tells_how_to_mend_it_in_chinese_and_english() -> None:
    for rule in catalogue.rules():
        for words in (rule.zh, rule.en, rule.mend_zh, rule.mend_en, rule.norm):
            assert words.strip(), rule.code
