"""What stands from when until when: spans, the one form in which detectors of monitors tell what they found.

An interval is a row with ``opens`` and ``closes`` (null: it stands still): what one finding says. Intervals of one
subject that overlap or touch are one span. What stands at a moment are the spans that hold it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import Final

import polars as pl

from oversight.matter import MATTER
from oversight.monitors.reading import MOMENT

#: A matter with ``until``: when it stood no more; null while it stands. ``seen`` is when it began to stand.
SPAN: Final = pl.Schema({**MATTER, "until": MOMENT})

#: After everything: stands in for "not yet" where columns are compared.
NEVER: Final = datetime(9999, 1, 1, tzinfo=UTC)
_NEVER: Final = pl.lit(NEVER).cast(MOMENT)
TICK: Final = timedelta(milliseconds=1)


def runs(frame: pl.DataFrame, key: Sequence[str], state: str, at: str) -> pl.DataFrame:
    """Rows in order of ``key`` and ``at`` with a boolean ``state``, to one interval for each run of true.

    Adds to the key: ``opens`` (``at`` of its first row), ``closes`` (``at`` of the first row after it that is false,
    null if none), ``first`` and ``last`` (row numbers in ``frame``).
    """
    same = pl.all_horizontal(pl.col(name) == pl.col(name).shift() for name in key)
    turned = frame.with_row_index("row").with_columns(
        begins=~same.fill_null(value=False) | (pl.col(state) != pl.col(state).shift())
    )
    heads = turned.filter("begins")
    follows = pl.all_horizontal(pl.col(name) == pl.col(name).shift(-1) for name in key).fill_null(value=False)
    heads = heads.with_columns(
        closes=pl.when(follows).then(pl.col(at).shift(-1)),
        last=pl.col("row").shift(-1).fill_null(frame.height) - 1,
    )
    return heads.filter(state).select(*key, pl.col(at).alias("opens"), "closes", pl.col("row").alias("first"), "last")


def merged(intervals: pl.DataFrame, key: Sequence[str], *told: pl.Expr) -> pl.DataFrame:
    """One row for each span: ``key``, ``opens``, ``closes`` and what ``told`` aggregates over its intervals.

    Intervals are taken in order of ``opens``. One that ends before it begins counts for nothing.
    """
    end = pl.col("closes").fill_null(_NEVER)
    ordered = intervals.filter(end > pl.col("opens")).sort(*key, "opens", maintain_order=True)
    reach = end.cum_max().shift().over(key)
    begins = reach.is_null() | (pl.col("opens") > reach)
    grouped = ordered.with_columns(span=begins.cum_sum()).group_by(*key, "span", maintain_order=True)
    closes = end.max().alias("closes")
    found = grouped.agg(pl.col("opens").first(), closes, *told)
    return found.drop("span").with_columns(closes=pl.when(pl.col("closes") < _NEVER).then("closes"))


def within(spans: pl.DataFrame, since: datetime, until: datetime) -> pl.DataFrame:
    """Those that stand at any moment of [since, until); what has not closed before ``until`` has not closed."""
    first, after = (pl.lit(moment.astimezone(UTC)).cast(MOMENT) for moment in (since, until))
    touching = spans.filter((pl.col("opens") < after) & (pl.col("closes").is_null() | (pl.col("closes") > first)))
    return touching.with_columns(closes=pl.when(pl.col("closes") < after).then("closes"))


def minus(intervals: pl.DataFrame, blocks: pl.DataFrame) -> pl.DataFrame:
    """Intervals without the moments of their blocks.

    ``intervals`` has a column ``id``; ``blocks``: ``id``, ``begins``, ``ends`` (null: for good), not null otherwise.
    What is cut in two becomes two rows. Blocks are few: declarations that somebody wrote.
    """
    if blocks.is_empty():
        return intervals
    of: dict[int, list[tuple[datetime, datetime]]] = {}
    for number, begins, ends in blocks.select("id", "begins", "ends").iter_rows():
        of.setdefault(number, []).append((begins, ends or NEVER))
    touched = intervals.filter(pl.col("id").is_in(list(of)))
    pieces = [
        (number, opens, None if closes == NEVER else closes)
        for number, start, end in touched.select("id", "opens", "closes").iter_rows()
        for opens, closes in remaining(start, end or NEVER, of[number])
    ]
    kept = pl.DataFrame(pieces, schema={"id": intervals.schema["id"], "opens": MOMENT, "closes": MOMENT}, orient="row")
    cut = touched.drop("opens", "closes").join(kept, on="id", how="inner").select(intervals.columns)
    return pl.concat([intervals.filter(~pl.col("id").is_in(list(of))), cut])


def remaining(
    start: datetime, end: datetime, blocks: Sequence[tuple[datetime, datetime]]
) -> Iterator[tuple[datetime, datetime]]:
    """The pieces of [start, end) that lie in none of the blocks, in order."""
    for begins, ends in sorted(blocks):
        if begins > start:
            yield start, min(begins, end)
        start = max(start, ends)
        if start >= end:
            return
    yield start, end


def standing(spans: pl.DataFrame, as_of: datetime) -> pl.DataFrame:
    """The matters (``MATTER``) among spans (``SPAN``) that stand at a moment."""
    at = pl.lit(as_of.astimezone(UTC)).cast(MOMENT)
    held = spans.filter((pl.col("seen") <= at) & (pl.col("until").is_null() | (pl.col("until") > at)))
    return held.select(list(MATTER))
