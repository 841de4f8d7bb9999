"""The page of settings says what the table of settings says."""

from __future__ import annotations

from pathlib import Path

from huiliu import settings_page
from huiliu.settings_table import SETTINGS

PAGE = Path(__file__).parents[2] / "docs" / "settings.md"


def test_the_page_in_the_repository_is_current() -> None:
    current = PAGE.read_text("utf-8") == settings_page.page()
    assert current, "run: python -m huiliu.settings_page > docs/settings.md"


def test_every_setting_has_one_row_in_each_language() -> None:
    rows = [line.split(" | ")[0] for line in settings_page.page().splitlines() if line.startswith("| `")]
    assert rows == [f"| `{setting.variable}`" for setting in SETTINGS] * 2


def test_no_cell_breaks_its_table() -> None:
    rows = [line for line in settings_page.page().splitlines() if line.startswith("|")]
    assert {line.count("|") for line in rows} == {5}


def test_the_page_is_the_same_on_every_machine() -> None:
    assert str(Path.home()) not in settings_page.page()
