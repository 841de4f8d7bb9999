"""The facts that detectors read: named frames, as known at one moment, each read when first asked for.

``SHAPES`` is the one list of frames with their columns. Where they come from is not a detector's business: the
warehouse (:func:`oversight.facts_known.known`), a simulated year, or a test that writes a frame by hand.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial
from types import MappingProxyType
from typing import Final

import polars as pl

from oversight.errors import OversightError
from oversight.monitors.effectiveness import TRANSMISSION
from oversight.monitors.reading import OUTLET, READING
from oversight.monitors.silence import ARRIVAL
from oversight.obligations.states import STATE
from oversight.transmission.declared import DECLARATIONS

_MOMENT: Final = pl.Datetime("ms", "UTC")

#: One row per project, the newest that is known; money in fen, progress in per cent.
PROJECT: Final = pl.Schema(
    {
        "project_code": pl.String(),
        "division": pl.Int32(),
        "name": pl.String(),
        "enterprise": pl.String(),
        "programme": pl.String(),
        "tier": pl.String(),
        "stage": pl.String(),
        "month": pl.String(),
        "planned_investment": pl.Int64(),
        "cumulative_investment": pl.Int64(),
        "equipment_investment": pl.Int64(),
        "software_investment": pl.Int64(),
        "progress": pl.Float64(),
        "planned_start": pl.Date(),
        "planned_completion": pl.Date(),
        "actual_start": pl.Date(),
        "actual_completion": pl.Date(),
        "revision": pl.Int32(),
        "reported_at": _MOMENT,
        "known_from": _MOMENT,
    }
)

#: One row per award, the newest that is known; money in fen.
AWARD: Final = pl.Schema(
    {
        "award_number": pl.String(),
        "division": pl.Int32(),
        "policy": pl.String(),
        "clause": pl.String(),
        "fiscal_year": pl.Int32(),
        "project_code": pl.String(),
        "payee": pl.String(),
        "payee_name": pl.String(),
        "payee_count": pl.Int32(),
        "basis": pl.Int64(),
        "amount": pl.Int64(),
        "uplift": pl.Boolean(),
        "level": pl.String(),
        "mode": pl.String(),
        "status": pl.String(),
        "approved_on": pl.Date(),
        "paid_on": pl.Date(),
        "paid_amount": pl.Int64(),
        "revision": pl.Int32(),
        "reported_at": _MOMENT,
        "known_from": _MOMENT,
    }
)

INDICATOR: Final = pl.Schema(
    {
        "division": pl.Int32(),
        "indicator": pl.String(),
        "period": pl.String(),
        "value": pl.Float64(),
        "unit": pl.String(),
        "cumulative": pl.Boolean(),
        "revision": pl.Int32(),
        "reported_at": _MOMENT,
        "known_from": _MOMENT,
    }
)

#: ``project_month``: of every project and month the last that is known of it, the columns of ``project``.
SHAPES: Final[Mapping[str, pl.Schema]] = MappingProxyType(
    {
        "project": PROJECT,
        "project_month": PROJECT,
        "award": AWARD,
        "indicator": INDICATOR,
        "reading": READING,
        "outlet": OUTLET,
        "declaration": DECLARATIONS,
        "arrival": ARRIVAL,
        "transmission": TRANSMISSION,
        "obligation": STATE,
    }
)

Read = Callable[[], pl.DataFrame]


@dataclass(frozen=True)
class Facts:
    """Frames by name. ``reads`` are called at most once each; what one gives must have the columns of ``SHAPES``.

    ``ranges``: the same facts of some outlets at a time, where all hours at once would be too many to hold.
    """

    reads: Mapping[str, Read]
    ranges: Callable[[], Iterator[Facts]] | None = None
    _frames: dict[str, pl.DataFrame] = field(default_factory=dict)

    def frame(self, name: str) -> pl.DataFrame:
        """The frame of this name. Raises OversightError where nobody gives it or its columns are not as said."""
        if name not in self._frames:
            self._frames[name] = self._read(name)
        return self._frames[name]

    def by_outlets(self) -> Iterator[Facts]:
        """These facts, by ranges of outlets where they are given so."""
        yield from (self,) if self.ranges is None else self.ranges()

    def _read(self, name: str) -> pl.DataFrame:
        if name not in self.reads:
            raise OversightError(f"facts without the frame {name!r}; given: {', '.join(sorted(self.reads)) or 'none'}")
        frame, wanted = self.reads[name](), SHAPES[name]
        wrong = [f"{column} {kind}" for column, kind in wanted.items() if frame.schema.get(column) != kind]
        if wrong:
            raise OversightError(f"facts {name!r}: wanted columns {', '.join(wrong)}; has {dict(frame.schema)}")
        return frame.select(list(wanted))


def given(**frames: pl.DataFrame) -> Facts:
    """Facts from frames at hand; a frame that is not given is empty."""
    reads: dict[str, Read] = {name: schema.to_frame for name, schema in SHAPES.items()}
    return Facts(reads | {name: partial(_same, frame) for name, frame in frames.items()})


def _same(frame: pl.DataFrame) -> pl.DataFrame:
    return frame
