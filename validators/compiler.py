r"""Great Expectations configurations as Polars expressions: true where a row breaks the expectation, null where kept.

Only the types and options below are compiled; for any other ``compile_expectation`` gives None, and Great Expectations
itself names the rows, slower. What is compiled gives the verdict of GX 1.x on pandas, row for row:

- GX passes over missing values, and to pandas a NaN is missing: so both here (that numbers are finite is its own rule);
- a pair is passed over if ``ignore_row_if`` is ``either_value_is_missing``; other settings are not compiled;
- a regular expression means the same to Rust, RE2 and Python only without ``\d``, ``\w``, ``\s``, ``\b``, ``.``,
  look-around and ``$`` (which in Python also stands before a last line feed): others are not compiled. Rules write
  ``$`` and mean the end, and plain groups; ``published`` says them as ``\Z`` and ``(?:``, and so the suites do.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any, Final

import polars as pl

Kwargs = Mapping[str, Any]
Types = Mapping[str, pl.DataType]

_PORTABLE: Final = re.compile(
    r"(?:\[\^?(?:[^\\\]]|\\x[0-9a-f]{2}|\\[^A-Za-z0-9])+\]|[^\\.$\[]|\\x[0-9a-f]{2}|\\[^A-Za-z0-9]|\\Z)*"
)
_PARTS: Final = re.compile(r"\[\^?(?:[^\\\]]|\\.)+\]|\\.|.", re.DOTALL)


def _value(column: str, types: Types) -> pl.Expr:
    """The column, with NaN as the missing value that it is to pandas."""
    return pl.col(column).fill_nan(None) if types[column].is_float() else pl.col(column)


def _not_null(kwargs: Kwargs, types: Types) -> pl.Expr:
    return _value(kwargs["column"], types).is_null()


def _in_set(kwargs: Kwargs, types: Types) -> pl.Expr:
    return ~_value(kwargs["column"], types).is_in(
        pl.Series(kwargs["value_set"], dtype=types[kwargs["column"]]).implode()
    )


def _not_in_set(kwargs: Kwargs, types: Types) -> pl.Expr:
    return ~_in_set(kwargs, types)


def _outside(value: pl.Expr, kwargs: Kwargs, low: str = "min_value", high: str = "max_value") -> pl.Expr:
    broken = pl.lit(False)
    if kwargs.get(low) is not None:
        broken |= value <= kwargs[low] if kwargs.get("strict_min") else value < kwargs[low]
    if kwargs.get(high) is not None:
        broken |= value >= kwargs[high] if kwargs.get("strict_max") else value > kwargs[high]
    return broken


def _between(kwargs: Kwargs, types: Types) -> pl.Expr:
    return _outside(_value(kwargs["column"], types), kwargs)


def _lengths_between(kwargs: Kwargs, _: Types) -> pl.Expr:
    return _outside(pl.col(kwargs["column"]).str.len_chars(), kwargs)


def _match(kwargs: Kwargs, types: Types) -> pl.Expr:
    return ~_not_match(kwargs, types)


def _not_match(kwargs: Kwargs, _: Types) -> pl.Expr:
    rust = "".join(r"\z" if part == r"\Z" else part for part in _PARTS.findall(kwargs["regex"]))
    return pl.col(kwargs["column"]).str.contains(rust)


def _pair_greater(kwargs: Kwargs, types: Types) -> pl.Expr:
    a, b = _value(kwargs["column_A"], types), _value(kwargs["column_B"], types)
    return a < b if kwargs.get("or_equal") else a <= b


def _is_number(kwargs: Kwargs, types: Types) -> bool:
    return types[kwargs["column"]].is_numeric()


def _is_text(kwargs: Kwargs, types: Types) -> bool:
    return types[kwargs["column"]] == pl.String()


def _has_portable_regex(kwargs: Kwargs, types: Types) -> bool:
    regex = kwargs["regex"]
    plain_groups = regex.count("(") == regex.count("(?:")
    return _is_text(kwargs, types) and plain_groups and _PORTABLE.fullmatch(regex) is not None


def _has_values_of_the_type(kwargs: Kwargs, types: Types) -> bool:
    wanted = str if _is_text(kwargs, types) else (int, float) if _is_number(kwargs, types) else ()
    return all(isinstance(value, wanted) and not isinstance(value, bool) for value in kwargs["value_set"])


def _passes_over_missing_pairs(kwargs: Kwargs, types: Types) -> bool:
    both_numbers = types[kwargs["column_A"]].is_numeric() and types[kwargs["column_B"]].is_numeric()
    return both_numbers and kwargs.get("ignore_row_if") == "either_value_is_missing"


def _always(_: Kwargs, __: Types) -> bool:
    return True


Build = Callable[[Kwargs, Types], pl.Expr]
Condition = Callable[[Kwargs, Types], bool]

_BOUNDS: Final = frozenset({"column", "min_value", "max_value"})

#: Type → how it is built, when that is equal to GX, and the options it understands.
COMPILED: Final[Mapping[str, tuple[Build, Condition, frozenset[str]]]] = {
    "expect_column_values_to_not_be_null": (_not_null, _always, frozenset({"column"})),
    "expect_column_values_to_be_in_set": (_in_set, _has_values_of_the_type, frozenset({"column", "value_set"})),
    "expect_column_values_to_not_be_in_set": (_not_in_set, _has_values_of_the_type, frozenset({"column", "value_set"})),
    "expect_column_values_to_be_between": (_between, _is_number, _BOUNDS | {"strict_min", "strict_max"}),
    "expect_column_value_lengths_to_be_between": (_lengths_between, _is_text, _BOUNDS),
    "expect_column_values_to_match_regex": (_match, _has_portable_regex, frozenset({"column", "regex"})),
    "expect_column_values_to_not_match_regex": (_not_match, _has_portable_regex, frozenset({"column", "regex"})),
    "expect_column_pair_values_a_to_be_greater_than_b": (
        _pair_greater,
        _passes_over_missing_pairs,
        frozenset({"column_A", "column_B", "or_equal", "ignore_row_if"}),
    ),
}


def compile_expectation(expectation: Mapping[str, Any], types: Types) -> pl.Expr | None:
    """The rows that break the expectation, as an expression; None where Great Expectations must judge it itself.

    ``types`` are the columns of the frame. Raises KeyError for a column that no frame of the kind has.
    """
    if expectation["type"] not in COMPILED:
        return None
    build, equal, options = COMPILED[expectation["type"]]
    kwargs: Kwargs = expectation["kwargs"]
    return build(kwargs, types) if set(kwargs) <= options and equal(kwargs, types) else None


def published(expectation: Mapping[str, Any]) -> dict[str, Any]:
    r"""A rule's expectation as Great Expectations is to have it.

    In a regular expression ``$`` is said as ``\Z``, and groups capture nothing: pandas warns of groups that do.
    """
    kwargs = dict(expectation["kwargs"])
    if "regex" in kwargs:
        parts = _PARTS.findall(kwargs["regex"])
        kwargs["regex"] = "".join(_said(part, after) for part, after in zip(parts, [*parts[1:], ""], strict=True))
    return {**expectation, "kwargs": kwargs}


def _said(part: str, after: str) -> str:
    if part == "(" and after != "?":
        return "(?:"
    return r"\Z" if part == "$" else part


def columns_of(expectation: Mapping[str, Any]) -> tuple[str, ...]:
    """The columns that an expectation looks at."""
    kwargs = expectation["kwargs"]
    return tuple(kwargs[name] for name in ("column", "column_A", "column_B") if name in kwargs)
