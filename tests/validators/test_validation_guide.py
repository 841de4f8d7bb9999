"""What the guide on validation shows is what happens: its program runs as printed and prints what the guide says."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
GUIDE = (ROOT / "docs" / "guide" / "validation.md").read_text("utf-8")


def test_the_suite_runs_in_plain_great_expectations_as_the_guide_shows(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (program,) = re.findall(r"```python\n(.*?)```", GUIDE, re.S)
    (printed,) = re.findall(r"```text\n(RD-.*?)```", GUIDE, re.S)
    monkeypatch.chdir(ROOT)
    exec(compile(program, "validation.md", "exec"), {})
    assert capsys.readouterr().out == printed


def test_the_guide_imports_nothing_of_this_project() -> None:
    imported = set(re.findall(r"^(?:import|from) (\w+)", GUIDE, re.M))
    assert imported == {"json", "pathlib", "great_expectations", "pandas"}
