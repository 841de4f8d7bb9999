"""Stages and commits are counted as they happen."""

from __future__ import annotations

import pytest

from sinks.ledger import Entry, Head
from streams.metrics import METRICS, STAGES
from streams.stage import REGISTRY, Stage, committed


def value(name: str, **labels: str) -> float:
    return REGISTRY.get_sample_value(name, labels) or 0.0


def test_a_stage_counts_batches_rows_and_seconds() -> None:
    before = value("huiliu_stage_rows_total", stage="outbox"), value("huiliu_stage_seconds_count", stage="outbox")
    with Stage("outbox", 7):
        pass
    with Stage("outbox", 0):
        pass
    assert value("huiliu_stage_rows_total", stage="outbox") == before[0] + 7
    assert value("huiliu_stage_seconds_count", stage="outbox") == before[1] + 1
    assert value("huiliu_stage_batch_rows_bucket", stage="outbox", le="10.0") >= 1


def test_a_stage_that_raises_counts_as_a_failure_and_hides_nothing() -> None:
    before = value("huiliu_stage_failures_total", stage="gate"), value("huiliu_stage_seconds_count", stage="gate")
    with pytest.raises(ZeroDivisionError), Stage("gate", 3):
        raise ZeroDivisionError
    assert value("huiliu_stage_failures_total", stage="gate") == before[0] + 1
    assert value("huiliu_stage_seconds_count", stage="gate") == before[1]


def test_a_commit_counts_the_ledgers_figures() -> None:
    head = Head(4, "intake.340100.award", 0, 0, b"")
    entry = Entry(
        intake=4, first_offset=0, next_offset=10, records=9, gaps=1, accepted=4, corrected=1, duplicate=2, stale=0,
        quarantined=2, outcomes=b"", raw_sha256=b"", rule_set="", not_evaluated={},
    )  # fmt: skip
    committed({("intake.340100.award", 0): head}, [entry, entry])
    assert value("huiliu_records_total", kind="award", outcome="accepted") == 8
    assert value("huiliu_records_total", kind="award", outcome="quarantined") == 4
    assert value("huiliu_gaps_total", kind="award") == 2


def test_units_and_types_are_in_the_names() -> None:
    units = ("_seconds", "_rows", "_records", "_hours", "_partitions", "_total", "_ready")
    for metric in METRICS:
        assert metric.name.startswith("huiliu_")
        assert metric.name.endswith(units), metric.name
        assert metric.name.endswith("_total") == (metric.type == "counter")
        assert metric.en.endswith(".")
        assert metric.zh


def test_inner_stages_stand_behind_the_one_they_are_part_of() -> None:
    outer = ""
    for stage in STAGES:
        outer = stage.name if not stage.of else outer
        assert stage.of in ("", outer)
