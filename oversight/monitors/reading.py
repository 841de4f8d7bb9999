"""The hours that detectors of monitors read, and what counts among them.

One row is the hour of one outlet and factor that has a limit. An hour is known from the moment it was received; what
came after a moment does not exist at that moment.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Final

import polars as pl

from huiliu.period import HOUR_MS
from sinks.validity import valid

MOMENT: Final = pl.Datetime("ms", "UTC")

#: ``value`` is what is held against the limit (corrected average, else average); both in the factor's unit. ``valid``:
#: flag N, no invalidating mark (``sinks.validity``). ``calibrating``: under flag C or the mark CALIBRATION.
READING: Final = pl.Schema(
    {
        "outlet": pl.Int32(),
        "pollutant": pl.Int16(),
        "start": MOMENT,
        "received_at": MOMENT,
        "value": pl.Float64(),
        "limit_value": pl.Float64(),
        "valid": pl.Boolean(),
        "calibrating": pl.Boolean(),
        "revision": pl.Int32(),
    }
)

#: What subjects are made of.
OUTLET: Final = pl.Schema(
    {"outlet": pl.Int32(), "mn": pl.String(), "division": pl.Int32(), "city": pl.Int32()},
)

KEY: Final = ("outlet", "pollutant")

#: The end of a day's data and marks: noon of the next day, as for the immediate figure of transmission
#: (``oversight.transmission.windows``); what came later is looked at once more when completion has ended.
DAY_KNOWN: Final = timedelta(hours=12)
DAY_COMPLETE: Final = timedelta(days=10)


def from_events(frame: pl.DataFrame) -> pl.DataFrame:
    """``READING`` from rows with the columns of the contract and ``outlet``, ``pollutant`` as numbers, ``limit_value``,
    ``received_at``; ``revision`` 1 where there is none. Rows without a limit are left out.
    """
    revision = pl.col("revision") if "revision" in frame.columns else pl.lit(1)
    told = frame.filter(pl.col("limit_value").is_not_null()).with_columns(
        value=pl.coalesce("corrected", "average"),
        valid=valid(),
        calibrating=(pl.col("flag") == "C") | (pl.col("mark") == "CALIBRATION").fill_null(value=False),
        revision=revision,
    )
    return told.select(pl.col(name).cast(kind) for name, kind in READING.items())


def known_at() -> pl.Expr:
    """When an hour is known: received, and over."""
    return pl.max_horizontal("received_at", pl.col("start") + timedelta(hours=1))


def known(readings: pl.DataFrame, before: datetime) -> pl.DataFrame:
    """What was known before a moment, with ``known`` (UTC), in the order of outlet, factor and start."""
    told = readings.with_columns(known=known_at()).filter(pl.col("known") < pl.lit(before.astimezone(UTC)).cast(MOMENT))
    return told if told.select(_ascending()).item() else told.sort(*KEY, "start")


def _ascending() -> pl.Expr:
    """Whether the rows are in that order already: asking is cheaper than sorting again for each detector."""
    outlet, pollutant, start = (pl.col(name) for name in (*KEY, "start"))
    same_factor = (outlet == outlet.shift()) & (pollutant == pollutant.shift())
    ascends = (outlet > outlet.shift()) | ((outlet == outlet.shift()) & (pollutant > pollutant.shift()))
    return (ascends | (same_factor & (start >= start.shift()))).fill_null(value=True).all()


def in_order(hours: pl.DataFrame) -> pl.DataFrame:
    """Of ``known`` hours those that no later hour of their outlet and factor overtook.

    Patterns are sought in what came in order: an hour sent days late would otherwise change what had been seen before.
    It is still held against its limit.
    """
    at = pl.col("known")
    # Somebody is overtaken only where one is known after the next: few factors, and only these are looked at closely.
    same = pl.all_horizontal(pl.col(name) == pl.col(name).shift(-1) for name in KEY)
    unruly = hours.filter(same & (at.shift(-1) < at)).select(*KEY).unique()
    if unruly.is_empty():
        return hours
    own = hours.select(*KEY, "known").with_row_index("row").join(unruly, on=KEY, how="semi", maintain_order="left")
    earliest_after = at.reverse().cum_min().reverse().shift(-1).over(*KEY)
    overtaken = own.filter((earliest_after < at).fill_null(value=False))["row"]
    kept = pl.repeat(True, hours.height, eager=True).scatter(overtaken, False)
    return hours.filter(kept)


def evidence() -> pl.Expr:
    """Whether an hour is evidence: valid, with a value."""
    return pl.col("valid") & pl.col("value").is_not_null()


def shanghai_day() -> pl.Expr:
    """The Shanghai day in which an hour begins."""
    return (((pl.col("start").dt.epoch("ms") // HOUR_MS + 8) // 24).cast(pl.Int32)).cast(pl.Date)


def day_end(day: pl.Expr) -> pl.Expr:
    """The first moment (UTC) after a Shanghai day."""
    return (day.cast(pl.Datetime("ms")) + timedelta(hours=16)).dt.replace_time_zone("UTC")
