"""Events of one kind from JSON objects, column by column: what ``event_json.from_json`` does, for many at once.

The fast way for what is in order, which nearly all events are. It never says what is wrong: whatever it is not sure of
it leaves to the reader of single events, whose verdict counts (:mod:`schemas.event_json`). Flat contracts only.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any, Final

import polars as pl

from schemas import event_json
from schemas.contract import contract
from schemas.field import REQUIRED, Field
from schemas.value import LIMITS

_KINDS_OF_VALUES: Final[Mapping[str, frozenset[type]]] = {
    "string": frozenset({str}),
    "enum": frozenset({str}),
    "boolean": frozenset({bool}),
    "int": frozenset({int}),
    "long": frozenset({int}),
    "double": frozenset({float, int}),
}

#: Whole numbers up to here are the same as doubles.
_EXACT: Final = 2**53

#: No date or time that is plainly in order is written longer, characters.
_LONGEST_TIME: Final = 40


def frame(kind: str, objects: Sequence[Any]) -> pl.DataFrame | None:
    """The event frame (without ``row``) of these JSON values; None if any of them is not plainly in order.

    Strings must hold no lone surrogates, and no object a key twice: whoever parsed them has seen to that.
    """
    of = contract(kind)
    names = set(of.names)
    if not of.flat or not all(type(one) is dict and one.keys() <= names for one in objects):
        return None
    columns = []
    for field in of.fields:
        values = _values(field, [one.get(field.name, field.default) for one in objects])
        if values is None:
            return None
        columns.append(pl.Series(field.name, values, field.polars, strict=True))
    return pl.DataFrame(columns)


def _values(field: Field, given: list[Any]) -> list[Any] | None:
    """A column's values in frame types; None if one of them does not plainly fit."""
    types = set(map(type, given))
    if type(None) in types:
        if field.null is None and field.default is REQUIRED:
            return None
        if field.null is None:  # null where only a default stands is the same as absent
            given = [field.default if value is None else value for value in given]
            types = set(map(type, given))
        types.discard(type(None))
    if field.logical is not None:
        return _moments(field, given, types)
    if not types <= _KINDS_OF_VALUES[field.type]:
        return None
    return given if _inside(field, given, types) else None


def _inside(field: Field, given: list[Any], types: set[type]) -> bool:
    """Whether values of the right Python types lie within the field's range."""
    if field.type == "enum":
        return set(given) - {None} <= set(field.symbols)
    if int in types:
        whole = [value for value in given if type(value) is int]
        lowest, highest = LIMITS.get(field.type, (-_EXACT, _EXACT))
        return lowest <= min(whole) and max(whole) <= highest
    return True


def _moments(field: Field, given: list[Any], types: set[type]) -> list[Any] | None:
    """Dates and times as numbers."""
    read = _days if field.logical == "date" else _milliseconds
    if not types <= ({str} if field.logical == "date" else {str, int}):
        return None
    if any(type(value) is str and len(value) > _LONGEST_TIME for value in given):
        return None  # a time may end in any number of zeros, and what is long must not be remembered
    found = [None if value is None else read(value) for value in given]
    return None if found.count(None) > given.count(None) else found


@lru_cache(maxsize=65_536)
def _days(value: str) -> int | None:
    return event_json.days(value)


@lru_cache(maxsize=65_536)
def _milliseconds(value: str | int) -> int | None:
    return event_json.milliseconds(value)
