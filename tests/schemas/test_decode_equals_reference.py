"""The column path, the row path and Apache's own reader accept the same datums and give the same values."""

from __future__ import annotations

import io
import json
import struct

import avro.errors
import avro.io
import avro.schema
import fastavro
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from schemas import columns, datums, wire
from schemas.contract import KINDS, by_id, contract
from schemas.decode import decode
from schemas.encode import encode, encode_frame
from schemas.field import Field, fields
from schemas.walk import GOOD, PADDING, walk

EVERY_TYPE = {
    "type": "record",
    "name": "Every",
    "fields": [
        {"name": name + suffix, "type": wrap(declared)}
        for suffix, wrap in (
            ("", lambda t: t),
            ("_null", lambda t: ["null", t]),
            ("_last", lambda t: [t, "null"]),
        )
        for name, declared in (
            ("string", "string"),
            ("int", "int"),
            ("long", {"type": "long", "logicalType": "timestamp-millis"}),
            ("double", "double"),
            ("boolean", "boolean"),
        )
    ],
}
EVERY_TYPE["fields"].insert(3, {"name": "enum", "type": {"type": "enum", "name": "E", "symbols": ["A", "B", "C"]}})
EVERY_TYPE["fields"].insert(9, {"name": "enum_null", "type": ["null", {"type": "enum", "name": "F", "symbols": ["X"]}]})

SCHEMAS = {"every": EVERY_TYPE, **{kind: contract(kind).schema for kind in KINDS}}
FLAT = [name for name in SCHEMAS if name == "every" or contract(name).flat]


# --- datums, good and nearly good ---------------------------------------------------------------------------------


def varint(number: int, width: int = 1) -> bytes:
    """Zig-zag, at least ``width`` bytes long (overlong where fewer would do); numbers beyond 64 bits go too."""
    value = number * 2 if number >= 0 else -number * 2 - 1
    out = bytearray()
    while value >= 0x80 or len(out) + 1 < width:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    out.append(value)
    return bytes(out)


edges = st.sampled_from(
    [0, 1, -1, 2**31 - 1, 2**31, -(2**31), -(2**31) - 1, 2**34, 2**63 - 1, 2**63, -(2**63), -(2**63) - 1, 2**70]
)
widths = st.one_of(st.just(1), st.integers(1, 12))
texts = st.one_of(st.text(max_size=12), st.sampled_from(["", "中文", "\0", "a" * 70, "\U0001f3ed"])).filter(
    lambda t: not any(0xD800 <= ord(c) < 0xE000 for c in t)
)
doubles = st.one_of(
    st.floats(width=64),
    st.sampled_from([b"\x01\0\0\0\0\0\xf0\x7f", b"\xff" * 8, b"\0" * 7 + b"\x80"]).map(
        lambda raw: struct.unpack("<d", raw)[0]
    ),
)


@st.composite
def piece(draw: st.DrawFn, field: Field, spoil: bool) -> bytes:
    """The bytes of one field: right, or if ``spoil`` perhaps not quite."""
    out = b""
    if field.null is not None:
        branch = draw(st.one_of(st.integers(0, 1), edges) if spoil else st.integers(0, 1))
        out = varint(branch, draw(widths) if spoil else 1)
        if branch == field.null:
            return out
    width = draw(widths) if spoil else 1
    match field.type:
        case "string":
            raw = draw(texts).encode()
            if spoil:
                raw = draw(st.one_of(st.just(raw), st.binary(max_size=6)))
            length = draw(st.one_of(st.just(len(raw)), edges)) if spoil else len(raw)
            return out + varint(length, width) + raw
        case "int" | "long":
            bits = 31 if field.type == "int" else 63
            number = draw(
                st.one_of(st.integers(-(2**bits), 2**bits - 1), edges)
                if spoil
                else st.integers(-(2**bits), 2**bits - 1)
            )
            return out + varint(number, width)
        case "enum":
            inside = st.integers(0, len(field.symbols) - 1)
            return out + varint(
                draw(st.one_of(inside, st.integers(-2, len(field.symbols) + 1), edges) if spoil else inside), width
            )
        case "double":
            return out + struct.pack("<d", draw(doubles))
        case "boolean":
            return out + bytes([draw(st.integers(0, 3 if spoil else 1))])
        case "array":
            return out + draw(array(field, spoil))


