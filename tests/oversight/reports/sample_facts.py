"""Facts of three cities for tests of reports, small enough to check by hand."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import polars as pl

from huiliu.period import parse
from oversight.reports import freezing
from oversight.reports.facts import Facts
from oversight.reports.snapshot import Clocks, Snapshot
from oversight.transmission.windows import Requirement

CITIES = ("340100", "340200", "340300")


def rates(rows: list[tuple[str, int, int, int]], **more: list[Any]) -> pl.DataFrame:
    """City, due, received, valid -> what ``score.rates`` gives of the completed figure."""
    frame = pl.DataFrame(
        rows, schema=["city", "completed_due", "completed_received", "completed_valid"], orient="row"
    ).with_columns(**{name: pl.Series(values) for name, values in more.items()})
    due, received, valid = (pl.col(f"completed_{name}") for name in ("due", "received", "valid"))
    return frame.with_columns(
        completed_transmission=pl.when(due > 0).then(received / due),
        completed_validity=pl.when(received > 0).then(valid / received),
        completed_effectiveness=pl.when(due > 0).then(valid / due),
    )


def readings(hours: dict[str, int], days: dict[str, int]) -> pl.DataFrame:
    rows = [(city, "a21026", "HOUR", 1000, 990, n, "2025-06-30") for city, n in hours.items()]
    rows += [(city, "a21026", "DAY", 91, 91, n, "2025-06-30") for city, n in days.items()]
    names = ["city", "pollutant", "period", "readings", "valid", "exceedances", "newest"]
    return pl.DataFrame(rows, schema=names, orient="row")


def project(code: str, city: str, stage: str, month: str, planned: int, cumulative: int) -> dict[str, Any]:
    return {"project_code": code, "division": city, "city": city, "name": "=改造", "enterprise": "91340100149067617J",
            "programme": "MAJOR_PROJECT", "tier": "CITY", "stage": stage, "month": month,
            "planned_investment": planned, "cumulative_investment": cumulative, "progress": 50.0,
            "planned_start": date(2025, 1, 1), "planned_completion": date(2025, 12, 31), "actual_start": None,
            "actual_completion": None, "responsible_unit": None, "revision": 1}  # fmt: skip


def award(number: str, city: str, status: str, amount: int, paid: int | None, paid_on: date | None) -> dict[str, Any]:
    return {"award_number": number, "division": city, "city": city, "policy": "P", "clause": "1", "fiscal_year": 2025,
            "payee_count": 1, "amount": amount, "paid_amount": paid, "level": "CITY", "mode": "AUTOMATIC",
            "status": status, "approved_on": date(2025, 4, 1), "paid_on": paid_on, "revision": 1}  # fmt: skip


def facts(period: str = "2025Q2", **changed: Any) -> Facts:
    of = parse(period)
    registered, earlier, later = (datetime(2025, month, 2, tzinfo=UTC) for month in (5, 1, 7))
    given: dict[str, Any] = {
        "period": of,
        "readings": readings({"340100": 12, "340200": 0, "340300": 5}, {"340100": 1, "340200": 0, "340300": 0}),
        "projects": pl.DataFrame(
            [
                project("1", "340100", "BUILDING", "2025-06", 100_000_000_00, 60_000_000_00),
                project("2", "340200", "STOPPED", "2025-03", 50_000_000_00, 10_000_000_00),
                project("3", "340200", "CANCELLED", "2025-06", 70_000_000_00, 0),
            ],
            schema_overrides={"actual_start": pl.Date, "actual_completion": pl.Date, "responsible_unit": pl.String},
        ),
        "awards": pl.DataFrame(
            [
                award("A", "340100", "PAID", 500_000_00, 500_000_00, date(2025, 5, 9)),
                award("B", "340200", "APPROVED", 300_000_00, None, None),
                award("C", "340200", "PROPOSED", 900_000_00, None, None),
            ],
            schema_overrides={"paid_on": pl.Date, "paid_amount": pl.Int64},
        ),
        "indicators": pl.DataFrame(
            {"division": ["340100", "340200", "340104"], "indicator": ["energy-intensity"] * 3,
             "period": ["2025-06", "2025-05", "2025-06"], "value": [0.31, 0.5, 9.0], "unit": ["吨标准煤/万元"] * 3}
        ),
        "records": pl.DataFrame(
            {"division": ["340100", "340104", "340200"], "kind": ["project"] * 3, "received": [90, 10, 50],
             "accepted": [80, 10, 50], "corrected": [5, 0, 0], "duplicate": [0, 0, 0], "stale": [0, 0, 0],
             "quarantined": [5, 0, 0]}
        ),
        "outlets": pl.DataFrame(
            {"city": [*CITIES, "340100"], "mn": ["a", "b", "c", "d"], "enterprise": ["E1", "E1", "E2", "E3"],
             "registered_at": [registered, registered, earlier, later]}
        ),
        "effectiveness": rates([("340100", 1000, 990, 960), ("340200", 1000, 900, 890), ("340300", 500, 500, 480)]),
        "enterprises": rates(
            [("340100", 600, 600, 590), ("340100", 400, 390, 370), ("340200", 1000, 900, 890),
             ("340300", 400, 400, 400), ("340300", 100, 0, 0)],
            enterprise=["E1", "E3", "E1", "E2", "E4"],
        ),
        "requirement": Requirement(0.95, 0.90, "各地通报口径"),
    }  # fmt: skip
    return Facts(**{**given, **changed})


def snapshot(now: Facts | None = None, before: Facts | None = None) -> Snapshot:
    former = before or facts(
        "2025Q1", effectiveness=rates([("340100", 1000, 950, 900), ("340200", 1000, 950, 930)]),
        readings=readings({"340100": 20, "340200": 1}, {"340100": 1}),
    )  # fmt: skip
    return Snapshot(
        kind="quarter",
        province="340000",
        period=parse("2025Q2"),
        as_of="2025-07-15T09:00:00.000000+08:00",
        clocks=Clocks({"reading": "2025-06-30"}, {"reading": "2025-07-01T00:10:00.000+08:00"}, {"abc123": 150}),
        sections=freezing.made(now or facts(), former, None),
        positions=(("intake.340100.reading", 0, 150, "ab" * 32),),
    )
