"""The answer key of monitors: episodes as they were planted, and effectiveness counted from lost and marked hours."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Final

import numpy as np
import polars as pl

from huiliu.period import HOUR_MS
from simulation.oversight_year import marks, month_hours
from simulation.oversight_year.episodes import DAY, Episode
from simulation.oversight_year.key import Innocent, Planted
from simulation.oversight_year.monitors import Monitors, hour_ms, hours_of
from simulation.oversight_year.project_lives import last_day
from simulation.oversight_year.size import Size, moment

HOUR_OVER: Final = "reading-hour-over"
SILENT: Final = "monitor-silent"
OUTLET_EFFECTIVENESS: Final = "outlet-effectiveness"
CITY_EFFECTIVENESS: Final = "city-effectiveness"
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


def planted(about: Monitors, size: Size) -> Iterator[Planted]:
    """The episodes that must be found, and what follows from them; effectiveness is counted apart."""
    for episode in about.episodes:
        if episode.kind.guilty and not episode.kind.topic.endswith("-effectiveness"):
            yield _planted(about, episode, size, episode.kind.topic)
            yield from _following(about, episode, size)
        elif episode.kind.name == "resent":
            yield _planted(about, episode, size, SILENT)
        if episode.kind.name in _LEVELS:
            row = _planted(about, episode, size, "reading-step", due=False)
            yield replace(row, closes_at=_moment(size, episode.until + 3 * DAY))


def _following(about: Monitors, episode: Episode, size: Size) -> Iterator[Planted]:
    """A day over the limit has hours over it; what hugs the limit varies little; a silent city has silent outlets."""
    for topic in _FOLLOWS.get(episode.kind.name, ()):
        yield _planted(about, episode, size, topic, due=False)
    if episode.kind.reach == "city":
        for outlet in about.of_city(episode.city)["outlet"].unique(maintain_order=True):
            one = Episode(episode.kind, episode.city, outlet, None, episode.since, episode.until)
            yield _planted(about, one, size, SILENT, due=False)


#: Episodes at whose ends the level changes: where a calibration happens to fall there, it is a step by the facts.
_LEVELS: Final = ("hugging", "high-steady", "day-over")
_FOLLOWS: Final = {
    "day-over": (HOUR_OVER,),
    "hugging": ("reading-flat",),
    "frozen": ("reading-flat",),
    "flat": ("reading-frozen",),
}


def _planted(about: Monitors, episode: Episode, size: Size, topic: str, *, due: bool = True) -> Planted:
    """Known when the first hour is over; mended when the first hour after it is."""
    opens, closes = (_moment(size, hour + 1) for hour in (episode.since, episode.until))
    subject, division = named(about, episode)
    return Planted(topic, subject, division, "RED", opens, closes, episode.kind.note, due)


def innocents(about: Monitors, size: Size) -> Iterator[Innocent]:
    """Episodes that only look like it."""
    for episode in about.episodes:
        if not episode.kind.guilty and episode.kind.name != "resent":
            subject, division = named(about, episode)
            yield Innocent(
                episode.kind.topic, subject, division, _moment(size, episode.since),
                _moment(size, episode.until + DAY), episode.kind.note,
            )  # fmt: skip


def named(about: Monitors, episode: Episode) -> tuple[str, int]:
    """The subject as matters name it, and whose it is: ``MN/factor``, the MN, or the city."""
    if episode.outlet is None:
        return episode.city, int(episode.city)
    outlet = about.outlets[episode.outlet - 1]
    county = int(outlet.enterprise.division)
    if episode.factor is None:
        return outlet.mn, county
    own = about.factors.filter((pl.col("outlet") == episode.outlet) & (pl.col("place") == episode.factor))
    return f"{outlet.mn}/{own['pollutant_code'][0]}", county


def _moment(size: Size, hour: int) -> datetime:
    return _EPOCH + timedelta(milliseconds=hour_ms(size, hour))


def effectiveness(seed: int, about: Monitors, size: Size) -> Iterator[Planted]:
    """Outlets and cities whose valid hours of a month are too small a share of those due, by a plain count.

    Known when the month is over; mended when the next one is that is not so. A stop that was declared and documented
    takes its hours out; one without a document does so until the 10th of the next month and no longer. Hours that were
    sent again within ten days are missing from the immediate figure until then, which may be told, and need not be.
    """
    for city in size.codes:
        owner = {one.mn: int(one.enterprise.division) for one in about.outlets}
        spans: dict[tuple[str, str], list[date]] = {}
        late: set[tuple[str, date]] = set()
        for month in size.calendar:
            told = counted(seed, about, size, city, month)
            for mn in _low(told):
                spans.setdefault((OUTLET_EFFECTIVENESS, mn), []).append(month)
            if int(told["valid"].sum()) < int(told["due"].sum()) * marks.CITY_EFFECTIVENESS:
                spans.setdefault((CITY_EFFECTIVENESS, city), []).append(month)
            at_once = counted(seed, about, size, city, month, immediate=True)
            for mn in _low(at_once).difference(_low(told)):
                early = _effectiveness(OUTLET_EFFECTIVENESS, mn, owner[mn], month, _over(month))
                yield replace(early, closes_at=_settled(month), due=False)
            late |= {(mn, month) for mn in _low(told).difference(_low(at_once))}
        for (topic, subject), bad in spans.items():
            for month in bad:
                opens = _settled(month) if (subject, month) in late else _over(month)
                if opens < moment(size.after):
                    yield _effectiveness(topic, subject, owner.get(subject, int(city)), month, opens)


def _low(told: pl.DataFrame) -> set[str]:
    return set(told.filter(pl.col("valid") < pl.col("due") * marks.OUTLET_EFFECTIVENESS)["mn"])


def _effectiveness(topic: str, subject: str, division: int, month: date, opens: datetime) -> Planted:
    note = f"{month:%Y-%m} 传输有效率不足 | effectiveness too low"
    return Planted(topic, subject, division, "RED", opens, _over(_next(month)), note)


def _settled(month: date) -> datetime:
    """When the month's figure can no longer change: after the 10th of the next, as documents and repairs are due."""
    return moment(_next(month).replace(day=11))


