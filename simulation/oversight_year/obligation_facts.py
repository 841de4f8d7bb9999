"""What the year tells of obligations: who owes, what was reported, what was said to be nothing, who was exempt.

The hub's own functions make states of it (:mod:`oversight.obligations`).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

import polars as pl

from huiliu import division
from huiliu.period import SHANGHAI, day_of
from oversight.obligations.duty_files import shipped
from oversight.obligations.expected import OWER, expected
from oversight.obligations.states import ANSWER, EXEMPTION, NIL, Told, states
from simulation.oversight_year.award_lives import AwardLife
from simulation.oversight_year.duties import Duty, nil_events
from simulation.oversight_year.project_lives import last_day
from simulation.oversight_year.size import Size, moment

_EPOCH = date(1970, 1, 1)
#: Dates of an award's steps: the report of a step is the report of its month.
_STEPS = ("publicised_on", "approved_on", "paid_on")


def owers(size: Size, counties: Iterable[str]) -> pl.DataFrame:
    """``OWER``: counties owe projects and awards, cities their indicators, from the first month on."""
    rows = [
        *(_ower(kind, "county", county, size.first) for county in counties for kind in ("project", "award")),
        *(_ower("indicator", "city", city, size.first) for city in size.codes),
    ]
    return pl.DataFrame(rows, schema=OWER, orient="row")


def _ower(kind: str, level: str, code: str, since: date) -> tuple[object, ...]:
    return "DIVISIONS", kind, level, int(code), int(division.city_of(code)), code, since, None


def months_of(event: dict[str, Any]) -> set[date]:
    """First days of the months of which an award's report says something: of its steps, else of its own."""
    told = {_EPOCH + timedelta(days=event[name]) for name in _STEPS if event[name] is not None}
    return {day.replace(day=1) for day in told or {day_of(event["reported_at"])}}


def told(versions: dict[str, pl.DataFrame], awards: Iterable[AwardLife], duties: Iterable[Duty]) -> Told:
    """Everything that was ever told; the states look at what was told by their moment."""
    duties = list(duties)
    project = versions["project"].select("division", "known_from", period="month", obligation=pl.lit("PROJECT"))
    indicator = versions["indicator"].filter(~pl.col("indicator").str.ends_with(".target"))
    indicator = indicator.select("division", "known_from", "period", obligation=pl.lit("INDICATOR"))
    award = pl.DataFrame(list(_award_months(awards)), schema=project.schema, orient="row")
    answers = pl.concat([project, indicator, award]).select(
        "obligation",
        pl.col("division").cast(pl.String).alias("subject"),
        "period",
        pl.col("known_from").alias("received"),
        pl.lit(None, pl.Int32).alias("hours"),
    )
    nils = [
        (event["obligation"], int(event["division"]), event["period"], event["reported_at"], event["reason"])
        for event in nil_events(duties)
    ]
    said = pl.DataFrame(nils, schema={**NIL, "received": pl.Int64()}, orient="row")
    said = said.with_columns(pl.from_epoch("received", "ms").dt.replace_time_zone("UTC"))
    return Told(answers=answers.cast(ANSWER), nils=said.cast(NIL), exemptions=_exemptions(duties))


def _award_months(awards: Iterable[AwardLife]) -> Iterator[tuple[int, datetime, str, str]]:
    for life in awards:
        for report in life.reports:
            for month in sorted(months_of(report.event)):
                yield int(report.event["division"]), report.known_from.astimezone(UTC), f"{month:%Y-%m}", "AWARD"


def _exemptions(duties: Iterable[Duty]) -> pl.DataFrame:
    """Granted on the second day after the month, before its report is due."""
    rows = [
        {
            "number": number + 1,
            "obligation": duty.obligation,
            "division": int(duty.division),
            "subject": None,
            "reason": "机构改革，当月免报（模拟）",
            "granted_by": "省数据资源局（模拟）",
            "recorded_at": moment(last_day(duty.month) + timedelta(days=2), 9).astimezone(UTC),
            "first": duty.month,
            "last": last_day(duty.month),
            "withdrawn_at": None,
        }
        for number, duty in enumerate(one for one in duties if one.fate == "EXEMPT")
    ]
    spoken = {
        name: pl.Datetime("us", "UTC") if isinstance(kind, pl.Datetime) else kind for name, kind in EXEMPTION.items()
    }
    return pl.DataFrame(rows, schema=spoken).cast(EXEMPTION)


def stated(size: Size, owing: pl.DataFrame, everything: Told, as_of: datetime) -> pl.DataFrame:
    """``STATE`` of the monthly reports at a moment, by the duties that ship."""
    duties = [duty for duty in shipped() if duty.owed_by == "DIVISIONS"]
    today = as_of.astimezone(SHANGHAI).date()
    return states(expected(duties, owing, size.first, today, as_of), everything, as_of)
