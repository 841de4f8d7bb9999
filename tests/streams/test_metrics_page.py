"""The page of metrics says what the table says, and the table is what a worker shows."""

from __future__ import annotations

from pathlib import Path

from streams import metrics_page
from streams.metrics import METRICS, STAGES
from streams.stage import REGISTRY

PAGE = Path(__file__).parents[2] / "docs" / "metrics.md"


def test_the_page_in_the_repository_is_current() -> None:
    current = PAGE.read_text("utf-8") == metrics_page.page()
    assert current, "run: python -m streams.metrics_page > docs/metrics.md"


def test_every_metric_has_one_row_in_each_language_and_every_stage_one() -> None:
    rows = [line.split(" | ")[0] for line in metrics_page.page().splitlines() if line.startswith("| `")]
    listed = [f"| `{metric.name}`" for metric in METRICS] * 2
    assert rows == [*listed, "| `stage`", *(f"| `{stage.name}`" for stage in STAGES)]


def test_no_cell_breaks_its_table() -> None:
    assert {line.count("|") for line in metrics_page.page().splitlines() if line.startswith("|")} == {5}


def test_what_is_counted_is_in_the_table_with_the_same_help() -> None:
    told = {one.name: one.documentation for one in REGISTRY.collect() if one.name.startswith("huiliu_")}
    counted = {one.name.removesuffix("_total"): one.en for one in METRICS if one.type != "gauge"}
    assert told == counted
