"""Which version of an hour's reading stands in the immediate and in the completed figure.

Judged on what the centre received: a version counts from the moment the broker received it (``received_at``, by the
broker's own clock: the intake topics are LogAppendTime), not from when a worker loaded it. So an outage of the hub
costs nobody points, and a replay gives the same figures; a reading that waited for its registration was received when
it came first. Of several versions received in time the highest revision
stands; duplicates and corrections are versions of one hour and never count twice.

Completion by hand, a version received after the immediate moment that changes what was there or that carries a mark,
needs a documented declaration over the hour by the 10th of the next month; then, without one, the original comes back:
the version of the immediate figure, or none. Data that were missing and that the device re-sent by itself within the
window (no mark) need no document: nothing was entered by hand.
"""

from __future__ import annotations

from datetime import datetime
from typing import Final

import polars as pl

from oversight.transmission import hours
from oversight.transmission.marks import effect
from oversight.transmission.registered import KEY
from oversight.transmission.windows import MOMENT, Windows, at, documented, immediate, repaired

#: ``measured``: whether it has a value. One row for each version of an hour; ``hour`` is 0 to 23 in Shanghai.
VERSIONS: Final = pl.Schema(
    {
        "outlet": pl.Int32(),
        "pollutant": pl.Int16(),
        "day": pl.Date(),
        "hour": pl.Int8(),
        "revision": pl.Int32(),
        "received_at": MOMENT,
        "flag": pl.String(),
        "mark": pl.String(),
        "measured": pl.Boolean(),
    }
)
HOUR_KEY: Final = (*KEY, "hour")
#: What a version says; the original's comes back where a repair lapsed.
CONTENT: Final = ("revision", "received_at", "flag", "mark", "measured")


def newest(versions: pl.DataFrame, until: pl.Expr) -> pl.DataFrame:
    """Of each hour the highest revision that was received by then."""
    received = versions.filter(pl.col("received_at") <= until)
    return received.sort(*HOUR_KEY, "revision", "received_at").unique(HOUR_KEY, keep="last", maintain_order=True)


def originals(versions: pl.DataFrame, windows: Windows) -> pl.DataFrame:
    """What stands in the immediate figure."""
    return newest(versions, immediate(windows, pl.col("day"))).with_columns(lapsed=pl.lit(False))


def completed(
    versions: pl.DataFrame, original: pl.DataFrame, proofs: pl.DataFrame, as_of: datetime, windows: Windows
) -> pl.DataFrame:
    """What stands in the completed figure. ``lapsed``: a repair without document, so the original came back.

    ``proofs``: by outlet, factor and day the set ``proven`` of hours under a documented declaration. An hour whose
    repair lapsed and that had no original stays in the frame with a null ``revision``: not received.
    """
    now = at(as_of)
    found = newest(versions, pl.min_horizontal(repaired(windows, pl.col("day")), now))
    first = original.select(*HOUR_KEY, *(pl.col(name).alias(f"original_{name}") for name in CONTENT))
    found = found.join(first, on=HOUR_KEY, how="left").join(proofs, on=KEY, how="left")
    by_hand = (pl.col("revision") != pl.col("original_revision")).fill_null(pl.col("mark").is_not_null())
    proven = (pl.col("proven").fill_null(hours.NONE) & hours.one(pl.col("hour"))) != 0
    lapsed = by_hand & ~proven & (now > documented(windows, pl.col("day")))
    restored = [pl.when("lapsed").then(f"original_{name}").otherwise(name).alias(name) for name in CONTENT]
    return found.with_columns(lapsed=lapsed).select(*HOUR_KEY, *restored, "lapsed").sort(HOUR_KEY)


def sets(standing: pl.DataFrame) -> pl.DataFrame:
    """By outlet, factor and day: hours received, valid, excluded, invalid and as standard check, by their own marks."""
    here = standing.filter(pl.col("revision").is_not_null()).with_columns(
        effect=effect(), bit=hours.one(pl.col("hour"))
    )
    chosen = {
        name: hours.union(pl.col("bit").filter(pl.col("effect") == name)) for name in ("valid", "excluded", "check")
    }
    return here.group_by(KEY).agg(hours.union(pl.col("bit")).alias("received"), **chosen)
