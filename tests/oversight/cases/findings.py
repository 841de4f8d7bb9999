"""Rules and findings of the tests of cases, written by hand."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import polars as pl

from oversight.matter import MATTER
from oversight.rule import Damping, Escalation, Rule, Words

NINE = datetime(2025, 3, 3, 1, tzinfo=UTC)  # Monday nine o'clock in Shanghai


def day(number: int) -> datetime:
    """Nine o'clock in Shanghai, so many days after Monday 2025-03-03."""
    return NINE + timedelta(days=number)


def rule(code: str = "OV-T-DATA", verification: str = "FRESH_DATA", **changed: Any) -> Rule:
    """A rule in calendar days: three to answer, ten to mend."""
    words = Words("项目 {subject} 落后 {value}", "project {subject} is {value} behind")
    given: dict[str, Any] = {
        "code": code,
        "family": code.lower(),
        "version": 1,
        "valid_from": date(2020, 1, 1),
        "valid_to": None,
        "divisions": None,
        "detector": "project.behind_points",
        "parameters": {},
        "severity": "RED",
        "norm": "测试",
        "responsible": words,
        "days_to_answer": 3,
        "days_to_mend": 10,
        "days_are": "DAY",
        "verification": verification,
        "document_day": 10 if verification == "DOCUMENT" else None,
        "recurrence_days": 30,
        "damping": Damping(returns=2, within_days=60, quiet_days=5),
        "escalation": (Escalation(1, "CITY"), Escalation(5, "PROVINCE"), Escalation(9, "LEADER")),
        "title": words,
        "text": words,
        "mend": words,
    }
    return Rule(**(given | changed))


DATA = rule()
DOCUMENT = rule("OV-T-DOC", "DOCUMENT")
RULES = (DATA, DOCUMENT)


def found(
    subject: str = "P1", severity: str = "YELLOW", by: Rule = DATA, division: int = 340102, seen: datetime = NINE
) -> dict[str, Any]:
    """One matter."""
    return {
        "rule": by.code,
        "version": by.version,
        "cause": f"{by.family} {subject}",
        "division": division,
        "subject": subject,
        "period": "2025-02",
        "severity": severity,
        "seen": seen,
        "value": 12.0,
        "threshold": 10.0,
        "unit": "point",
        "evidence": "[]",
    }


def frame(rows: Iterable[dict[str, Any]] = ()) -> pl.DataFrame:
    """``MATTER`` rows."""
    return pl.DataFrame(list(rows), schema=MATTER)
