"""What is measured beside the hub does the same work, or the comparison says nothing."""

from __future__ import annotations

from benchmarks import decoding
from simulation.load import million


def test_columns_and_both_readers_of_avro_take_the_same_records_with_the_same_values() -> None:
    values = [one.value for one in million(4000, outlets=40, cities=2).messages]
    stages, agree = decoding.measure(values, 3000, 1000)
    assert agree
    assert [(one.way, one.rows) for one in stages] == [("columns", 4000), ("fastavro", 3000), ("avro", 1000)]
