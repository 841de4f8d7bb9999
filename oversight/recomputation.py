"""Hour values recomputed from minutes, day values from hours, beside what the device sent.

HJ 212-2017 appendix D (which quotes HJ/T 75 and 76-2007), and the notes to tables C.16 to C.18:

- **gas**: an hour is the mean of at least 45 valid minutes, a day of at least 20 valid hours. Arithmetic.
- **water**: records of 10 minutes; an hour has 1 to 6 of them, a day 1 to 24 hours. Concentrations that have an emitted
  mass are weighted by flow, ``C = Σ(C·Q) / ΣQ``, where every part has a flow; else, and for pH, temperature, oxygen and
  the flow itself, the mean is arithmetic.
- **cumulative** values are sums of the valid parts.
- **corrected** averages are means of corrected values, not the correction of means.
- **flag of the whole**: gas is normal where 75 % of its parts are (45 of 60 minutes, and by appendix D 20 hours of a
  day, which is what is asked here); water is abnormal as soon as one part is.

A part is valid when its data flag says so: that is what the device can know. Minute records may come every 1, 2, 3, 4,
5, 6, 10, 12, 15, 20 or 30 minutes; how many minutes one stands for is taken from the hour of the outlet and factor, in
the span asked for, in which they stand closest together (30 where no hour has two).

Tolerance: what rounding explains, one unit of the last decimal that the standard prints for the factor (half a unit
of every part, half of the whole), or a share of the value (1 %), whichever is more: a device works with more digits
and finer flows than it sends. For sums half a unit of 0.01 kg for each part and the whole. Values entered by hand (mark
MANUAL, flag S) are not the device's computation and are left out.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Final

import polars as pl

from oversight.transmission.marks import valid_flags
from schemas.contract import Code, codes
from sinks import recomputed
from sinks.recomputed import Factor
from sinks.reference import pollutant_ids
from sinks.transmission import Span
from sinks.warehouse import Connection

MICRO: Final = 1_000_000
SHARE: Final = 0.01
MASS_GRAIN: Final = MICRO // 100  #: cumulative values are printed to 0.01 kg
FLOW: Final = "w00000"

#: What a gas needs of each whole: minutes of an hour, hours of a day.
LEAST_OF_GAS: Final = {"HOUR": 45, "DAY": 20}
PARTS: Final = {"HOUR": "MINUTE", "DAY": "HOUR"}

VERDICTS: Final = {
    "EQUAL": ("相符", "equal"),
    "VALUE": ("数值不符", "value differs"),
    "TOO_FEW": ("有效分数据不足而报为正常", "sent as normal, too few valid parts"),
    "FLAG": ("标记不符", "flag differs"),
    "NOT_SENT": ("应有而未报", "could be computed, was not sent"),
    "BY_HAND": ("手工数据", "entered by hand"),
    "NO_PARTS": ("无分数据可核", "no parts to compute it from"),
    "NEITHER": ("未报且不足以计算", "not sent, and too few parts"),
}

_DECIMALS: Final = re.compile(r"N\d+(?:\.(\d+))?")


@dataclass(frozen=True)
class Comparison:
    """How many values have each verdict, and rows that differ (see ``sinks.recomputed.compared``)."""

    counts: dict[str, int]
    differing: pl.DataFrame


def factors(whole: str) -> Iterator[Factor]:
    """How each factor of gas and water is recomputed to an HOUR or a DAY."""
    for entry in codes("pollutant"):
        water = entry.code.startswith("w")
        if not water and not entry.code.startswith("a"):
            continue
        weighted = water and entry.extra.get("unit_emission_si") in ("kg", "g", "mg")
        least = 1 if water else LEAST_OF_GAS[whole]
        yield Factor(pollutant_ids()[entry.code], _grain(entry), weighted, least, strict=water)


def _grain(entry: Code) -> int:
    """One unit of the last decimal that the standard prints, in micro-units."""
    form = _DECIMALS.fullmatch(str(entry.extra.get("type") or ""))
    return MICRO // 10 ** min(int(form[1] or 0), 6) if form else MICRO // 100


def compare(
    connection: Connection,
    whole: str,
    first: date,
    last: date,
    outlets: tuple[int, ...] | None,
    pollutant: str | None,
    share: float = SHARE,
    limit: int = 1000,
) -> Comparison:
    """Hold the HOUR or DAY values of these days beside what their parts say; of one factor, or of all.

    ``share``: tolerated difference as a share of the recomputed value. ``limit``: rows of each verdict that differs.
    """
    chosen = [one for one in factors(whole) if pollutant is None or one.pollutant == pollutant_ids()[pollutant]]
    counts, differing = recomputed.compared(
        connection, Span(first, last, outlets), PARTS[whole], whole, chosen, pollutant_ids()[FLOW], valid_flags(),
        share, MASS_GRAIN, limit,
    )  # fmt: skip
    return Comparison({name: counts.get(name, 0) for name in VERDICTS}, differing)
