"""What was found beside what was planted: share found, false ones, days to open and to close, by topic.

``found`` is a frame of spans: ``family`` (of the rule), ``subject``, ``opened_at``, ``closed_at`` (null: open). They
come from cases, or from matters judged at moments (``from_matters``). A planted span is found when a span of its
family and subject touches it; a found span is false when it touches no planted one, due or not.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

import polars as pl

_MOMENT: Final = pl.Datetime("ms", "UTC")
#: Spans that were found.
FOUND: Final = pl.Schema(
    {"family": pl.String(), "subject": pl.String(), "opened_at": _MOMENT, "closed_at": _MOMENT, "severity": pl.String()}
)

#: The family of rules by which each topic is found; a topic that is not named is its own.
FAMILIES: Final = {
    "project-behind": "project-light",
    "project-not-started": "project-light",
    "project-stopped": "project-light",
}


@dataclass(frozen=True, slots=True)
class Line:
    """One topic. Days are medians and the largest; None where nothing was found, or nothing closed."""

    topic: str
    planted: int
    found: int
    share: float
    false: int
    innocents: int
    innocents_found: int
    days_to_open: float | None
    days_to_open_most: float | None
    days_to_close: float | None
    days_to_close_most: float | None


def from_matters(judged: Sequence[tuple[datetime, pl.DataFrame]]) -> pl.DataFrame:
    """``FOUND`` from the matters (``oversight.matter.MATTER``) that stood at moments, in order of time.

    A span opens at the first moment at which its matter stands and closes at the first at which it stands no more.
    """
    moments = pl.DataFrame(
        {"at": [at for at, _ in judged], "number": range(len(judged))},
        schema={"at": pl.Datetime("us", "UTC"), "number": pl.Int64},
    ).with_columns(pl.col("at").cast(_MOMENT))
    rows = [
        matters.select(
            pl.col("cause").str.split(" ").list.first().alias("family"), "subject", "severity",
            pl.lit(number, pl.Int64).alias("number"),
        )
        for number, (_, matters) in enumerate(judged)
    ]  # fmt: skip
    if not rows:
        return FOUND.to_frame()
    key = ("family", "subject")
    stood = pl.concat(rows).unique((*key, "number")).sort(*key, "number")
    runs = stood.with_columns(run=(pl.col("number") - pl.int_range(pl.len()).over(key)))
    spans = runs.group_by(*key, "run", maintain_order=True).agg(
        pl.col("number").min().alias("first"), (pl.col("number").max() + 1).alias("after"),
        pl.when((pl.col("severity") == "RED").any()).then(pl.lit("RED")).otherwise(pl.col("severity").first())
        .alias("severity"),
    )  # fmt: skip
    opened = moments.rename({"number": "first", "at": "opened_at"})
    closed = moments.rename({"number": "after", "at": "closed_at"})
    told = spans.join(opened, on="first", how="left").join(closed, on="after", how="left")
    return told.select(pl.col(name).cast(kind) for name, kind in FOUND.items()).sort(*key, "opened_at")


def from_spans(spans: pl.DataFrame) -> pl.DataFrame:
    """``FOUND`` from spans of monitors (``oversight.monitors.spans.SPAN``): as they stood, by no judgement's hour."""
    family = pl.col("cause").str.split(" ").list.first().alias("family")
    told = spans.select(family, "subject", opened_at="seen", closed_at="until", severity="severity")
    return told.cast(FOUND).sort("family", "subject", "opened_at")


def compare(
    key: pl.DataFrame, innocents: pl.DataFrame, found: pl.DataFrame, slack: timedelta = timedelta(days=1)
) -> list[Line]:
    """One line for each topic of the key. ``slack``: how long after its end a planted span may still be found."""
    families = pl.col("topic").replace(FAMILIES).alias("family")
    planted = key.with_row_index("row").with_columns(families)
    touching = _touching(planted, found.with_row_index("span"), slack)
    false = found.with_row_index("span").join(touching.select("span").unique(), on="span", how="anti")
    suspected = innocents.with_row_index("row").with_columns(families)
    return [
        _line(topic, planted, touching, false, suspected, innocents)
        for topic in planted["topic"].unique().sort().to_list()
    ]


def _touching(planted: pl.DataFrame, found: pl.DataFrame, slack: timedelta) -> pl.DataFrame:
    """Pairs of a planted and a found span of one family and subject that touch."""
    pairs = planted.join(found.drop("severity"), on=("family", "subject"))
    return pairs.filter(
        (pl.col("closes_at").is_null() | (pl.col("opened_at") <= pl.col("closes_at") + slack))
        & (pl.col("closed_at").is_null() | (pl.col("closed_at") >= pl.col("opens_at")))
    )


def _line(
    topic: str,
    planted: pl.DataFrame,
    touching: pl.DataFrame,
    false: pl.DataFrame,
    suspected: pl.DataFrame,
    innocents: pl.DataFrame,
) -> Line:
    due = planted.filter((pl.col("topic") == topic) & pl.col("due"))
    own = touching.join(due.select("row"), on="row", how="semi")
    first = own.group_by("row").agg(
        ((pl.col("opened_at") - pl.col("opens_at")).min().dt.total_seconds() / 86_400).alias("open"),
        ((pl.col("closed_at") - pl.col("closes_at")).max().dt.total_seconds() / 86_400).alias("close"),
    )
    family = FAMILIES.get(topic, topic)
    looks = suspected.filter(pl.col("topic") == topic)
    # A family's false ones are told under its first topic that stands for them, so that they are counted once.
    told_here = topic == min(one for one in planted["topic"].unique() if FAMILIES.get(one, one) == family)
    accused = looks.join(false, on=("family", "subject")).filter(
        (pl.col("opened_at") <= pl.col("until_at"))
        & (pl.col("closed_at").is_null() | (pl.col("closed_at") >= pl.col("from_at")))
    )
    opening, closing = _clipped(first["open"]), _clipped(first["close"].drop_nulls())
    return Line(
        topic=topic,
        planted=due.height,
        found=first.height,
        share=first.height / due.height if due.height else 1.0,
        false=false.filter(pl.col("family") == family).height if told_here else 0,
        innocents=looks.height,
        innocents_found=accused["row"].n_unique(),
        days_to_open=_median(opening),
        days_to_open_most=_most(opening),
        days_to_close=_median(closing),
        days_to_close_most=_most(closing),
    )


def _clipped(days: pl.Series) -> pl.Series:
    """A case that was open already for another span of the same cause took no time."""
    return days.clip(lower_bound=0.0)


def _median(days: pl.Series) -> float | None:
    found: Any = days.median()
    return None if found is None else round(float(found), 2)


def _most(days: pl.Series) -> float | None:
    found: Any = days.max()
    return None if found is None else round(float(found), 2)
