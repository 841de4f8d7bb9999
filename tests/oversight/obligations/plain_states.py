"""The states of obligations written out plainly, one obligation at a time: the oracle."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

Row = dict[str, Any]


def state(owed: Row, told: dict[str, list[Row]], as_of: datetime) -> tuple[str | None, datetime | None, int | None]:
    """State, moment of the first answer, days late."""
    due = max([owed["due"], *(one["until"] for one in told["extensions"] if _grants(one, owed, as_of))])
    answers = [
        one["received"]
        for one in told["answers"]
        if _same(one, owed, "obligation", "subject", "period")
        and one["received"]
        and owed["counts_from"] <= one["received"] <= as_of
    ]
    nils = [
        one["received"]
        for one in told["nils"]
        if _same(one, owed, "obligation", "division", "period") and owed["counts_from"] <= one["received"] <= as_of
    ]
    if answers or nils:
        received = min(answers or nils)
        late = 0 if received < due else (received - due) // timedelta(days=1) + 1
        return "REPORTED" if answers else "CONFIRMED_ZERO", received, late
    if any(_exempts(one, owed, as_of) for one in told["exemptions"]):
        return "EXEMPT", None, None
    if due <= as_of:
        return "MISSING", None, (as_of - due) // timedelta(days=1) + 1
    return None, None, None


def _same(one: Row, owed: Row, *names: str) -> bool:
    return all(one[name] == owed[name] for name in names)


def _concerns(one: Row, owed: Row, as_of: datetime) -> bool:
    named = one["subject"] in (None, owed["subject"])
    return named and _same(one, owed, "obligation", "division") and one["recorded_at"] <= as_of


def _grants(one: Row, owed: Row, as_of: datetime) -> bool:
    return _concerns(one, owed, as_of) and one["period"] == owed["period"]


def _exempts(one: Row, owed: Row, as_of: datetime) -> bool:
    withdrawn = one["withdrawn_at"] is not None and one["withdrawn_at"] <= as_of
    lies_within = one["first"] <= owed["first"] and owed["last"] <= one["last"]
    return _concerns(one, owed, as_of) and not withdrawn and lies_within