def counted(seed: int, about: Monitors, size: Size, city: str, month: date, *, immediate: bool = False) -> pl.DataFrame:
    """By outlet of a city: hours due and valid in the month over its factors with a limit.

    ``immediate``: as told when the month is over: what was sent again later is missing, undocumented stops stand.
    """
    found = month_hours.hours(seed, about, size, city, month)
    bad = found.lost | (found.flags != 0) | np.isin(found.marks, month_hours.INVALID_MARKS)
    bad |= found.resent if immediate else False
    excluded = np.zeros_like(bad)
    stops = ("declared-stop", "undocumented-stop") if immediate else ("declared-stop",)
    for episode in about.episodes:
        if episode.kind.name in stops and episode.city == city:
            since, until = hours_of(size, month)
            span = slice(max(0, episode.since - since), max(0, min(episode.until, until) - since))
            excluded[found.factors["outlet"].to_numpy() == episode.outlet, span] = True
    hours = found.factors.select("mn").with_columns(
        pl.Series("due", (~excluded).sum(axis=1)), pl.Series("valid", (~bad & ~excluded).sum(axis=1))
    )
    return hours.group_by("mn", maintain_order=True).sum()


def _next(month: date) -> date:
    return last_day(month) + timedelta(days=1)


def _over(month: date) -> datetime:
    return moment(_next(month))


def declarations(about: Monitors, size: Size) -> pl.DataFrame:
    """What is declared of stops, as ``sinks.transmission.declarations`` gives it; one kind comes without document."""
    stops = [one for one in about.episodes if one.kind.name in ("declared-stop", "undocumented-stop")]
    return pl.DataFrame(list(_declared(stops, size)), schema=_DECLARATIONS)


def _declared(stops: Iterable[Episode], size: Size) -> Iterator[dict[str, object]]:
    for number, one in enumerate(stops):
        recorded = hour_ms(size, one.since) - 6 * HOUR_MS
        yield {
            "declaration": number + 1,
            "outlet": one.outlet,
            "pollutant": None,
            "mark": "STOPPED",
            "starts": hour_ms(size, one.since),
            "ends": hour_ms(size, one.until),
            "recorded_at": recorded,
            "documented_at": recorded + DAY * HOUR_MS if one.kind.name == "declared-stop" else None,
            "withdrawn_at": None,
        }


_INSTANT: Final = pl.Datetime("ms", "UTC")
_DECLARATIONS: Final = pl.Schema({
    "declaration": pl.Int64(), "outlet": pl.Int32(), "pollutant": pl.Int16(), "mark": pl.String(), "starts": _INSTANT,
    "ends": _INSTANT, "recorded_at": _INSTANT, "documented_at": _INSTANT, "withdrawn_at": _INSTANT,
})  # fmt: skip
