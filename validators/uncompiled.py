"""Who finds the rows of an expectation that is not compiled: Great Expectations, where the process has it.

Importing it takes seconds, so only the process with the gate does; the gate puts itself here. In any other process such
a rule is not evaluated, and the judgement says so.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import polars as pl

#: Expectation and frame to the rows that break it.
Finder = Callable[[Mapping[str, Any], pl.DataFrame], pl.Series]

_finders: list[Finder] = []


def use(finder: Finder) -> None:
    """From now on this one finds the rows."""
    _finders[:] = [finder]


def finder() -> Finder | None:
    """Who finds the rows; None in a process without Great Expectations."""
    return _finders[0] if _finders else None
