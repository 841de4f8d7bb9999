"""Files of JSON lines, of any size and with anything in them."""

from __future__ import annotations

import io
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateways.files import json_lines
from gateways.files.errors import FileRefused
from gateways.files.json_lines import Line, Reader, encoded, likelier_kind
from schemas.event_json import to_json
from validators.sample import SAMPLES


class Slow(io.BytesIO):
    """Gives at most so many bytes at once, as a pipe does."""

    def __init__(self, content: bytes, at_once: int) -> None:
        super().__init__(content)
        self._at_once = at_once

    def read1(self, size: int | None = -1, /) -> bytes:
        return self.read(self._at_once)


LINES = st.lists(
    st.sampled_from([b'{"a": 1}', b"", b"  ", "文".encode(), b"x\r", b"{}"]) | st.binary(max_size=9), max_size=9
)


@given(LINES, st.integers(1, 40), st.booleans())
def test_lines_and_their_numbers_are_the_files_however_it_is_read(
    lines: list[bytes], at_once: int, ended: bool
) -> None:
    content = b"{}\n" + b"\n".join(line.replace(b"\n", b"").replace(b"\0", b"") for line in lines) + b"\n" * ended
    try:
        found = [line for some in Reader(Slow(content, at_once), "file") for line in some]
    except FileRefused:
        return
    expected = [
        (number, line.removesuffix(b"\r")) for number, line in enumerate(content.split(b"\n"), 1) if line.strip()
    ]
    assert [(line.number, line.content) for line in found] == expected


def test_blank_lines_are_no_records() -> None:
    reader = Reader(io.BytesIO(b"{}\n\n  \r\n{}"), "file")
    numbers = [line.number for some in reader for line in some]
    assert (numbers, reader.lines, reader.blank) == ([1, 4], 4, 2)


def test_the_mark_that_windows_puts_before_utf_8_is_no_part_of_the_first_line() -> None:
    (lines,) = Reader(io.BytesIO(b"\xef\xbb\xbf{}\n"), "file")
    assert lines == [Line(1, b"{}", 2)]


def test_a_line_of_any_length_is_passed_over_in_bounded_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(json_lines, "LINE_BYTES", 200_000)
    monkeypatch.setattr(json_lines, "READ_BYTES", 50_000)
    content = b"{}\n" + b"x" * 10_000_000 + b"\n{}\n"
    found = [line for some in Reader(io.BytesIO(content), "file") for line in some]
    assert [(line.number, line.length) for line in found] == [(1, 2), (2, 10_000_000), (3, 2)]
    assert max(len(line.content) for line in found) <= 200_000
    assert [(fault.line, fault.value) for fault in encoded("nil", found).faults if fault.line == 2] == [
        (2, "10000000 B")
    ]


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"", "nil"),
        (b"\x00\x01\x02" * 50, "二进制"),
        (b"\x1f\x8b\x08\x00", "gunzip"),
        (b"PK\x03\x04zip", "zip"),
        ('{"name": "合肥市"}\n'.encode("gb18030"), "GB18030"),
        ('{"name": "合肥市"}\n'.encode("utf-16"), "UTF-16"),
        (b'[{"a": 1}]', "jq"),
        (b'{\n "a": 1\n}\n', "jq"),
    ],
)
def test_what_is_no_file_of_json_lines_is_refused_with_the_way_to_mend_it(
    content: bytes, told: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HUILIU_LANGUAGE", "zh")
    with pytest.raises(FileRefused, match=told):
        list(Reader(io.BytesIO(content), "报送.jsonl"))


def test_one_line_that_is_not_utf_8_does_not_refuse_the_others() -> None:
    content = "\n".join(['{"名": "合肥"}'] * 5).encode() + b'\n{"x": "\xff"}\n'
    (lines,) = Reader(io.BytesIO(content), "file")
    assert [fault.line for fault in encoded("nil", lines).faults if fault.allowed == "UTF-8"] == [6]


def test_another_kind_is_named_when_its_fields_are_there() -> None:
    line = json.dumps(to_json("project", SAMPLES["project"])).encode()
    assert likelier_kind("award", line) == "project"
    assert likelier_kind("project", line) is None
    assert likelier_kind("award", b"{}") is None
