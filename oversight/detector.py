"""What a detector is: a pure function, and what it asks of the rules that name it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

import polars as pl

from oversight.facts import Facts
from oversight.rule import Rule

Find = Callable[[Rule, Facts, datetime], pl.DataFrame]
#: What stood at any moment of [since, until): ``oversight.monitors.spans.SPAN``.
Spans = Callable[[Rule, Facts, datetime, datetime], pl.DataFrame]


@dataclass(frozen=True, slots=True)
class Parameter:
    """A threshold that rules of a detector state: in which unit, from ``least`` to ``most``."""

    unit: str
    zh: str
    en: str
    least: float = 0.0
    most: float = float("inf")


@dataclass(frozen=True, slots=True)
class Detector:
    """``find(rule, facts, as_of)`` gives ``oversight.matter.MATTER``: what stands at ``as_of`` (UTC), and nothing else.

    ``parameters``: all of them must be stated, and no other. ``rising``: names of parameters that must not fall in
    this order (a yellow threshold lies before the red one).

    ``spans``, where a detector has it: what stood over a time, in one pass; ``find`` is its special case.
    ``by_outlets``: what it finds of an outlet follows from that outlet's facts alone, so it can be given a range of
    outlets at a time.
    """

    find: Find
    parameters: Mapping[str, Parameter]
    rising: tuple[str, ...] = ()
    spans: Spans | None = None
    by_outlets: bool = False
