"""The pages that auditors open, each as one call in a transaction of its own, over parameters drawn at random."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any, Final

from sqlalchemy import text

from huiliu.period import containing
from sinks import drill, explain, figures, offsets, quarantine, summary
from sinks.figures import Asked
from sinks.warehouse import Connection, Warehouse

ROLLUP_MS: Final = 50.0
DRILL_MS: Final = 300.0

#: What one call of a page does, given what was drawn for it.
Call = Callable[[Connection, "Drawn"], object]


@dataclass(frozen=True)
class Page:
    """A page with what it may take at most."""

    name: str
    limit_ms: float
    call: Call
    scopes: Sequence[str] = ("province", "city")  #: readers who open it


@dataclass(frozen=True)
class Drawn:
    """What one call is about: an outlet with one of its factors, its county and city, a day, a place in a partition."""

    mn: str
    pollutant: str
    county: str
    city: str
    day: date
    key: dict[str, Any]
    topic: str
    partition: int
    offset: int
    code: str
    rare_code: str

    @property
    def month(self) -> tuple[date, date]:
        """The first and the last day of the day's month."""
        whole = containing("month", self.day)
        return whole.first, whole.last

    def scope(self, of: str) -> str:
        """The division of such a reader who may see it."""
        return {"province": f"{self.city[:2]}0000", "city": self.city, "county": self.county}[of]

    @property
    def cell(self) -> dict[str, Any]:
        """The group of the rollup that the day's hourly readings are in."""
        return {"city": self.city, "pollutant": self.pollutant, "period": "HOUR", "day": self.day.isoformat()}