@st.composite
def array(draw: st.DrawFn, field: Field, spoil: bool) -> bytes:
    """Blocks with and without their size in bytes."""
    out = b""
    for _ in range(draw(st.integers(0, 2))):
        items = [b"".join(draw(piece(item, spoil)) for item in field.items) for _ in range(draw(st.integers(1, 2)))]
        block = b"".join(items)
        if draw(st.booleans()):
            size = draw(st.one_of(st.just(len(block)), st.integers(-1, len(block) + 1))) if spoil else len(block)
            out += varint(-len(items)) + varint(size) + block
        else:
            out += varint(len(items)) + block
    return out + varint(draw(edges) if spoil and draw(st.integers(0, 5)) == 0 else 0)


@st.composite
def datum(draw: st.DrawFn, name: str) -> bytes:
    """A datum of this schema: right, spoilt in a field, or right and then cut, glued or mutated."""
    told = fields(SCHEMAS[name])
    spoilt = draw(st.one_of(st.none(), st.integers(0, len(told) - 1)))
    whole = b"".join(draw(piece(field, index == spoilt)) for index, field in enumerate(told))
    match draw(st.sampled_from(["whole", "whole", "cut", "glued", "mutated", "empty"])):
        case "cut":
            return whole[: draw(st.integers(0, len(whole)))]
        case "glued":
            return whole + draw(st.one_of(st.binary(min_size=1, max_size=4), st.just(whole)))
        case "mutated":
            changed = bytearray(whole)
            for _ in range(draw(st.integers(1, 3))):
                changed[draw(st.integers(0, len(changed) - 1))] = draw(st.integers(0, 255))
            return bytes(changed)
        case "empty":
            return b""
    return whole


# --- Apache's reader, as strict as the specification --------------------------------------------------------------


class StrictDecoder(avro.io.BinaryDecoder):
    """Apache's decoder; an int and a branch of at most five bytes and 32 bits, as in Java; a boolean of 0 or 1."""

    def read_int(self) -> int:
        before = self.reader.tell()
        number = self.read_long()
        if self.reader.tell() - before > 5 or not -(2**31) <= number < 2**31:
            raise avro.errors.InvalidAvroBinaryEncoding("int")
        return number

    def read_boolean(self) -> bool:
        byte = ord(self.read(1))
        if byte > 1:
            raise avro.errors.InvalidAvroBinaryEncoding("boolean")
        return byte == 1


class StrictReader(avro.io.DatumReader):
    """Apache's reader; branches are ints, and a block's size in bytes is what its items take."""

    def read_union(self, writers, readers, decoder):
        branch = decoder.read_int()
        if not 0 <= branch < len(writers.schemas):
            raise avro.errors.SchemaResolutionException("branch", writers, readers)
        return self.read_data(writers.schemas[branch], readers, decoder)

    def read_array(self, writers, readers, decoder):
        items = []
        while count := decoder.read_long():
            end = None
            if count < 0:
                size, count = decoder.read_long(), -count
                end = decoder.reader.tell() + size
            items += [self.read_data(writers.items, readers.items, decoder) for _ in range(count)]
            if end is not None and decoder.reader.tell() != end:
                raise avro.errors.InvalidAvroBinaryEncoding("block size")
        return items


def physical(schema: object) -> object:
    """Without logical types, whose Python values have narrower ranges than what is written."""
    if isinstance(schema, dict):
        return {key: physical(value) for key, value in schema.items() if key != "logicalType"}
    return [physical(part) for part in schema] if isinstance(schema, list) else schema


READERS = {name: StrictReader(avro.schema.parse(json.dumps(physical(schema)))) for name, schema in SCHEMAS.items()}


def apache(name: str, data: bytes) -> object:
    """The event, ``"datum"`` where it is not exactly one datum, ``"utf8"`` where only a text is wrong."""
    for decode_errors in (False, True):
        source = io.BytesIO(data)
        decoder = StrictDecoder(source)
        if decode_errors:
            decoder.read_utf8 = lambda d=decoder: d.read_bytes().decode("utf-8", "replace")
        try:
            event = READERS[name].read(decoder)
        except UnicodeDecodeError:
            continue
        except (avro.errors.AvroException, OverflowError, MemoryError, TypeError, IndexError):
            return "datum"
        if source.tell() != len(data):
            return "datum"
        return "utf8" if decode_errors else event
    return "datum"


