"""Steps 3 and 6 of the batch: what each event does to what is known of its natural key.

A higher revision supersedes; the same revision with the same content is a duplicate, with other content a conflict; a
lower one is stale. The events of one batch are folded in the order they were read, so that the second of two sees the
first. Pure: frames in, frames out, no loop over rows.
"""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from huiliu.outcome import Outcome


def fold(events: pl.DataFrame, known: pl.DataFrame, key: Sequence[str]) -> pl.DataFrame:
    """The events with ``outcome`` UInt8, ``final`` and ``exists`` Boolean.

    `events` (in reading order) and `known` (current rows, one per key) have the `key` columns, ``revision`` and
    ``content``. A conflict has the outcome QUARANTINED. ``final`` is true for the loaded event that is current after
    the batch, ``exists`` where the key is in `known`.
    """
    keys = list(key)
    current = known.select(
        *keys, pl.col("revision").alias("known__revision"), pl.col("content").alias("known__content")
    )
    joined = events.join(current, on=keys, how="left", maintain_order="left", nulls_equal=True)
    repeated = joined.select(keys).is_duplicated()
    if repeated.any():
        joined = joined.with_columns(_before(keys), _holder(keys))
    else:
        joined = joined.with_columns(
            pl.lit(None, pl.Int32).alias("before__revision"), pl.lit(None, pl.Int64).alias("before__content")
        )
    judged = joined.with_columns(_outcome())
    loaded = pl.col("outcome") <= int(Outcome.CORRECTED)
    if repeated.any():
        final = loaded & (pl.col("revision") == pl.col("revision").filter(loaded).max().over(keys))
    else:
        final = loaded
    return judged.with_columns(
        final.fill_null(False).alias("final"), pl.col("known__revision").is_not_null().alias("exists")
    ).drop("known__revision", "known__content", "before__revision", "before__content")


def _before(keys: list[str]) -> pl.Expr:
    """The highest revision of the key among the events before this one."""
    return pl.col("revision").cum_max().shift(1).over(keys).alias("before__revision")


def _holder(keys: list[str]) -> pl.Expr:
    """The content of the first event in the batch that has this key and revision."""
    return pl.col("content").first().over([*keys, "revision"]).alias("before__content")


def _outcome() -> pl.Expr:
    known, before, revision = pl.col("known__revision"), pl.col("before__revision"), pl.col("revision")
    current = pl.max_horizontal(known, before)
    content = pl.when(known == current).then(pl.col("known__content")).otherwise(pl.col("before__content"))
    same = pl.col("content") == content
    return (
        pl.when(current.is_null())
        .then(int(Outcome.ACCEPTED))
        .when(revision > current)
        .then(int(Outcome.CORRECTED))
        .when(revision < current)
        .then(int(Outcome.STALE))
        .when(same)
        .then(int(Outcome.DUPLICATE))
        .otherwise(int(Outcome.QUARANTINED))
        .cast(pl.UInt8)
        .alias("outcome")
    )
