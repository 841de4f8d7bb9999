"""Whether a value in frame types fits a field: the strictness that encoding and JSON share.

A frame type is what an event frame holds: str, int, float, bool, None, lists of mappings; dates are days since
1970-01-01, times UTC milliseconds, both int. A bool is no int, a float with no fraction is no int either.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final, NamedTuple, TypeGuard

from schemas.field import REQUIRED, Field

LIMITS: Final = {"int": (-(2**31), 2**31 - 1), "long": (-(2**63), 2**63 - 1)}
_LOGICAL: Final = {
    "date": "date YYYY-MM-DD (in Avro days since 1970-01-01)",
    "timestamp-millis": "time YYYY-MM-DDThh:mm:ss with zone, +08:00 or Z (in Avro UTC milliseconds)",
}
_SHOWN: Final = 64


class Fault(NamedTuple):
    """A value that does not fit: dotted path, the value as text (None: it is missing or null), what is allowed."""

    field: str
    value: str | None
    expected: str


def shown(value: object) -> str | None:
    """A value as a short text for a fault; lone surrogates escaped, so that the text can always be stored."""
    match value:
        case None:
            return None
        case bool():
            return "true" if value else "false"
        case str():
            text = value.encode("utf-8", "backslashreplace").decode("utf-8")
        case int():
            text = str(value) if value.bit_length() < 256 else hex(value)
        case Mapping():
            text = "object"
        case list():
            text = f"array of {len(value)}"
        case _:
            text = repr(value)
    return text if len(text) <= _SHOWN else text[:_SHOWN] + "..."


def allowed(field: Field) -> str:
    """What a field takes, in few words that need no translation."""
    if field.logical is not None:
        return _LOGICAL[field.logical]
    if field.symbols:
        return " | ".join(field.symbols)
    if field.type in LIMITS:
        lowest, highest = LIMITS[field.type]
        return f"{field.type}, {lowest} to {highest}"
    return {"string": "string (UTF-8)", "array": "array of objects"}.get(field.type, field.type)


def nearest(name: str, names: Iterable[str]) -> str:
    """For an unknown name: the nearest known one, else all of them."""
    known = list(names)
    close = difflib.get_close_matches(name, known, n=1, cutoff=0.6)
    return close[0] if close else ", ".join(known)


def fits(field: Field, value: object) -> bool:
    """Whether a value other than null, of a field that is no array, is of the field's type and range."""
    match field.type:
        case "string":
            return isinstance(value, str) and _encodable(value)
        case "enum":
            return isinstance(value, str) and value in field.symbols
        case "boolean":
            return isinstance(value, bool)
        case "double":
            return isinstance(value, float) or (_is_int(value) and _as_double(value))
        case "int" | "long":
            lowest, highest = LIMITS[field.type]
            return _is_int(value) and lowest <= value <= highest
        case "array":
            return isinstance(value, list)


def _is_int(value: object) -> TypeGuard[int]:
    return isinstance(value, int) and not isinstance(value, bool)


def _as_double(value: int) -> bool:
    try:
        return int(float(value)) == value
    except OverflowError:
        return False


def _encodable(text: str) -> bool:
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:  # a lone surrogate
        return False
    return True


def faults(fields: tuple[Field, ...], event: Mapping[str, Any], path: str = "") -> Iterator[Fault]:
    """What keeps an event, or a record in an array, from fitting the fields. Fields with a default may be absent."""
    names = {field.name for field in fields}
    for name in event:
        if name not in names:
            yield Fault(f"{path}{shown(str(name))}", shown(event[name]), nearest(str(name), names))
    for field in fields:
        yield from _field_faults(field, event.get(field.name, field.default), f"{path}{field.name}")


def _field_faults(field: Field, value: Any, path: str) -> Iterator[Fault]:
    if value is REQUIRED or (value is None and field.null is None):
        yield Fault(path, None, allowed(field))
    elif value is not None and not fits(field, value):
        yield Fault(path, shown(value), allowed(field))
    elif field.type == "array" and value is not None:
        for index, item in enumerate(value):
            if isinstance(item, Mapping):
                yield from faults(field.items, item, f"{path}[{index}].")
            else:
                yield Fault(f"{path}[{index}]", shown(item), "object")


def completed(fields: tuple[Field, ...], event: Mapping[str, Any]) -> dict[str, Any]:
    """An event without faults, its fields in the contract's order, defaults filled in, doubles as float."""
    return {field.name: _completed(field, event.get(field.name, field.default)) for field in fields}


def _completed(field: Field, value: Any) -> Any:
    if value is None:
        return None
    if field.type == "array":
        return [completed(field.items, item) for item in value]
    return float(value) if field.type == "double" else value
