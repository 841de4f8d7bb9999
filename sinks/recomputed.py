"""Hour values beside what their minutes say, and day values beside their hours: one statement over the warehouse.

Sums are of whole micro-units and exact whatever their order; means are their quotients in ``numeric``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import polars as pl
from sqlalchemy import Connection

from sinks.encoding import PERIODS
from sinks.fetch import fetch
from sinks.queries import query
from sinks.transmission import Span


@dataclass(frozen=True, slots=True)
class Factor:
    """How one factor is recomputed.

    ``grain``: what rounding to print can move a mean by, micro-units. ``weighted``: by flow. ``least``: parts of the
    whole (minutes of an hour, hours of a day) that must be valid. ``strict``: one abnormal part makes the whole so.
    """

    pollutant: int
    grain: int
    weighted: bool
    least: int
    strict: bool


def compared(
    connection: Connection,
    span: Span,
    part: str,
    whole: str,
    factors: Sequence[Factor],
    flow: int,
    flags: Sequence[str],
    share: float,
    mass_grain: int,
    limit: int,
) -> tuple[dict[str, int], pl.DataFrame]:
    """How many values have each verdict, and the first ``limit`` of each that differs, by outlet, factor and time.

    Verdicts: EQUAL, VALUE, TOO_FEW, FLAG, NOT_SENT, BY_HAND, NO_PARTS, NEITHER (see oversight.recomputation). Rows:
    ``outlet``, ``pollutant``, ``start``, ``flag``, ``mark``, ``parts``, ``valid``, ``covered``, ``by_flow``, and of
    ``average``, ``corrected`` and ``cumulative`` the value, ``sent_…`` and ``…_off``.
    """
    asked: dict[str, Any] = {
        **span.bounds,
        "part": PERIODS.index(part),
        "whole": PERIODS.index(whole),
        "width": timedelta(hours=1) if whole == "HOUR" else timedelta(days=1),
        "pollutants": [one.pollutant for one in factors],
        "grains": [one.grain for one in factors],
        "weighted": [one.weighted for one in factors],
        "least": [one.least for one in factors],
        "strict": [one.strict for one in factors],
        "flow": flow,
        "flags": list(flags),
        "share": share,
        "mass_grain": mass_grain,
        "limit": limit,
    }
    connection.exec_driver_sql("set local work_mem = '128MB'")
    found = fetch(connection, query("recomputed", "compared"), asked)
    counts = dict(found.filter(pl.col("counted").is_not_null()).select("verdict", "counted").iter_rows())
    sent = counts.pop("SENT")
    counts["NO_PARTS"] = sent - sum(
        count for verdict, count in counts.items() if verdict not in ("NOT_SENT", "NEITHER")
    )
    differing = found.filter(pl.col("place").is_not_null()).drop("counted", "place")
    return counts, differing.sort("outlet", "pollutant", "start")
