"""The whole verdict on events, Great Expectations included: the same that the worker reaches on each event alone.

Importing this takes seconds. What can only be known with the database is named under ``not_evaluated``.
"""

from __future__ import annotations

import base64
from collections.abc import Sequence
from functools import cache
from typing import Any

import polars as pl

from huiliu.clock import now_ms
from schemas.decode import decode
from validators.gate import Gate
from validators.verdict import Verdict, verdicts


@cache
def gate() -> Gate:
    """The gate of this process."""
    return Gate()


def judged(kind: str, division: str, values: Sequence[bytes]) -> list[Verdict]:
    """A verdict for each record, by ``row``, its place among the values."""
    return verdicts(kind, _frame(kind, division, values), "zh", gate=gate())


def events(job: dict[str, Any]) -> list[Verdict]:
    """The job: ``kind``, ``division`` of the publisher, and ``values``, the records in Base64."""
    return judged(job["kind"], job["division"], [base64.b64decode(value) for value in job["values"]])


def _frame(kind: str, division: str, values: Sequence[bytes]) -> pl.DataFrame:
    """The records as a worker would have them: decoded, with where they come from."""
    frame = decode(kind, list(values), record_bytes=1 << 62).frame
    return frame.with_columns(
        pl.lit(0, pl.Int32).alias("intake"),
        pl.col("row").cast(pl.Int64).alias("offset"),
        pl.lit(now_ms(), pl.Int64).alias("received_at"),
        pl.lit(division, pl.String).alias("publisher"),
    )
