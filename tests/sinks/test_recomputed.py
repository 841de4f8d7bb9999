"""Hour and day values beside a slow recomputation in fractions, over a real warehouse."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from fractions import Fraction
from random import Random
from typing import Any

import pytest
from sqlalchemy import text

from oversight.recomputation import Comparison, compare
from sinks.warehouse import Warehouse
from tests.sinks.conftest import HOUR, START

DAY = date(2026, 5, 1)
MINUTE = 60_000
GAS, COD, FLOW, PH = "a21026", "w01018", "w00000", "w01001"


@pytest.fixture
def outlets(loader: Any, sample: Any) -> None:
    at = {"reported_at": START - HOUR, "received_at": START - HOUR}
    loader.load("registration", sample.registrations({**at, "mn": "MN0001"}, {**at, "mn": "MN0002", "medium": "WATER"}))


def minutes(
    values: Sequence[float], pollutant: str = GAS, step: int = 1, mn: str = "MN0001", flags: str = "", **more: Any
) -> list[dict[str, Any]]:
    """Minute records of the first hour, every ``step`` minutes; ``flags`` gives the first ones theirs."""
    bare = {"minimum": None, "maximum": None, "cumulative": None, "corrected": None}
    return [
        {**bare, "mn": mn, "pollutant": pollutant, "period": "MINUTE", "start": START + n * step * MINUTE,
         "average": value, "flag": flags[n] if n < len(flags) else "N", **more}
        for n, value in enumerate(values)
    ]  # fmt: skip


def whole(average: float | None, pollutant: str = GAS, mn: str = "MN0001", **more: Any) -> dict[str, Any]:
    bare = {"minimum": None, "maximum": None, "cumulative": None, "corrected": None}
    return {**bare, "mn": mn, "pollutant": pollutant, "start": START, "average": average, **more}


def of(warehouse: Warehouse, kind: str = "HOUR", **asked: Any) -> Comparison:
    with warehouse.read() as connection:
        return compare(connection, kind, DAY, DAY, None, asked.pop("pollutant", None), **asked)


def verdict(found: Comparison) -> dict[str, int]:
    return {name: count for name, count in found.counts.items() if count}


CASES: list[tuple[str, list[dict[str, Any]], dict[str, int]]] = [
    ("the mean of 60 minutes", [*minutes([20.0] * 30 + [30.0] * 30), whole(25.0)], {"EQUAL": 1}),
    ("within a per cent", [*minutes([250.0] * 60), whole(252.0)], {"EQUAL": 1}),
    ("beyond it", [*minutes([250.0] * 60), whole(253.0)], {"VALUE": 1}),
    ("45 valid minutes are enough", [*minutes([25.0] * 60, flags="D" * 15), whole(25.0)], {"EQUAL": 1}),
    ("44 are not", [*minutes([25.0] * 60, flags="D" * 16), whole(25.0)], {"TOO_FEW": 1}),
    ("44 and flagged so", [*minutes([25.0] * 60, flags="D" * 16), whole(25.0, flag="D")], {"EQUAL": 1}),
    ("flagged D with 60 valid minutes", [*minutes([25.0] * 60), whole(25.0, flag="D")], {"FLAG": 1}),
    ("ten-minute records stand for ten", [*minutes([25.0] * 5, step=10), whole(25.0)], {"EQUAL": 1}),
    ("not sent though computable", minutes([25.0] * 60), {"NOT_SENT": 1}),
    ("neither", minutes([25.0] * 4), {"NEITHER": 1}),
    ("no minutes", [whole(25.0)], {"NO_PARTS": 1}),
    ("by hand", [*minutes([25.0] * 60), whole(99.0, mark="MANUAL")], {"BY_HAND": 1}),
    (
        "sums of the minutes' mass",
        [*minutes([25.0] * 60, cumulative=0.5), whole(25.0, cumulative=30.0)], {"EQUAL": 1},
    ),
    ("a wrong sum", [*minutes([25.0] * 60, cumulative=0.5), whole(25.0, cumulative=31.0)], {"VALUE": 1}),
    (
        "the corrected mean is of corrected values",
        [*minutes([25.0] * 60, corrected=40.0), whole(25.0, corrected=45.0)], {"VALUE": 1},
    ),
]  # fmt: skip


def test_an_hour_beside_its_minutes(loader: Any, sample: Any, warehouse: Warehouse) -> None:
    at = {"reported_at": START - HOUR, "received_at": START - HOUR}
    names = [f"MN{number:04}" for number in range(len(CASES))]
    loader.load("registration", sample.registrations(*({**at, "mn": mn} for mn in names)))
    rows = [{**row, "mn": mn} for mn, (_, readings, _) in zip(names, CASES, strict=True) for row in readings]
    loader.load("reading", sample.readings(*rows))
    with warehouse.read() as connection:
        ids = {row.mn: row.id for row in connection.execute(text("select mn, id from outlet"))}
        for mn, (case, _, verdicts) in zip(names, CASES, strict=True):
            found = compare(connection, "HOUR", DAY, DAY, (ids[mn],), None)
            assert verdict(found) == verdicts, case


@pytest.mark.usefixtures("outlets")
def test_water_is_weighted_by_flow_and_one_abnormal_part_makes_it_abnormal(
    loader: Any, sample: Any, warehouse: Warehouse
) -> None:
    cod, flow, acid = [10.0, 40.0, 10.0], [1.0, 3.0, 0.0], [7.0, 7.3, 7.6]
    parts = [(COD, cod), (FLOW, flow), (PH, acid)]
    records = [row for code, values in parts for row in minutes(values, code, 10, "MN0002")]
    loader.load("reading", sample.readings(*records, whole(32.5, COD, "MN0002"), whole(7.3, PH, "MN0002")))
    found = of(warehouse)
    assert verdict(found) == {"EQUAL": 2, "NOT_SENT": 1}
    loader.load("reading", sample.readings({**whole(20.0, COD, "MN0002"), "revision": 2}))
    (row,) = of(warehouse, pollutant=COD).differing.to_dicts()
    assert (row["verdict"], row["average"], row["sent_average"], row["by_flow"]) == ("VALUE", 32.5, 20.0, True)
    loader.load("reading", sample.readings({**minutes([10.0], COD, 10, "MN0002", "D")[0], "revision": 2}))
    weighted = (40 * 3 + 10 * 0) / 3
    loader.load("reading", sample.readings({**whole(weighted, COD, "MN0002"), "revision": 3}))
    assert verdict(of(warehouse, pollutant=COD)) == {"FLAG": 1}


@pytest.mark.usefixtures("outlets")
def test_a_day_needs_twenty_valid_hours(loader: Any, sample: Any, warehouse: Warehouse) -> None:
    hours = [whole(20.0 + n, start=START + n * HOUR) | {"start": START + n * HOUR} for n in range(20)]
    loader.load("reading", sample.readings(*hours, whole(29.5, period="DAY")))
    assert verdict(of(warehouse, "DAY")) == {"EQUAL": 1}
    loader.load("reading", sample.readings({**hours[0], "flag": "D", "revision": 2}))
    assert verdict(of(warehouse, "DAY")) == {"TOO_FEW": 1}


@pytest.mark.usefixtures("outlets")
def test_any_hours_equal_a_recomputation_in_fractions(loader: Any, sample: Any, warehouse: Warehouse) -> None:
    random = Random(5)
    events: list[dict[str, Any]] = []
    expected: dict[int, tuple[str, Fraction | None]] = {}
    for hour in range(24):
        values = [round(random.uniform(5, 500), 3) for _ in range(60)]
        flags = "".join(random.choice("NNNNNNND" if hour % 3 else "NNND") for _ in values)
        valid = [Fraction(str(v)) for v, flag in zip(values, flags, strict=True) if flag == "N"]
        mean = sum(valid) / len(valid)
        sent = float(mean) * random.choice([1.0, 1.005, 0.9, 1.02])
        off = abs(Fraction(round(sent * 10**6), 10**6) - mean) > max(Fraction(1, 100), mean / 100)
        expected[hour] = ("TOO_FEW" if len(valid) < 45 else "VALUE" if off else "EQUAL", mean)
        shift = hour * HOUR
        events += [{**row, "start": row["start"] + shift} for row in minutes(values, flags=flags)]
        events.append({**whole(sent), "start": START + shift})
    loader.load("reading", sample.readings(*events))
    found = of(warehouse)
    told = {(row["start"].timestamp() * 1000 - START) // HOUR: row for row in found.differing.iter_rows(named=True)}
    assert {h: row["verdict"] for h, row in told.items()} == {h: v for h, (v, _) in expected.items() if v != "EQUAL"}
    assert len({v for v, _ in expected.values()}) == 3
    for hour, row in told.items():
        assert row["average"] == pytest.approx(float(expected[int(hour)][1] or 0), rel=1e-12)
