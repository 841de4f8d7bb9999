"""Readings of the synthetic province, generated column-wise: values, then what is sent about each and its fate."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

import numpy as np
import polars as pl

from huiliu.period import day_start_ms
from simulation.registry import Outlet
from simulation.rounds import table

#: Data flags and how often they stand (HJ 212-2017 table 6).
FLAGS: Final = {"N": 0.965, "M": 0.012, "C": 0.008, "D": 0.007, "F": 0.004, "B": 0.004}
#: Operator marks and how often (0.985 have none).
MARKS: Final = {None: 0.985, "MAINTENANCE": 0.005, "CALIBRATION": 0.004, "STARTING": 0.002, "RUNNING": 0.004}

#: Milligrams in a cubic metre of gas, or in a litre of water, times cubic metres an hour: kilograms an hour.
_KILOGRAMS: Final = {"AIR": 1e-6, "WATER": 1e-3}
_HOURS: Final = {"REALTIME": 0.0, "MINUTE": 1 / 6, "HOUR": 1.0, "DAY": 24.0}


@dataclass(frozen=True, slots=True)
class Series:
    """What every outlet measures, one row for each factor, in a fixed order; ``first`` is the first day of readings."""

    frame: pl.DataFrame
    first: date

    @property
    def width(self) -> int:
        """How many readings a round has."""
        return self.frame.height


def series(outlets: Sequence[Outlet], first: date) -> Series:
    """The factors of the outlets with level, daily swing, mass factor and the limits before and after the change."""
    publishers = sorted({outlet.publisher for outlet in outlets})
    after = dict(zip(publishers, [*publishers[1:], publishers[0]], strict=True))
    rows = [row for outlet in outlets for row in _factors(outlet, _neighbour(outlet, after))]
    return Series(pl.DataFrame(rows, infer_schema_length=None), first)


def _neighbour(outlet: Outlet, after: Mapping[str, str]) -> str:
    """Under whose division the outlet can be reported that is not its own: its city, or a county that takes it over."""
    return outlet.city if outlet.publisher == outlet.city else after[outlet.publisher]


def _factors(outlet: Outlet, neighbour: str) -> Iterator[dict[str, object]]:
    industry = outlet.enterprise.industry
    for factor in industry.factors:
        limits = [limit["value"] for limit in outlet.limits if limit["pollutant"] == factor.code]
        yield {
            "mn": outlet.mn,
            "division": outlet.enterprise.division,
            "city": outlet.city,
            "publisher": outlet.publisher,
            "neighbour": neighbour,
            "pollutant": factor.code,
            "level": factor.level * (1.0 if factor.unit == "1" else outlet.scale),
            "swing": factor.swing,
            "corrects": factor.corrected,
            "mass": industry.flow * outlet.scale * _KILOGRAMS[industry.medium] if factor.mass else None,
            "limit_first": float(limits[0]) if limits else None,
            "limit_then": float(limits[-1]) if limits else None,
        }


def base(about: Series, since: int, count: int, generator: np.random.Generator) -> pl.DataFrame:
    """Readings number ``since`` to before ``since + count``, revision 1: contract columns and what a slab needs."""
    number = np.arange(since, since + count)
    which = about.frame[number % about.width]
    when = table(about.first, since // about.width, (since + count - 1) // about.width + 1)
    due = when[number // about.width - since // about.width]
    drawn = pl.DataFrame(
        {
            "number": number,
            "noise": generator.normal(0.0, 0.06, count),
            "spread": generator.uniform(0.03, 0.25, count),
            "oxygen": generator.uniform(1.02, 1.3, count),
            "peak": np.where(generator.random(count) < 0.004, generator.uniform(1.8, 3.0, count), 1.0),
            "flag": _drawn(FLAGS, count, generator),
            "mark": _drawn(MARKS, count, generator),
        },
        schema_overrides={"mark": pl.String},
    )
    return pl.concat([drawn, which, due], how="horizontal").with_columns(_average()).select(*_columns(about.first))


def _drawn(shares: dict[str, float] | dict[str | None, float], count: int, generator: np.random.Generator) -> pl.Series:
    weights = np.array(list(shares.values()))
    picked = generator.choice(len(weights), count, p=weights / weights.sum())
    return pl.Series(list(shares), dtype=pl.String)[picked]


def _average() -> pl.Expr:
    """Level, with the day's swing (highest in the afternoon), noise, and now and then a peak of what has a limit."""
    hour = (pl.col("start") // 3_600_000 + 8) % 24
    swing = 1 + pl.col("swing") * ((hour - 9) * (2 * np.pi / 24)).sin()
    peak = pl.when(pl.col("limit_first").is_not_null()).then(pl.col("peak")).otherwise(1.0)
    quiet = pl.when(pl.col("pollutant") == "w01001").then(0.3).otherwise(1.0)
    return (pl.col("level") * swing * (1 + quiet * pl.col("noise")) * peak).round(3).alias("average")


def _columns(first: date) -> list[pl.Expr | str]:
    average, spread = pl.col("average"), pl.col("spread")
    momentary = pl.col("period") == "REALTIME"
    hours = pl.col("period").replace_strict(_HOURS, return_dtype=pl.Float64)
    changed = pl.col("start") >= day_start_ms(first + timedelta(days=1))
    return [
        "division",
        pl.lit(1, pl.Int32).alias("revision"),
        (pl.col("end") + 300_000).alias("reported_at"),
        pl.format("R{}", "number").alias("source_ref"),
        "mn",
        "pollutant",
        "period",
        "start",
        "average",
        pl.when(~momentary).then((average * (1 - spread)).round(3)).alias("minimum"),
        pl.when(~momentary).then((average * (1 + spread)).round(3)).alias("maximum"),
        pl.when(~momentary).then((average * pl.col("mass") * hours).round(3)).alias("cumulative"),
        pl.when("corrects").then((average * pl.col("oxygen")).round(3)).alias("corrected"),
        "flag",
        "mark",
        "city",
        "publisher",
        "neighbour",
        pl.when(changed).then("limit_then").otherwise("limit_first").alias("limit"),
    ]


def other(frame: pl.DataFrame, factor: float) -> pl.DataFrame:
    """The same readings with other values, a tenth away: what a correction or a conflict says."""
    values = ("average", "minimum", "maximum", "cumulative", "corrected")
    return frame.with_columns((pl.col(name) * factor).round(3) for name in values)
