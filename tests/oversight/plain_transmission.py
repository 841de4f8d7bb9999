"""Transmission effectiveness once more, hour by hour, in the words of the standard: what the quick way must equal."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from huiliu.period import SHANGHAI
from oversight.transmission.windows import Windows

INVALID = ("CALIBRATION", "FAULT", "MAINTENANCE", "COMMUNICATION")
AWAY = ("STOPPED", "LONG_STOP", "FORCE_MAJEURE", "OTHER_LOSS")
FOUR = (10, 55, 56, 57)


@dataclass(frozen=True)
class Hour:
    """One hour of one outlet and factor: ``number`` 0 to 23 of a Shanghai day."""

    outlet: int
    pollutant: int
    day: date
    number: int

    @property
    def start(self) -> datetime:
        return midnight(self.day) + timedelta(hours=self.number)


def midnight(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=SHANGHAI)


def deadlines(day: date, windows: Windows) -> tuple[datetime, datetime, datetime]:
    immediate = midnight(day) + timedelta(days=1, hours=windows.mark_hours)
    repair = midnight(day) + timedelta(days=1 + windows.repair_days)
    year, month = (day.year + 1, 1) if day.month == 12 else (day.year, day.month + 1)
    return immediate, repair, midnight(date(year, month, windows.document_day)) + timedelta(days=1)


def due_hours(limits: list[dict[str, Any]], first: date, last: date, as_of: datetime, windows: Windows) -> set[Hour]:
    """Every whole hour of a valid limit since the registration, of days whose immediate figure stands."""
    found = set()
    day = first
    while day <= last:
        if deadlines(day, windows)[0] <= as_of:
            for limit in limits:
                if limit["valid_from"] <= day and (limit["valid_to"] is None or day <= limit["valid_to"]):
                    hours = [Hour(limit["outlet"], limit["pollutant"], day, n) for n in range(24)]
                    found |= {hour for hour in hours if hour.start >= limit["registered_at"]}
        day += timedelta(days=1)
    return found


def verdicts(
    due: set[Hour],
    versions: list[dict[str, Any]],
    declarations: list[dict[str, Any]],
    as_of: datetime,
    windows: Windows,
    checked: tuple[int, ...],
    *,
    completed: bool,
) -> dict[Hour, str]:
    """Each due hour is excluded, missing, invalid or valid."""
    found = {}
    checks: dict[tuple[int, int, date], list[Hour]] = {}
    for hour in due:
        version = standing(hour, versions, declarations, as_of, windows, completed=completed)
        marks = {d["mark"] for d in over(hour, declarations, as_of, windows, completed=completed)}
        if marks & set(AWAY) or (version and version["mark"] in AWAY):
            found[hour] = "excluded"
        elif "STANDARD_CHECK" in marks or (version and version["mark"] == "STANDARD_CHECK"):
            found[hour] = "missing" if version is None else "invalid"
            checks.setdefault((hour.outlet, hour.pollutant, hour.day), []).append(hour)
        elif version is None:
            found[hour] = "missing"
        elif marks & set(INVALID) or not good(version):
            found[hour] = "invalid"
        else:
            found[hour] = "valid"
    for (_, pollutant, _), hours in checks.items():
        if pollutant in checked:
            found[min(hours, key=lambda hour: hour.number)] = "excluded"
    return found


def good(version: dict[str, Any]) -> bool:
    if not version["measured"] or version["mark"] in INVALID:
        return False
    return version["mark"] == "MANUAL" or version["flag"] in ("N", "1", "3")


def over(
    hour: Hour, declarations: list[dict[str, Any]], as_of: datetime, windows: Windows, *, completed: bool
) -> list[dict[str, Any]]:
    immediate, repair, document = deadlines(hour.day, windows)
    found = []
    for told in declarations:
        covers = told["starts"] <= hour.start and hour.start + timedelta(hours=1) <= told["ends"]
        if told["outlet"] != hour.outlet or told["pollutant"] not in (None, hour.pollutant) or not covers:
            continue
        withdrawn, documented = told["withdrawn_at"], told["documented_at"]
        if not completed:
            if told["recorded_at"] <= immediate and not (withdrawn and withdrawn <= immediate):
                found.append(told)
            continue
        if told["recorded_at"] > min(repair, as_of) or (withdrawn and withdrawn <= as_of):
            continue
        if as_of <= document or (documented and documented <= document):
            found.append(told)
    return found


def standing(
    hour: Hour,
    versions: list[dict[str, Any]],
    declarations: list[dict[str, Any]],
    as_of: datetime,
    windows: Windows,
    *,
    completed: bool,
) -> dict[str, Any] | None:
    immediate, repair, document = deadlines(hour.day, windows)
    ours = [v for v in versions if Hour(v["outlet"], v["pollutant"], v["day"], v["hour"]) == hour]

    def by(moment: datetime) -> dict[str, Any] | None:
        return max((v for v in ours if v["received_at"] <= moment), key=lambda v: v["revision"], default=None)

    original, later = by(immediate), by(min(repair, as_of))
    if not completed or later is None:
        return original
    by_hand = later["mark"] is not None if original is None else later["revision"] != original["revision"]
    stands = over(hour, declarations, as_of, windows, completed=True)
    papers = any(d["documented_at"] and d["documented_at"] <= min(document, as_of) for d in stands)
    return original if by_hand and not papers and as_of > document else later


def counts(found: dict[Hour, str]) -> Counter[str]:
    """The five counts."""
    told: Counter[str] = Counter(found.values())
    excluded, valid, invalid = told["excluded"], told["valid"], told["invalid"]
    return Counter(
        registered=len(found), excluded=excluded, due=len(found) - excluded, received=valid + invalid, valid=valid
    )