def by_rows(name: str, data: bytes) -> object:
    """What the row path says, in the same words."""
    event = datums.read(fields(SCHEMAS[name]), data)
    if isinstance(event, datums.Broken):
        return "datum" if event.text is None else "utf8"
    return event


def by_columns(name: str, data: list[bytes]) -> list[object]:
    """What the column path says, in the same words, all datums in one batch."""
    told = fields(SCHEMAS[name])
    size = np.fromiter(map(len, data), np.int64, len(data))
    end = np.cumsum(size)
    buffer = np.frombuffer(b"".join([*data, PADDING]), np.uint8)
    found = walk(told, buffer, end - size, end)
    good = found.broken == GOOD
    made = columns.frame(told, found.columns, buffer, good)
    undecodable = np.zeros(made.frame.height, bool)
    for wrong in made.undecodable.values():
        undecodable |= wrong
    answers = iter(zip(made.frame.iter_rows(named=True), undecodable.tolist(), strict=True))
    said: list[object] = []
    for ok in good.tolist():
        event, wrong = next(answers) if ok else (None, False)
        said.append("datum" if not ok else "utf8" if wrong else event)
    return said


def bits(value: object) -> object:
    """A value in which NaN equals itself, bit for bit, and 1 is not True."""
    if isinstance(value, float):
        return struct.pack("<d", value)
    if isinstance(value, dict):
        return {key: bits(part) for key, part in value.items()}
    if isinstance(value, list):
        return [bits(part) for part in value]
    return (type(value), value)


@pytest.mark.parametrize("name", SCHEMAS)
@settings(deadline=None, max_examples=60)
@given(st.data())
def test_row_path_equals_apache_reader(name: str, data: st.DataObject) -> None:
    one = data.draw(datum(name))
    assert bits(by_rows(name, one)) == bits(apache(name, one))


@pytest.mark.parametrize("name", FLAT)
@settings(deadline=None, max_examples=60)
@given(st.data())
def test_column_path_equals_row_path_whatever_lies_beside(name: str, data: st.DataObject) -> None:
    batch = data.draw(st.lists(datum(name), max_size=6))
    assert bits(by_columns(name, batch)) == bits([by_rows(name, one) for one in batch])


NUMBERS = [0, 1, -1, 2, 3, -2, 2**31 - 1, 2**31, -(2**31), -(2**31) - 1, 2**34, 2**63 - 1, 2**63, -(2**63), 2**70]
EDGES = [
    bytes(8),
    b"\xff" * 8,
    bytes(7),
    bytes(9),
    *(varint(number, width) for number in NUMBERS for width in (1, 5, 6, 10, 11)),
    *(varint(length) + raw for length in (0, 1, 2, 3, -1, 2**62) for raw in (b"", b"a", b"\xff", "é".encode())),
    *(
        varint(branch) + raw
        for branch in (0, 1, 2, -1)
        for raw in (b"", b"\0", b"\x01", b"\x02", b"\0" * 8, b"\xff" * 9)
    ),
]


@pytest.mark.parametrize("index", range(len(EVERY_TYPE["fields"])))
def test_every_type_at_its_edges_is_read_alike_by_all_three(index: int) -> None:
    told = fields(EVERY_TYPE)
    plain = {"string": b"\x02a", "double": bytes(8)}
    parts = [(b"" if f.null is None else varint(1 - f.null)) + plain.get(f.type, b"\0") for f in told]
    some = b"" if told[index].null is None else varint(1 - told[index].null)
    pieces = [*EDGES, *(some + edge for edge in EDGES)]
    batch = [b"".join([*parts[:index], edge, *parts[index + 1 :]]) for edge in pieces]
    expected = [apache("every", one) for one in batch]
    assert {"datum"} < {said if isinstance(said, str) else "good" for said in expected}
    assert bits([by_rows("every", one) for one in batch]) == bits(expected)
    assert bits(by_columns("every", batch)) == bits(expected)


