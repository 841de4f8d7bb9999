"""Obligations as the warehouse knows them at a moment: who owes, what came, what was granted.

What counts is when the hub received an event, not when a batch loaded it: a rebuild from the log gives the same states.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta

import polars as pl

from huiliu import division
from huiliu.period import SHANGHAI
from oversight.obligations.duty import OBLIGATIONS, Duty
from oversight.obligations.expected import OWER, expected
from oversight.obligations.states import ANSWER, EXEMPTION, EXTENSION, NIL, STATE, Told, states
from sinks import obligations as kept
from sinks import transmission
from sinks.warehouse import Connection


def owers(connection: Connection, duties: Sequence[Duty], as_of: datetime) -> pl.DataFrame:
    """``OWER``: publishers, the divisions within their jurisdiction, and outlets registered by a moment.

    Outlets only where one of the duties is theirs.
    """
    told = _reporting(kept.publishers(connection), as_of.year)
    if any(duty.owed_by == "OUTLETS" for duty in duties):
        told = pl.concat([told, _outlets(connection, as_of)])
    seen = kept.scope(connection)
    return told if seen is None else told.filter(pl.col("division").is_between(*seen))


def owed(
    connection: Connection, duties: Sequence[Duty], first: date, last: date, as_of: datetime
) -> tuple[pl.DataFrame, Told]:
    """What was expected for periods that end within these days, and all that was told of it by ``as_of``."""
    asked = expected(duties, owers(connection, duties, as_of), first, last, as_of)
    periods = asked["period"].unique().to_list()
    frames = [ANSWER.to_frame(), *_answers(connection, duties, asked, as_of)]
    return asked, Told(
        answers=pl.concat(frames),
        nils=kept.nils(connection, periods, as_of).select(list(NIL)).cast(NIL),
        exemptions=kept.exemptions(connection).select(list(EXEMPTION)).cast(EXEMPTION),
        extensions=kept.extensions(connection).select(list(EXTENSION)).cast(EXTENSION),
    )


def pursued(connection: Connection, duties: Sequence[Duty], as_of: datetime) -> pl.DataFrame:
    """``STATE`` of the reports that oversight still asks about: of periods that ended no longer ago than a duty says.

    Not of outlets: the rules on monitors look at their hours.
    """
    today = as_of.astimezone(SHANGHAI).date()
    frames = [STATE.to_frame()]
    for duty in (one for one in duties if one.owed_by != "OUTLETS"):
        asked, told = owed(connection, [duty], today - timedelta(days=duty.pursued_days), today, as_of)
        frames.append(states(asked, told, as_of))
    return pl.concat(frames)


def _reporting(publishers: pl.DataFrame, year: int) -> pl.DataFrame:
    """Publishers by kind, and every city and county within the jurisdiction of one, since the first of them owes."""
    rows = []
    for code, kinds, since in publishers.select("division", "kinds", "owes_from").iter_rows():
        for kind in kinds.split():
            rows += [_row("PUBLISHERS", kind, level, f"{code:06}", since) for level in _levels(f"{code:06}")]
            rows += [_row("DIVISIONS", kind, level, one, since) for one, level in _within(f"{code:06}", year)]
    told = pl.DataFrame(rows, schema=OWER, orient="row")
    return told.group_by([name for name in OWER if name != "since"], maintain_order=True).agg(
        pl.col("since").min()
    ).select(list(OWER))  # fmt: skip


def _row(owed_by: str, kind: str, level: str, code: str, since: date) -> tuple[object, ...]:
    ended = division.last_year(code)
    until = None if ended is None else date(ended, 12, 31)
    return owed_by, kind, level, int(code), int(division.city_of(code)), code, since, until


def _within(code: str, year: int) -> Iterator[tuple[str, str]]:
    below = {*division.cities(code, year), *division.counties(code, year), code}
    found = [one for one in below if division.within(one, code)]
    return ((one, level) for one in sorted(found) for level in _levels(one))


def _levels(code: str) -> tuple[str, ...]:
    """City, county, or both: a city without counties, and a county directly below its province, are both."""
    level = division.level(code)
    if level == "city":
        return ("city",) if division.counties(code) else ("city", "county")
    if level == "county":
        return ("county", "city") if division.city_of(code) == code else ("county",)
    return ()


def _outlets(connection: Connection, as_of: datetime) -> pl.DataFrame:
    """Outlets owe from the first whole Shanghai day after they were registered."""
    found = transmission.outlets(connection, as_of)
    cities = {code: int(division.city_of(f"{code:06}")) for code in found["division"].unique()}
    registered = pl.col("registered_at").dt.offset_by("8h").dt.replace_time_zone(None).dt.date()
    rows = found.select(
        owed_by=pl.lit("OUTLETS"),
        kind=pl.lit("reading"),
        level=pl.lit(""),
        division=pl.col("division"),
        city=pl.col("division").replace_strict(cities, return_dtype=pl.Int32),
        subject=pl.col("mn"),
        since=registered + pl.duration(days=1),
        until=pl.lit(None, pl.Date),
    )
    return rows.cast(OWER)


def _answers(
    connection: Connection, duties: Sequence[Duty], asked: pl.DataFrame, as_of: datetime
) -> Iterator[pl.DataFrame]:
    for duty in duties:
        mine = asked.filter(
            pl.col("duty") == duty.code,
            pl.col("last") >= duty.valid_from,
            pl.col("last") <= (duty.valid_to or date.max),
        )
        if mine.is_empty():
            continue
        if duty.owed_by == "OUTLETS":
            first, last = mine.select(pl.col("first").min(), pl.col("last").max()).row(0)
            found = kept.outlet_days(connection, first, last, duty.least_hours or 1, as_of)
        else:
            periods, sent = mine["period"].unique().to_list(), duty.owed_by == "PUBLISHERS"
            found = kept.reports(connection, OBLIGATIONS[duty.obligation], periods, as_of, sent=sent).with_columns(
                subject=pl.col("division").cast(pl.String).str.zfill(6), hours=pl.lit(None, pl.Int32)
            )
        yield found.with_columns(obligation=pl.lit(duty.obligation)).select(list(ANSWER)).cast(ANSWER)
