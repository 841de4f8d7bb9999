"""The gate judges one batch while rules written in Python judge another: neither waits for the other for ever."""

from __future__ import annotations

import subprocess
import sys

import polars as pl
import pytest

from validators import sample
from validators.gate import Blocking, to_pandas
from validators.rule import ALL_KINDS

#: A process of its own: threads that wait for each other can be ended in no other way.
_TOGETHER = """
import threading
import polars as pl
from validators import credit_codes, sample
from validators.gate import Blocking, to_pandas

columns = Blocking("project").columns
rows = sample.frame("project", [{}] * 50)
codes = pl.DataFrame({str(number): ["91340100MA2MXXXX0X"] * 50 for number in range(8)})
judging = threading.Event()


def judge() -> None:
    while not judging.is_set():
        codes.select(credit_codes.wrong_check(pl.col(name)) for name in codes.columns)


threads = [threading.Thread(target=judge) for _ in range(2)]
for thread in threads:
    thread.start()
for _ in range(300):
    to_pandas(pl.concat([rows, rows, rows], rechunk=False), columns)
judging.set()
for thread in threads:
    thread.join()
"""


def test_rows_go_to_the_gate_while_a_rule_in_python_judges() -> None:
    subprocess.run([sys.executable, "-c", _TOGETHER], check=True, timeout=120)


@pytest.mark.parametrize("kind", ALL_KINDS)
def test_the_gate_sees_the_frame_that_polars_itself_would_give(kind: str) -> None:
    columns = Blocking(kind).columns
    frame = sample.frame(kind, [{}, {}, {}])
    second = pl.col("row") == 1
    some_null = frame.with_columns(pl.when(~second).then(pl.col(name)).alias(name) for name in columns)
    for rows in (frame, some_null):
        narrow = [name for name in columns if rows.schema[name] == pl.Int32]
        expected = rows.select("row", *sorted(columns)).cast(dict.fromkeys(narrow, pl.Int64)).to_pandas()
        given = to_pandas(rows, columns)
        assert given.equals(expected)
        assert (given.dtypes == expected.dtypes).all()
