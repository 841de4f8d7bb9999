"""Detectors of monitors over a real warehouse: what stands follows from what was loaded, by ranges of outlets too."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from typing import Any

import pytest

from huiliu.period import DAY_MS, HOUR_MS
from oversight.facts_known import known
from oversight.monitors import known as monitors
from oversight.rule_files import shipped
from oversight.standing import standing
from sinks.warehouse import Warehouse

MNS = ("MN0001", "MN0002", "MN0003")
#: A midnight in Shanghai three to four days ago: facts of the warehouse are known from now on.
START = int(time.time() * 1000) // DAY_MS * DAY_MS - 3 * DAY_MS - 8 * HOUR_MS


@pytest.fixture
def now(loader: Any, sample: Any) -> datetime:
    """Three outlets: one over its limit in its last hour, one frozen, one that fell silent when it had 40 hours."""
    at = {"reported_at": START - HOUR_MS, "received_at": START - HOUR_MS}
    loader.load("registration", sample.registrations(*({**at, "mn": mn} for mn in MNS)))
    hours = (int(time.time() * 1000) - START) // HOUR_MS - 1
    lasts = {"MN0001": hours, "MN0002": hours, "MN0003": 40}
    loader.load("reading", sample.readings(*(_hour(mn, n, lasts[mn]) for mn in MNS for n in range(lasts[mn]))))
    return datetime.now(UTC)


def _hour(mn: str, number: int, count: int) -> dict[str, Any]:
    own = {"MN0001": 900.0 if number == count - 1 else 1.0 + number / 100, "MN0002": 3.0, "MN0003": 2.0 + number / 100}
    start, value = START + number * HOUR_MS, own[mn]
    received = {"received_at": start + HOUR_MS + 300_000, "reported_at": start + HOUR_MS}
    measured = {"average": value, "minimum": value, "maximum": value, "corrected": None}
    return {"mn": mn, "start": start, "content": number, **received, **measured}


def matters(warehouse: Warehouse, moment: datetime) -> list[tuple[str, str]]:
    with warehouse.read() as connection:
        found = standing(shipped(), known(connection, moment), moment).rows(named=True)
    told = [(row["rule"], row["subject"].split("/")[0]) for row in found]
    return sorted(one for one in told if one[0] in ("OV-RD-HOUR", "OV-RD-FROZEN", "OV-RD-SILENT"))


def test_an_exceedance_frozen_values_and_silence_stand_however_outlets_are_divided(
    warehouse: Warehouse, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    expected = [("OV-RD-FROZEN", "MN0002"), ("OV-RD-HOUR", "MN0001"), ("OV-RD-SILENT", "MN0003")]
    assert matters(warehouse, now) == expected
    monkeypatch.setattr(monitors, "ROWS_AT_A_TIME", 1)
    assert matters(warehouse, now) == expected