@dataclass
class Lots:
    """Draws, the same for a seed, from what a warehouse has."""

    warehouse: Warehouse
    seed: int = 1
    _readings: list[Any] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Read what there is to draw from; months are those that have readings."""
        with self.warehouse.read() as connection:
            self._readings = list(
                connection.execute(
                    text(
                        "select distinct on (outlet.mn) outlet.mn, outlet.id as outlet, pollutant.code as pollutant,"
                        " limits.pollutant as number, outlet.division, outlet.city"
                        " from outlet join outlet_limit limits on limits.outlet = outlet.id"
                        " join pollutant on pollutant.id = limits.pollutant order by outlet.mn, random()"
                    )
                )
            )
            self._days = list(
                connection.execute(
                    text("select distinct day from rollup_reading where period = 2 order by day")
                ).scalars()
            )
            self._partitions = list(
                connection.execute(text("select topic, partition, next_offset from intake where kind = 'reading'"))
            )
            counted = summary.outcomes(connection)["by_reason"]
        self._codes = sorted(counted, key=lambda code: -counted[code])

    def draws(self) -> Iterator[Drawn]:
        """Without end."""
        lot = random.Random(self.seed)
        while True:
            row, place = lot.choice(self._readings), lot.choice(self._partitions)
            day = lot.choice(self._days)
            start = datetime(day.year, day.month, day.day, tzinfo=UTC) - timedelta(hours=lot.randrange(8))
            yield Drawn(
                row.mn, row.pollutant, str(row.division), str(row.city), day,
                {"outlet": row.outlet, "pollutant": row.number, "period": 2, "start": start},
                place.topic, place.partition, lot.randrange(max(1, place.next_offset - 100)),
                self._codes[0], self._codes[-1],
            )  # fmt: skip


def _figures(connection: Connection, limit: int | None = 100, after: Any = None, **asked: Any) -> object:
    return figures.figures(connection, Asked(**{"kind": "reading", "chosen": {}, **asked}), limit, after)


def _day(connection: Connection, drawn: Drawn) -> object:
    day = drawn.day.isoformat()
    return _figures(connection, chosen={"period": "HOUR"}, first=day, last=day)


def _places(connection: Connection, drawn: Drawn, division: str, by: Any) -> object:
    return drill.places(connection, division, by, drawn.pollutant, "HOUR", *drawn.month)


def _outlet(connection: Connection, drawn: Drawn, known_at: datetime | None = None) -> object:
    month = drawn.month
    return drill.readings(connection, drawn.mn, drawn.pollutant, "HOUR", *month, known_at=known_at)


def _exceedances(connection: Connection, drawn: Drawn, division: str) -> object:
    """The first page and the one after it."""
    page = drill.exceedances(connection, division, *drawn.month)
    if page.height:
        return drill.exceedances(connection, division, *drawn.month, after=drill.after(page))
    return page


def _facts(connection: Connection, drawn: Drawn) -> object:
    page = explain.facts(connection, "reading", drawn.cell)
    if page.height:
        key = ("outlet", "pollutant", "period", "start")
        return explain.facts(connection, "reading", drawn.cell, after=page.select(key).row(-1))
    return page


def _month(day: date) -> str:
    return f"{day:%Y-%m}"


ROLLUP_PAGES: Final = (
    Page("a day: all cities and factors", ROLLUP_MS, _day),
    Page(
        "a factor by month: all cities", ROLLUP_MS,
        lambda c, d: _figures(c, chosen={"pollutant": d.pollutant, "period": "HOUR"}, by="month"),
    ),
    Page(
        "a city's factor: days of a month", ROLLUP_MS,
        lambda c, d: _figures(
            c, chosen={"city": d.city, "pollutant": d.pollutant, "period": "HOUR"},
            first=_month(d.day), last=_month(d.day),
        ),
    ),
    Page("a city by month: all factors", ROLLUP_MS, lambda c, d: _figures(c, chosen={"city": d.city}, by="month")),
    Page("all figures: first page", ROLLUP_MS, lambda c, d: _figures(c)),
    Page("all figures: a later page", ROLLUP_MS, lambda c, d: _figures(c, after=d.cell)),
    Page(
        "how fresh and complete", ROLLUP_MS,
        lambda c, d: figures.freshness(c, Asked(kind="reading", chosen={"city": d.city})),
    ),
    Page("outcomes by publisher and kind", ROLLUP_MS, lambda c, d: summary.counts(c)),
)  # fmt: skip

DRILL_PAGES: Final = (
    Page("a city's counties: a factor's month", DRILL_MS, lambda c, d: _places(c, d, d.city, "division")),
    Page(
        "a county's outlets: a factor's month", DRILL_MS, lambda c, d: _places(c, d, d.county, "outlet"),
        ("province", "city", "county"),
    ),
    Page("an outlet's month: limits and flags", DRILL_MS, _outlet, ("province", "city", "county")),
    Page(
        "an outlet's month as known yesterday", DRILL_MS, lambda c, d: _outlet(c, d, _yesterday()), ("city", "county")
    ),
    Page(
        "exceedances of the province: a month", DRILL_MS,
        lambda c, d: _exceedances(c, d, d.scope("province")), ("province",),
    ),
    Page("exceedances of a city: a month", DRILL_MS, lambda c, d: _exceedances(c, d, d.city)),
    Page("exceedances of a county: a month", DRILL_MS, lambda c, d: _exceedances(c, d, d.county), ("city", "county")),
    Page(
        "exceedances counted by county and factor", DRILL_MS,
        lambda c, d: drill.exceedance_counts(c, d.scope("province"), *d.month),
    ),
    Page("a figure and the sum of its readings", DRILL_MS, lambda c, d: explain.figure(c, "reading", d.cell)),
    Page("the readings behind a figure", DRILL_MS, _facts),
    Page("all revisions of a reading", DRILL_MS, lambda c, d: drill.revisions(c, "reading", d.key), ("city", "county")),
    Page(
        "records of a partition: what they led to", DRILL_MS,
        lambda c, d: offsets.records(c, d.topic, d.partition, d.offset), ("province",),
    ),
    Page("ledger of a partition", DRILL_MS, lambda c, d: offsets.entries(c, d.topic, d.partition), ("province",)),
    Page("quarantine of a city", DRILL_MS, lambda c, d: quarantine.entries(c, division=d.city)),
    Page("quarantine by the commonest reason", DRILL_MS, lambda c, d: quarantine.entries(c, code=d.code)),
    Page(
        "quarantine of a city by the rarest reason", DRILL_MS,
        lambda c, d: quarantine.entries(c, division=d.city, code=d.rare_code),
    ),
    Page("quarantine counted by reason", DRILL_MS, lambda c, d: quarantine.by_code(c)),
)  # fmt: skip


def _yesterday() -> datetime:
    return datetime.now(UTC) - timedelta(days=1)
