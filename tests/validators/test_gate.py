"""The gate: what passes, what it names, and that its own faults are never taken for faults of rows."""

from __future__ import annotations

import threading

import polars as pl
import psutil
import pytest

from validators import sample
from validators.errors import GateFailure
from validators.gate import Gate, unexpected_rows


@pytest.fixture(scope="module")
def gate() -> Gate:
    return Gate()


def test_good_rows_pass(gate: Gate) -> None:
    verdict = gate.passes("reading", sample.frame("reading", [{}, {"pollutant": "w01018"}]))
    assert (verdict.success, verdict.bad_rows, verdict.findings.height) == (True, (), 0)


def test_an_empty_frame_passes(gate: Gate) -> None:
    assert gate.passes("reading", sample.frame("reading").clear()).success


def test_bad_rows_are_named_with_their_rules(gate: Gate) -> None:
    frame = sample.frame("reading", [{}, {"flag": "A"}, {"pollutant": "a2102", "revision": 0}, {"mark": None}])
    verdict = gate.passes("reading", frame)
    assert not verdict.success
    assert verdict.failed_codes == ("HL-REV-01", "RD-FLAG-01", "RD-POLLUTANT-01")
    assert verdict.bad_rows == (1, 2)
    assert verdict.findings.select("row", "code", "value").rows() == [
        (1, "RD-FLAG-01", "A"),
        (2, "HL-REV-01", "0"),
        (2, "RD-POLLUTANT-01", "a2102"),
    ]


def test_rows_keep_their_own_numbers_when_others_were_taken_out_before(gate: Gate) -> None:
    frame = sample.frame("reading", [{}] * 5 + [{"flag": "A"}]).filter(pl.col("row") > 2)
    assert gate.passes("reading", frame).bad_rows == (5,)


def test_a_warning_does_not_stand_at_the_gate(gate: Gate) -> None:
    assert gate.passes("registration", sample.frame("registration", [{"mn": "88888880000001"}])).success


def test_a_missing_column_is_a_fault_of_the_run_and_not_of_rows(gate: Gate) -> None:
    verdict = gate.passes("reading", sample.frame("reading").drop("flag"))
    assert (verdict.success, verdict.bad_rows) == (False, ())
    assert "flag" in verdict.exceptions[0]
    with pytest.raises(GateFailure, match="flag"):
        assert verdict.findings.height


def test_a_column_of_the_wrong_type_is_a_fault_of_the_run(gate: Gate) -> None:
    verdict = gate.passes("reading", sample.frame("reading").with_columns(average=pl.lit("18.4")))
    assert (verdict.success, verdict.bad_rows) == (False, ())
    assert any("between" in each for each in verdict.exceptions)


def test_an_expectation_that_is_not_compiled_names_its_rows() -> None:
    expectation = {"type": "expect_column_value_lengths_to_equal", "kwargs": {"column": "flag", "value": 1}}
    frame = sample.frame("reading", [{"flag": "N"}, {"flag": "NN"}, {"flag": ""}])
    assert unexpected_rows(expectation, frame).to_list() == [False, True, True]


def test_an_expectation_that_cannot_run_raises() -> None:
    expectation = {"type": "expect_column_values_to_be_between", "kwargs": {"column": "flag", "min_value": 1}}
    with pytest.raises(GateFailure, match="between"):
        unexpected_rows(expectation, sample.frame("reading"))


def test_nothing_is_printed_and_no_thread_is_left(gate: Gate, capfd: pytest.CaptureFixture[str]) -> None:
    before = threading.active_count()
    gate.passes("reading", sample.frame("reading", [{"flag": "A"}]))
    assert capfd.readouterr() == ("", "")
    assert threading.active_count() == before


@pytest.mark.drill
def test_memory_does_not_grow_over_three_hundred_runs(gate: Gate) -> None:
    frame = sample.frame("reading", [{}] * 1000)
    process = psutil.Process()
    for _ in range(20):
        gate.passes("reading", frame)
    before = process.memory_info().rss
    for _ in range(300):
        gate.passes("reading", frame)
    assert process.memory_info().rss - before < 20 * 2**20
