"""From bytes to records: JSON, arrays and lines of JSON become what a publisher's own Avro client would send. Pure.

Reading is as strict as everywhere (:mod:`schemas.event_json`): doubled keys, NaN and numbers beyond their type are
refused. orjson reads fast but lets some of these pass; a body that could hold such a thing is told by its bytes, and
then read event by event.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import orjson
import polars as pl

from gateways.http import problems
from schemas import event_columns, event_json
from schemas.citation import Headers
from schemas.contract import contract
from schemas.encode import encode_frame, written
from schemas.value import Fault

NDJSON: Final = ("application/x-ndjson", "application/ndjson", "application/jsonl", "application/x-jsonlines")
JSON: Final = ("application/json",)

#: As few events are encoded one by one: a frame costs half a millisecond whatever its length.
FEW: Final = 12

#: What orjson reads other than strictly: an escaped quotation mark or a blank may hide a doubled key, so many digits
#: may be a number that no type holds.
_DOUBTFUL: Final = re.compile(rb'\\"|"\s+:|(?:^|[:,\[\s])-?[0-9]{18}')

_BOM: Final = b"\xef\xbb\xbf"


@dataclass
class Records:
    """Events as records. ``rows``: the place of each record in the request; ``faults``: of the others, by place."""

    count: int  #: events in the request
    rows: list[int] = field(default_factory=list)
    keys: list[bytes] = field(default_factory=list)
    values: list[bytes] = field(default_factory=list)
    faults: dict[int, tuple[Fault, ...]] = field(default_factory=dict)
    headers: Sequence[Headers] = ()  #: Kafka headers of each record, or none at all

    @property
    def size(self) -> int:
        """Bytes of keys and values."""
        return sum(map(len, self.keys)) + sum(map(len, self.values))


def media_type(header: str | None) -> str:
    """``json`` or ``ndjson`` of a Content-Type. Raises Problem 415."""
    given, _, parameters = (header or "").partition(";")
    name = given.strip().lower()
    charset = re.search(r"charset\s*=\s*\"?([^\s\";]+)", parameters, re.IGNORECASE)
    if charset and charset[1].lower() not in ("utf-8", "utf8"):
        raise problems.media_type(header or "")
    if name in JSON:
        return "json"
    if name in NDJSON:
        return "ndjson"
    raise problems.media_type(header or "")


def split(body: bytes, media: str, most: int) -> list[Any]:
    """The JSON values of a body: of one value, of an array, or of lines; a Fault for a line that is none.

    Raises Problem 413 beyond ``most`` events, 400 where there is none.
    """
    body = body.removeprefix(_BOM)
    if media == "ndjson":
        lines = [line for line in body.split(b"\n") if line and not line.isspace()]
        found = lines_of(lines, most)
    else:
        value = parse(body)
        if isinstance(value, Fault):
            raise problems.no_events() if not body.strip() else problems.not_json(value)
        found = value if isinstance(value, list) else [value]
    if not found:
        raise problems.no_events()
    if len(found) > most:
        raise problems.too_many_events(most)
    return found


def lines_of(lines: Sequence[bytes], most: int) -> list[Any]:
    """One value for each line, a Fault for what is none. Raises Problem 413."""
    if len(lines) > most:
        raise problems.too_many_events(most)
    whole = b"\n".join(lines)
    if _DOUBTFUL.search(whole) is None:
        try:
            found = [orjson.loads(line) for line in lines]
        except orjson.JSONDecodeError:
            return [parse(line) for line in lines]
        if _keys(found) == whole.count(b'":'):
            return found
    return [parse(line) for line in lines]


def parse(text: bytes) -> Any:
    """The JSON value; a Fault where there is none. As ``event_json.parse``, faster where nothing is doubtful."""
    if _DOUBTFUL.search(text) is None:
        try:
            found = orjson.loads(text)
        except orjson.JSONDecodeError:
            return event_json.parse(text)
        if _keys(found) == text.count(b'":'):  # as many as were written: none came twice
            return found
    return event_json.parse(text)


def _keys(value: Any) -> int:
    """How many keys there are, at every depth."""
    if type(value) is dict:
        return len(value) + sum(_keys(one) for one in value.values() if type(one) is dict or type(one) is list)
    if type(value) is list:
        return sum(_keys(one) for one in value)
    return 0


def records(kind: str, given: Sequence[Any], record_bytes: int) -> Records:
    """The events as records of the kind's newest contract; records larger than ``record_bytes`` are faults."""
    frame = event_columns.frame(kind, given) if len(given) > FEW else None
    found = _one_by_one(kind, given) if frame is None else _together(kind, frame)
    long = [at for at, value in enumerate(found.values) if len(value) > record_bytes]
    for at in reversed(long):
        size = f"{len(found.values[at])} B"
        found.faults[found.rows[at]] = (Fault("", size, f"<= {record_bytes} B (HUILIU_RECORD_BYTES)"),)
        del found.rows[at], found.keys[at], found.values[at]
    return found


def _together(kind: str, frame: pl.DataFrame) -> Records:
    keys = [key.encode() for key in frame[contract(kind).key[0]].cast(pl.String).to_list()]
    return Records(frame.height, [*range(frame.height)], keys, encode_frame(kind, frame))


def _one_by_one(kind: str, given: Sequence[Any]) -> Records:
    of, found = contract(kind), Records(len(given))
    for row, one in enumerate(given):
        event = (one,) if isinstance(one, Fault) else event_json.from_json(kind, one)
        if isinstance(event, tuple):
            found.faults[row] = event
        else:
            found.rows.append(row)
            found.keys.append(str(event[of.key[0]]).encode())
            found.values.append(written(of, event))
    return found
