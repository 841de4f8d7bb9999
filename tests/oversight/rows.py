"""Rows of facts for tests: one project, award or indicator with everything that is not the point filled in."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import polars as pl

from oversight.facts import AWARD, INDICATOR, PROJECT, Facts, given

KNOWN = datetime(2025, 7, 5, tzinfo=UTC)
FIRM = "91340100MA2MQ1232Q"
CODE = "2501-340104-04-01-000001"


def project(**changes: Any) -> dict[str, Any]:
    """A project of 2025, under construction, 40 million of equipment and 10 of software (yuan)."""
    row = dict.fromkeys(PROJECT) | {
        "project_code": CODE, "division": 340104, "name": "P", "enterprise": FIRM, "programme": "MAJOR_PROJECT",
        "tier": "CITY", "stage": "BUILDING", "month": "2025-06", "planned_investment": 10_000_000_000,
        "cumulative_investment": 5_000_000_000, "equipment_investment": 4_000_000_000,
        "software_investment": 1_000_000_000, "progress": 50.0, "planned_start": date(2025, 1, 1),
        "planned_completion": date(2025, 12, 31), "revision": 1, "reported_at": KNOWN, "known_from": KNOWN,
    }  # fmt: skip
    assert set(changes) <= set(row)
    return row | changes


def award(**changes: Any) -> dict[str, Any]:
    """An award to the project's firm of 4 million yuan, paid; its clause allows 10 % of 50 million, 5 at most."""
    row = dict.fromkeys(AWARD) | {
        "award_number": "A1", "division": 340104, "policy": "ah-2023-2025", "clause": "1.demo", "fiscal_year": 2025,
        "project_code": CODE, "payee": FIRM, "payee_count": 1, "basis": 5_000_000_000, "amount": 400_000_000,
        "uplift": False, "level": "PROVINCE", "mode": "APPLICATION", "status": "PAID",
        "approved_on": date(2025, 3, 1), "paid_on": date(2025, 4, 1), "paid_amount": 400_000_000, "revision": 1,
        "reported_at": KNOWN, "known_from": KNOWN,
    }  # fmt: skip
    assert set(changes) <= set(row)
    return row | {"paid_amount": changes.get("amount", row["amount"])} | changes


def indicator(**changes: Any) -> dict[str, Any]:
    """Hefei's model projects of the first quarter of 2025: 20."""
    row: dict[str, Any] = {
        "division": 340100, "indicator": "demonstration-projects", "period": "2025Q1", "value": 20.0, "unit": "个",
        "cumulative": False, "revision": 1, "reported_at": KNOWN, "known_from": KNOWN,
    }  # fmt: skip
    assert set(changes) <= set(row)
    return row | changes


def facts(**rows: list[dict[str, Any]]) -> Facts:
    """Facts of these rows: ``project`` gives ``project_month`` too, and of each project its last row."""
    schemas = {"project": PROJECT, "award": AWARD, "indicator": INDICATOR}
    frames = {name: pl.DataFrame(told, schema=schemas[name], orient="row") for name, told in rows.items()}
    if "project" in frames:
        frames["project_month"] = frames["project"]
        frames["project"] = frames["project"].sort("month").unique("project_code", keep="last", maintain_order=True)
    return given(**frames)
