"""Great Expectations configurations as Polars expressions: true where a row breaks the expectation, null where kept.

Only the types below are compiled; ``compile_expectation`` gives None for any other type or option, and the judge then
lets Great Expectations itself name the rows. A null never breaks a column expectation (GX passes over nulls), and NaN
is a null to pandas, so the compiled form passes over NaN as well: that numbers are finite is a rule of its own.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

import polars as pl

Kwargs = Mapping[str, Any]


def _in_set(kwargs: Kwargs) -> pl.Expr:
    return ~pl.col(kwargs["column"]).is_in(list(kwargs["value_set"]))


_COMPILERS: Final[Mapping[str, tuple[Callable[[Kwargs], pl.Expr], frozenset[str]]]] = {
    "expect_column_values_to_be_in_set": (_in_set, frozenset({"column", "value_set"})),
}


def compile_expectation(expectation: Mapping[str, Any]) -> pl.Expr | None:
    """The rows that break the expectation, as an expression; None where Great Expectations must judge it itself."""
    if expectation["type"] not in _COMPILERS:
        return None
    build, options = _COMPILERS[expectation["type"]]
    kwargs: Kwargs = expectation["kwargs"]
    return build(kwargs) if set(kwargs) <= options else None
