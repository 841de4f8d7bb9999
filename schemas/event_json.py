"""Events as JSON, one object per line, as publishers without Avro write them over HTTP or in files.

Times are ISO 8601 with a zone, or integer UTC milliseconds; dates are ISO; money is integer fen; enums are their
symbols; absent and null are the same where the contract has a default. Reading is strict: a field that the contract
does not know is refused with the nearest name it knows, a key that comes twice is refused, so are NaN, numbers beyond
the type and lone surrogates. What is wrong is told as data (``AV-JSON-01``), never raised.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any, Final

import polars as pl

from schemas.contract import ROW, contract, frame_schema
from schemas.decode import REFUSED, Decoded, decode
from schemas.field import REQUIRED, Field
from schemas.value import Fault, allowed, completed, faults, shown

JSON: Final = "AV-JSON-01"

Event = dict[str, Any]

_EPOCH: Final = date(1970, 1, 1)
_EPOCH_MOMENT: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND: Final = timedelta(milliseconds=1)
_DATE: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_TIME: Final = re.compile(
    r"([0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9]{2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]{1,3}0*)?)?)(Z|[+-][0-9]{2}:?[0-9]{2})"
)


class _Unreadable(ValueError):  # noqa: N818 (never leaves this module)
    """A line that is JSON for some readers but not strictly: what, and what is expected."""


def _no_constant(name: str) -> Any:
    raise _Unreadable(name, "number")


def _number(digits: str) -> float:
    value = float(digits)
    if value in (float("inf"), float("-inf")):
        raise _Unreadable(digits, "double")
    return value


def _whole_number(digits: str) -> int:
    if len(digits) > 400:  # no type holds it, and turning it into an int takes quadratic time
        raise _Unreadable(digits, "long or double")
    return int(digits)


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        names = [name for name, _ in pairs]
        raise _Unreadable(next(n for n in names if names.count(n) > 1), "each key once")
    return found


def parse(line: str | bytes) -> Any | Fault:
    """The JSON value on a line; a Fault where there is none. ``field`` of the Fault is empty."""
    try:
        text = line.decode("utf-8") if isinstance(line, bytes) else line
        return json.loads(
            text,
            parse_constant=_no_constant,
            parse_float=_number,
            parse_int=_whole_number,
            object_pairs_hook=_object,
        )
    except _Unreadable as wrong:
        value, expected = wrong.args
        return Fault("", shown(value), expected)
    except UnicodeDecodeError as wrong:
        return Fault("", wrong.object[wrong.start : wrong.start + 8].hex(), "UTF-8")
    except (ValueError, RecursionError):
        return Fault("", shown(line if isinstance(line, str) else text), "JSON object")


def from_json(kind: str, given: object) -> Event | tuple[Fault, ...]:
    """The event that a JSON value stands for, in frame types and complete; or all that is wrong with it."""
    fields = contract(kind).fields
    if not isinstance(given, Mapping):
        return (Fault("", shown(given), "JSON object"),)
    event, misread = _record(fields, given, "")
    wrong = (*misread, *(f for f in faults(fields, event) if f.field not in {m.field for m in misread}))
    return wrong or completed(fields, event)


def field_from_json(field: Field, given: object) -> Any | Fault:
    """The value of one field that a JSON value stands for, in frame types; or the first thing wrong with it."""
    wrong: list[Fault] = []
    read = _value(field, given, field.name, wrong)
    for fault in (*wrong, *faults((field,), {field.name: read})):
        return fault
    return completed((field,), {field.name: read})[field.name]


def _record(fields: Sequence[Field], given: Mapping[str, Any], path: str) -> tuple[Event, list[Fault]]:
    """The object with dates and times turned into numbers; null where a default stands becomes absent."""
    known = {field.name: field for field in fields}
    event, wrong = Event(), list[Fault]()
    for name, value in given.items():
        field = known.get(name)
        if field is None:
            event[name] = value
        elif value is not None or field.null is not None or field.default is REQUIRED:
            event[name] = _value(field, value, f"{path}{name}", wrong)
    return event, wrong


def _value(field: Field, value: Any, path: str, wrong: list[Fault]) -> Any:
    if field.type == "array" and isinstance(value, list):
        items = []
        for index, item in enumerate(value):
            if isinstance(item, Mapping):
                record, faulty = _record(field.items, item, f"{path}[{index}].")
                wrong += faulty
                items.append(record)
            else:
                items.append(item)
        return items
    if field.logical is None or value is None:
        return value
    read = days(value) if field.logical == "date" else milliseconds(value)
    if read is None:
        wrong.append(Fault(path, shown(value), allowed(field)))
    return read


def days(value: object) -> int | None:
    """Days since 1970-01-01 of an ISO date; None for anything else."""
    if not isinstance(value, str) or not _DATE.fullmatch(value):
        return None
    try:
        return (date.fromisoformat(value) - _EPOCH).days
    except ValueError:
        return None


def milliseconds(value: object) -> int | None:
    """UTC milliseconds of an ISO time with zone, or of a number that is that already; None for anything else."""
    if isinstance(value, int) and not isinstance(value, bool):
        return value if -(2**63) <= value < 2**63 else None
    match = _TIME.fullmatch(value) if isinstance(value, str) else None
    if match is None:
        return None
    try:
        moment = datetime.fromisoformat(match[1][:23] + match[2].replace("Z", "+00:00"))
    except ValueError:
        return None
    return (moment - _EPOCH_MOMENT) // _MILLISECOND


def to_json(kind: str, event: Mapping[str, Any]) -> dict[str, Any]:
    """An event in frame types as the JSON object that ``from_json`` reads: dates ISO, times ISO in UTC.

    Dates and times outside the years 1 to 9999 stay numbers, and NaN and infinities stay what they are: a publisher
    can send them in Avro, and JSON has no way to write them that would be read again.
    """
    return {field.name: _to_json(field, event[field.name]) for field in contract(kind).fields if field.name in event}


def array_to_json(field: Field, records: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """The records of one array field, in frame types, as ``field_from_json`` reads them."""
    return [{item.name: _to_json(item, record[item.name]) for item in field.items} for record in records]


def _to_json(field: Field, value: Any) -> Any:
    if value is None:
        return None
    if field.type == "array":
        return array_to_json(field, value)
    try:
        if field.logical == "date":
            return (_EPOCH + timedelta(days=value)).isoformat()
        if field.logical == "timestamp-millis":
            moment = (_EPOCH_MOMENT + timedelta(milliseconds=value)).replace(tzinfo=None)
            return moment.isoformat(timespec="milliseconds" if value % 1000 else "seconds") + "Z"
    except OverflowError:
        return value
    return value


def of_value(kind: str, value: bytes | None) -> dict[str, Any] | None:
    """The event that a record's value holds, as JSON; None where it holds none. NaN and infinities become text."""
    decoded = decode(kind, [value], record_bytes=1 << 62).frame
    if decoded.is_empty():
        return None
    row = decoded.row(0, named=True)
    told: dict[str, Any] = _finite(to_json(kind, {name: row[name] for name in contract(kind).names}))
    return told


def _finite(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {name: _finite(part) for name, part in value.items()}
    if isinstance(value, list):
        return [_finite(part) for part in value]
    return str(value) if isinstance(value, float) and not math.isfinite(value) else value


def frame(kind: str, events: Iterable[Mapping[str, Any]]) -> pl.DataFrame:
    """The event frame of complete events, ``row`` counting from 0: the same as decoding them would give."""
    rows = [{ROW: row, **event} for row, event in enumerate(events)]
    return pl.DataFrame(rows, frame_schema(kind), strict=True)


def read(kind: str, lines: Sequence[str | bytes]) -> Decoded:
    """Events from lines of JSON: the frame of the good ones, and what is wrong with the others, several per row."""
    events: list[Event] = []
    refused: list[tuple[int, str, str | None, str | None, str]] = []
    for row, line in enumerate(lines):
        parsed = parse(line)
        event = (parsed,) if isinstance(parsed, Fault) else from_json(kind, parsed)
        if isinstance(event, tuple):
            refused += [(row, JSON, fault.field or None, fault.value, fault.expected) for fault in event]
        else:
            events.append({ROW: row, **event})
    return Decoded(pl.DataFrame(events, frame_schema(kind), strict=True), pl.DataFrame(refused, REFUSED, orient="row"))
