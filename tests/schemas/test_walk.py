"""The walk's own corners: varints, the end of the buffer."""

from __future__ import annotations

import io

import avro.errors
import avro.io
import numpy as np
from hypothesis import example, given, settings
from hypothesis import strategies as st

from schemas.field import fields
from schemas.walk import INT_BYTES, LONG_BYTES, PADDING, varints, walk


@settings(deadline=None)
@given(st.lists(st.binary(min_size=1, max_size=12), min_size=1, max_size=8), st.sampled_from([INT_BYTES, LONG_BYTES]))
@example([b"\xff" * 9 + b"\x01"], LONG_BYTES)
@example([b"\xff" * 9 + b"\x02"], LONG_BYTES)
@example([b"\x80" * 9 + b"\x00"], LONG_BYTES)
@example([b"\x80" * 10 + b"\x00"], LONG_BYTES)
@example([b"\x80" * 5 + b"\x00"], INT_BYTES)
def test_varints_end_where_the_specification_says(pieces: list[bytes], longest: int) -> None:
    start = np.cumsum([0, *map(len, pieces[:-1])]).astype(np.int64)
    buffer = np.frombuffer(b"".join([*pieces, PADDING]), np.uint8)
    value, after, broken = varints(buffer, start, longest)
    for row, begin in enumerate(start.tolist()):
        decoder = avro.io.BinaryDecoder(io.BytesIO(buffer[begin:].tobytes()))
        try:
            number = decoder.read_long()
            expected = None if decoder.reader.tell() > longest else (number, begin + decoder.reader.tell())
        except avro.errors.InvalidAvroBinaryEncoding:
            expected = None
        given_up = broken is not None and bool(broken[row])
        assert expected == (None if given_up else (int(value[row]), int(after[row])))


def test_a_row_that_breaks_early_at_the_end_of_the_buffer_reads_nothing_beyond_it() -> None:
    names = ["s", *(f"d{i}" for i in range(40)), "t"]
    many = fields({"fields": [{"name": n, "type": "double" if n[0] == "d" else "string"} for n in names]})
    buffer = np.frombuffer(b"\xff" + PADDING, np.uint8)
    assert walk(many, buffer, np.array([0]), np.array([1])).broken.tolist() == [0]
