"""Silence of a monitor or a publisher, by the cadence it has shown (数据中断).

The cadence is learnt, never configured: the gaps between hours in which something came, of the days before the last
sign of life, ``learn`` days back. An outage is not learnt from twice over: it begins after those days, and of the gaps
those beyond ``factor`` times their median are left out before the quantile is taken. What sends hourly is silent after
hours, what sends once a day after days. Fewer than ``least_gaps`` gaps: not judged, for what was never heard is the
matter of obligations.

Silence stands from the last sign of life plus ``factor`` times the cadence, at least ``least`` hours, until something
has come and kept coming for ``settle`` hours: an outage with a few packets in it is one outage. Declared stops,
outages and repairs explain silence while they are known and run; after their end the clock starts anew. Readings under
marks are signs of life. A sign of life is judged by when it was received, by the broker's clock.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import polars as pl

from huiliu.period import HOUR_MS
from oversight.monitors.declared import explaining
from oversight.monitors.reading import MOMENT, known_at
from oversight.monitors.spans import NEVER, merged, minus, remaining

#: In what hour (UTC, its end) of which period kind something came of whom. ``publisher`` is the division that sends.
ARRIVAL: Final = pl.Schema({"publisher": pl.Int32(), "kind": pl.String(), "at": MOMENT})

#: Of the gaps that are left, the quantile that is the cadence: one in twenty may be longer.
QUANTILE: Final = 0.95

#: More hours than any year has passed since 1970.
_HOURS: Final = 2**28


@dataclass(frozen=True, slots=True)
class Cadence:
    """How silence is told from cadence; hours, days, times and a number of gaps."""

    factor: float
    least: float
    learn: float
    least_gaps: float
    settle: float


def heard(readings: pl.DataFrame) -> pl.DataFrame:
    """``outlet``, ``at``: the ends of the hours (UTC) in which readings of an outlet became known, each once."""
    # Outlet and hour as one number: what is unique among millions of rows is found four times as fast.
    hour = hour_after(known_at()).dt.epoch("ms") // HOUR_MS
    coded = readings.select(code=pl.col("outlet").cast(pl.Int64) * _HOURS + hour).unique().sort("code")
    at = pl.from_epoch((pl.col("code") % _HOURS) * HOUR_MS, "ms").dt.replace_time_zone("UTC")
    return coded.select((pl.col("code") // _HOURS).cast(pl.Int32).alias("outlet"), at=at)


def hour_after(moment: pl.Expr) -> pl.Expr:
    """The end of the hour in which a moment lies: what came within it is one sign of life, known by then."""
    return moment.dt.truncate("1h") + timedelta(hours=1)


def silent(
    heard: pl.DataFrame, key: Sequence[str], declarations: pl.DataFrame | None, before: datetime, cadence: Cadence
) -> pl.DataFrame:
    """Spans of silence by what was known before a moment.

    ``heard``: ``key`` and ``at``, each once, in order. Columns of the result: ``key``, ``opens``, ``closes``,
    ``last`` (the last sign of life before it), ``limit`` (hours of silence from which it stands), ``cadence`` (hours).
    """
    at = pl.lit(before.astimezone(UTC)).cast(MOMENT)
    signs = heard.filter(pl.col("at") < at)
    gaps = signs.with_columns(next=pl.col("at").shift(-1).over(key))
    long = gaps.filter((pl.col("next").fill_null(at) - pl.col("at")) > timedelta(hours=cadence.least))
    judged = _learnt(gaps, long, key, cadence)
    intervals = _alarms(judged, key, None if declarations is None else explaining(declarations, before), cadence)
    return merged(
        intervals.filter(pl.col("opens") < at),
        key,
        pl.col("last").first(),
        pl.col("limit").first(),
        pl.col("cadence").first(),
    )


def apart_from(found: pl.DataFrame, publishers: pl.DataFrame, outlets: pl.DataFrame) -> pl.DataFrame:
    """Silence of outlets without the moments at which their publisher is silent: that is one outage, and told once.

    ``publishers``: spans by ``publisher``; an outlet's is its county or its city. ``outlets``: ``outlet``,
    ``division``, ``city``.
    """
    numbered = found.with_row_index("id")
    own = numbered.select("id", "outlet").join(outlets.select("outlet", "division", "city"), on="outlet", how="inner")
    placed = pl.concat([own.select("id", publisher="division"), own.select("id", publisher="city")]).unique()
    blocks = placed.join(publishers, on="publisher", how="inner").select("id", begins="opens", ends="closes")
    return minus(numbered, blocks).sort("outlet", "opens").drop("id")


def _learnt(gaps: pl.DataFrame, long: pl.DataFrame, key: Sequence[str], cadence: Cadence) -> pl.DataFrame:
    """The long gaps with ``cadence`` and ``limit`` (hours), learnt from gaps that ended on the days before them.

    Once for each sender and day on which a long gap begins; a sender whose every gap is long has one such day a day.
    """
    hours = (pl.col("next") - pl.col("at")).dt.total_seconds() / 3600
    ended = gaps.drop_nulls("next").select(*key, hours.alias("gap"), day=_day(pl.col("next")))
    daily = ended.group_by(*key, "day").agg("gap")
    wanted = long.select(*key, of=_day(pl.col("at"))).unique()
    pairs = wanted.join(daily, on=key, how="inner").filter(
        (pl.col("day") < pl.col("of")) & (pl.col("day") >= pl.col("of") - timedelta(days=cadence.learn))
    )
    usual = pl.col("gap").filter(pl.col("gap") <= cadence.factor * pl.col("gap").median())
    learnt = (
        pairs.explode("gap")
        .group_by(*key, "of")
        .agg(pl.len().alias("gaps"), usual.quantile(QUANTILE, "higher").alias("cadence"))
        .filter(pl.col("gaps") >= cadence.least_gaps)
    )
    limit = pl.max_horizontal(cadence.factor * pl.col("cadence"), pl.lit(cadence.least))
    return long.with_columns(of=_day(pl.col("at"))).join(learnt, on=[*key, "of"]).with_columns(limit=limit)


def _day(moment: pl.Expr) -> pl.Expr:
    """The UTC day that a moment ends in or has begun: which days they are does not matter, only that they are past."""
    return moment.dt.date()


def _alarms(judged: pl.DataFrame, key: Sequence[str], declared: pl.DataFrame | None, cadence: Cadence) -> pl.DataFrame:
    """One interval for each gap longer than its limit; those that declarations touch are taken apart one by one."""
    named = judged.rename({"at": "last"})
    opens = pl.col("last") + pl.duration(seconds=(pl.col("limit") * 3600).round().cast(pl.Int64))
    closes = pl.col("next") + timedelta(hours=cadence.settle)
    shape = [*key, opens.alias("opens"), closes.alias("closes"), "last", "limit", "cadence", "next"]
    alarms = named.select(shape).with_columns(pl.col("opens", "closes").cast(MOMENT))
    if declared is None or declared.is_empty():
        return alarms.filter(pl.col("next").is_null() | (pl.col("opens") < pl.col("next"))).drop("next")
    whole = declared.filter(pl.col("of").is_null())  # one factor's declaration does not explain the outlet's silence
    touched = alarms.join(whole, on=list(key)).filter(
        (pl.col("starts") < pl.col("next").fill_null(NEVER)) & (pl.col("ends") > pl.col("last"))
    )
    own = touched.select(*key, "last").unique()
    plain = alarms.join(own, on=[*key, "last"], how="anti")
    plain = plain.filter(pl.col("next").is_null() | (pl.col("opens") < pl.col("next")))
    rows = [row for gap in touched.partition_by(*key, "last") for row in _explained(gap, cadence)]
    return pl.concat([plain, pl.DataFrame(rows, schema=alarms.schema)]).drop("next")


def _explained(gap: pl.DataFrame, cadence: Cadence) -> Iterator[dict[str, Any]]:
    """The alarms of one gap. Between two moments at which somebody said something, what was known stays the same."""
    about = gap.row(0, named=True)
    said = gap.select("starts", "ends", "recorded_at", "withdrawn_at").rows()
    moments = sorted({at for row in said for at in row[2:] if at is not None})
    for begins, ends in zip([datetime(1, 1, 1, tzinfo=UTC), *moments], [*moments, NEVER], strict=True):
        blocks = [(one[0], one[1]) for one in said if one[2] <= begins and (one[3] is None or one[3] > begins)]
        returned = about["next"] or NEVER
        for first, after in remaining(about["last"], returned, blocks):
            opens = first + timedelta(seconds=round(about["limit"] * 3600))
            if opens >= after:
                continue
            closes = after + timedelta(hours=cadence.settle) if after == about["next"] else after
            opens, closes = max(opens, begins), min(closes, ends)
            if opens < closes:
                yield {**about, "opens": opens, "closes": None if closes == NEVER else closes}
