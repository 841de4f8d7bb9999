"""The one table of the eight mechanisms, by the name that criteria and commands use."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Final

import polars as pl

from huiliu.period import Period
from oversight.facts import Facts
from oversight.mechanisms.adjustment import adjustment
from oversight.mechanisms.consultation import consultation
from oversight.mechanisms.criteria import Criteria
from oversight.mechanisms.monthly import monthly
from oversight.mechanisms.on_site import on_site
from oversight.mechanisms.quarterly import quarterly
from oversight.mechanisms.reserve import reserve
from oversight.mechanisms.responsibility import responsibility
from oversight.mechanisms.risk import risk
from oversight.rule_files import Rules

#: Facts, criteria, period, ``as_of`` (UTC) and the rules whose lights count: rows of the mechanism's own schema.
Mechanism = Callable[[Facts, Criteria, Period, datetime, Rules], pl.DataFrame]

MECHANISMS: Final[Mapping[str, Mechanism]] = MappingProxyType(
    {
        "monthly": monthly,
        "quarterly": quarterly,
        "on_site": on_site,
        "consultation": consultation,
        "adjustment": adjustment,
        "reserve": reserve,
        "responsibility": responsibility,
        "risk": risk,
    }
)
