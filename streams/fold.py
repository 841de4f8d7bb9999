"""Steps 3 and 6 of the batch: what each event does to what is known of its natural key.

A higher revision supersedes; the same revision with the same content is a duplicate, with other content a conflict; a
lower one is stale. The events of one batch are folded in the order they were read, so that the second of two sees the
first. Pure: frames in, frames out, no loop over rows.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import polars as pl

from huiliu.outcome import Outcome

Mask = npt.NDArray[np.bool_]


def fold(events: pl.DataFrame, known: pl.DataFrame, key: Sequence[str]) -> pl.DataFrame:
    """The events with ``outcome`` UInt8, ``final`` and ``exists`` Boolean.

    `events` (in reading order) and `known` (current rows, one per key) have the `key` columns, ``revision`` and
    ``content``. A conflict has the outcome QUARANTINED. ``final`` is true for the loaded event that is current after
    the batch, ``exists`` where the key is in `known`.
    """
    slim = events.select(*key, "revision", "content")
    past = known.select(*key, "revision", "content").cast(slim.schema)
    contested = _contested(slim, past, list(key))
    rows = np.flatnonzero(contested)
    outcome = np.full(events.height, int(Outcome.ACCEPTED), np.uint8)
    final, exists = np.full(events.height, True), np.full(events.height, False)
    if len(rows):
        found = _folded(slim[rows], past, list(key))
        outcome[rows], final[rows], exists[rows] = (found[name].to_numpy() for name in ("outcome", "final", "exists"))
    return events.hstack(
        [pl.Series("outcome", outcome), pl.Series("final", final), pl.Series("exists", exists, pl.Boolean)]
    )


def _contested(events: pl.DataFrame, known: pl.DataFrame, keys: list[str]) -> Mask:
    """Events whose key another event or a current row has: few. Of the others there is nothing to decide.

    Told by a hash of the key: two keys that share one are looked at closely, which costs a moment and no more.
    """
    ours = events.select(keys).hash_rows()
    contested = ours.is_duplicated()
    if not known.is_empty():
        contested |= ours.is_in(known.select(keys).hash_rows().implode())
    found: Mask = contested.to_numpy()
    return found


def _folded(events: pl.DataFrame, known: pl.DataFrame, keys: list[str]) -> pl.DataFrame:
    current = known.select(
        *keys, pl.col("revision").alias("known__revision"), pl.col("content").alias("known__content")
    )
    joined = events.join(current, on=keys, how="left", maintain_order="left", nulls_equal=True)
    judged = joined.with_columns(_before(keys), _holder(keys)).with_columns(_outcome())
    loaded = pl.col("outcome") <= int(Outcome.CORRECTED)
    final = loaded & (pl.col("revision") == pl.col("revision").filter(loaded).max().over(keys))
    return judged.select(
        "outcome", final.fill_null(False).alias("final"), pl.col("known__revision").is_not_null().alias("exists")
    )


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