@pytest.mark.parametrize("size", [-1, 0, 1, 2, 3, 2**62, -(2**62)])
@pytest.mark.parametrize("count", [1, -1, 2, -2, 0, 2**62, -(2**62), -(2**63)])
def test_blocks_of_arrays_are_read_alike_with_and_without_their_size(count: int, size: int) -> None:
    evidence = varint(1) + b"a" + varint(0) + varint(0) + varint(9)
    head = b"".join(b"\0" if f.null is None or f.null == 0 else b"\x02" for f in contract("response").fields[:-1])
    for items in (b"", evidence, evidence * 2):
        for told_size in (len(items) + size, size):
            block = varint(count) + (varint(told_size) if count < 0 else b"") + items
            one = head + block + b"\0"
            assert bits(by_rows("response", one)) == bits(apache("response", one))


@pytest.mark.parametrize("kind", KINDS)
@settings(deadline=None, max_examples=30)
@given(st.data())
def test_decode_keeps_every_row_once_and_tells_what_the_reference_tells(kind: str, data: st.DataObject) -> None:
    batch = data.draw(st.lists(datum(kind), max_size=6))
    decoded = decode(kind, [wire.pack(contract(kind).schema_id, one) for one in batch], record_bytes=1 << 20)
    said = dict(zip(decoded.frame["row"].to_list(), decoded.frame.drop("row").iter_rows(named=True), strict=True))
    codes = {"AV-DATUM-01": "datum", "AV-UTF8-01": "utf8"}
    said |= {row: codes[code] for row, code in decoded.refused.select("row", "code").iter_rows()}
    assert bits([said[row] for row in range(len(batch))]) == bits([by_rows(kind, one) for one in batch])
    assert decoded.frame.height + decoded.refused.height == len(batch)
    assert decoded.frame["row"].is_sorted()


@pytest.mark.parametrize("kind", KINDS)
@settings(deadline=None, max_examples=30)
@given(st.data())
def test_what_is_refused_names_the_field_at_which_the_row_path_stops(kind: str, data: st.DataObject) -> None:
    batch = data.draw(st.lists(datum(kind), min_size=1, max_size=4))
    refused = decode(kind, [wire.pack(contract(kind).schema_id, one) for one in batch], record_bytes=1 << 20).refused
    for row, field in refused.select("row", "field").iter_rows():
        broken = datums.read(contract(kind).fields, batch[row])
        assert isinstance(broken, datums.Broken)
        assert field == broken.field


@pytest.mark.parametrize("kind", KINDS)
@settings(deadline=None, max_examples=30)
@given(st.data())
def test_encoding_what_was_decoded_gives_fastavro_bytes_and_the_same_frame(kind: str, data: st.DataObject) -> None:
    of = contract(kind)
    whole = st.tuples(*(piece(field, False) for field in of.fields)).map(b"".join)
    values = [wire.pack(of.schema_id, one) for one in data.draw(st.lists(whole, max_size=4))]
    frame = decode(kind, values, record_bytes=1 << 20).frame
    again = encode_frame(kind, frame)
    assert [bits(e) for e in decode(kind, again, record_bytes=1 << 20).frame.iter_rows(named=True)] == [
        bits(e) for e in frame.iter_rows(named=True)
    ]
    assert again == [encode(kind, event) for event in frame.drop("row").iter_rows(named=True)]
    if of.flat:
        assert again == values  # datums of flat contracts have one shortest form


@pytest.mark.parametrize("kind", KINDS)
@settings(deadline=None, max_examples=30)
@given(st.data())
def test_fastavro_reads_what_encode_writes(kind: str, data: st.DataObject) -> None:
    of = contract(kind)
    one = b"".join(data.draw(piece(field, False)) for field in of.fields)
    event = datums.read(of.fields, one)
    assert isinstance(event, dict)
    schema_id, body = wire.unpack(encode(kind, event))
    assert by_id(schema_id) is of
    schema = fastavro.parse_schema(physical(json.loads(json.dumps(of.schema))))
    assert bits(fastavro.schemaless_reader(io.BytesIO(body), schema, None)) == bits(event)
