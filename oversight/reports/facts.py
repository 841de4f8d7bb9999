"""What a report's sections are made of: frames of one period, and what could not be had with the reason."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import polars as pl

from huiliu.period import Period
from oversight.transmission.windows import Requirement


@dataclass(frozen=True)
class Facts:
    """One period as known at the report's moment; shapes as in ``sinks.report_figures``.

    ``outlets``: ``city``, ``mn``, ``enterprise``, ``registered_at``. ``effectiveness``: by city, ``enterprises``: by
    enterprise (``oversight.transmission.score.rates``). ``matters``: frame of MATTER; ``cases`` and ``obligations``: as
    their sections say; each None where that part of oversight gave nothing to this report, and ``absent`` says why.
    """

    period: Period
    readings: pl.DataFrame
    projects: pl.DataFrame
    awards: pl.DataFrame
    indicators: pl.DataFrame
    records: pl.DataFrame
    outlets: pl.DataFrame
    effectiveness: pl.DataFrame
    enterprises: pl.DataFrame
    requirement: Requirement
    matters: pl.DataFrame | None = None
    cases: pl.DataFrame | None = None
    obligations: pl.DataFrame | None = None
    absent: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Controls:
    """The same totals from elsewhere, to be held against the figures: see ``sinks.report_figures``."""

    readings: pl.DataFrame
    projects: pl.DataFrame
    awards: pl.DataFrame
