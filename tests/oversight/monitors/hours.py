"""Hours of monitors for tests, and rules with their parameters."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import polars as pl

from oversight.monitors.reading import READING
from oversight.transmission.declared import DECLARATIONS

T0 = datetime(2025, 5, 31, 16, tzinfo=UTC)  # midnight in Shanghai
HOUR = timedelta(hours=1)
SO2 = 4


def at(hour: float) -> datetime:
    return T0 + timedelta(hours=hour)


def reading(hour: int, value: float | None, **changes: Any) -> dict[str, Any]:
    """An hour's value against a limit of 100, received five minutes after it; ``late`` hours later."""
    late = changes.pop("late", 0)
    usual = {
        "outlet": 1, "pollutant": SO2, "start": at(hour), "received_at": at(hour + 1 + late) + timedelta(minutes=5),
        "value": value, "limit_value": 100.0, "valid": True, "calibrating": False, "revision": 1,
    }  # fmt: skip
    assert set(changes) <= set(usual)
    return usual | changes


def readings(*rows: dict[str, Any]) -> pl.DataFrame:
    return pl.DataFrame(list(rows), schema=READING).sort("outlet", "pollutant", "start")


def declaration(first: float, after: float, recorded: float, withdrawn: float | None = None, **changes: Any) -> Any:
    usual = {
        "declaration": 1, "outlet": 1, "pollutant": None, "mark": "STOPPED", "starts": at(first), "ends": at(after),
        "recorded_at": at(recorded), "documented_at": None,
        "withdrawn_at": None if withdrawn is None else at(withdrawn),
    }  # fmt: skip
    assert set(changes) <= set(usual)
    return usual | changes


def declarations(*rows: dict[str, Any]) -> pl.DataFrame:
    return pl.DataFrame(list(rows), schema=DECLARATIONS)
