"""A matter (问题): what a rule of oversight finds to be so at a moment, one row each.

Detectors give matters, cases are made of them (:mod:`oversight.cases`). A detector is a pure function from frames of
facts to a frame of ``MATTER``: everything that stands at ``as_of``, and nothing that does not. So what stood yesterday
and is not given today has been mended, and the same facts give the same matters whenever and however often one asks.
"""

from __future__ import annotations

from typing import Final

import polars as pl

#: ``cause``: what makes findings one case, the rule's family and the subject (``project-light 2101-340102-…``); of two
#: matters of one cause the graver stands. ``subject``: project code, ``MN/pollutant``, award number, credit code, or
#: ``division/obligation/period``. ``division``: who has to answer. ``seen``: the moment (UTC) since which the facts
#: say so. ``value`` against ``threshold``, both in ``unit``. ``evidence``: JSON, a list of objects, each the natural
#: key of a fact (``{"kind": "project", "project_code": …, "revision": …}``) or a figure (``{"figure": …, …}``).
MATTER: Final = pl.Schema(
    {
        "rule": pl.String(),
        "version": pl.Int32(),
        "cause": pl.String(),
        "division": pl.Int32(),
        "subject": pl.String(),
        "period": pl.String(),
        "severity": pl.String(),
        "seen": pl.Datetime("ms", "UTC"),
        "value": pl.Float64(),
        "threshold": pl.Float64(),
        "unit": pl.String(),
        "evidence": pl.String(),
    }
)

#: From light to grave. ``YELLOW`` and ``RED`` are the lights of project oversight (黄灯, 红灯); ``NOTICE``: 提示.
SEVERITIES: Final = ("NOTICE", "YELLOW", "RED")


def none() -> pl.DataFrame:
    """No matter at all."""
    return MATTER.to_frame()
