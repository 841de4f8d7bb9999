"""HJ 212 frames: the check, cutting a stream, coming back into step after noise."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from gateways.hj212 import crc, frame, segment
from gateways.hj212.cutter import Cutter, cut
from gateways.hj212.frame import Check, Frame, Noise

VECTORS = [json.loads(line) for line in (Path(__file__).parent / "hj212_vectors.jsonl").read_text("utf-8").splitlines()]
GOLDEN_2025 = b"QN=20240601085857223;ST=31;CN=1011;PW=123456;MN=010000A8900016F000169DC0;Flag=9;CP=&&&&"

segments = st.binary(max_size=300)
texts = st.text(
    st.characters(codec="utf-8", exclude_characters="\r\n#", exclude_categories=["Cs"]), min_size=1, max_size=80
)
printable = texts.map(lambda text: b"QN=" + text.encode())


def literally(data: bytes) -> int:
    """The C code of appendix A, letter by letter."""
    register = 0xFFFF
    for byte in data:
        register = (register >> 8) ^ byte
        for _ in range(8):
            low = register & 1
            register >>= 1
            if low:
                register ^= 0xA001
    return register


@given(st.binary(max_size=80))
@example(b"")
@example(b"\xff" * 8)
def test_the_folded_check_is_that_of_appendix_a(data: bytes) -> None:
    assert crc.standard(data) == literally(data)


def test_modbus_is_the_plain_one() -> None:
    assert crc.modbus(b"123456789") == 0x4B37
    assert crc.swapped(0x4B37) == 0x374B


@pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: str(vector["id"]))
def test_a_public_frame_is_read_with_its_verdict(vector: dict[str, object]) -> None:
    line = str(vector["frame"]).encode() + b"\r\n"
    found = cut(line)
    assert found == [frame.read(line)]
    one = frame.read(line)
    assert one.expected == vector["crc_expected"]
    assert one.given == vector["crc_given"]
    assert one.declared == vector["data_length_declared"]
    assert len(one.segment) == vector["data_length_actual"]
    assert (one.declared == len(one.segment)) is vector["length_ok"]
    assert (one.check is Check.STANDARD) is vector["crc_ok"]
    assert (one.check in (Check.MODBUS, Check.MODBUS_SWAPPED)) is ("crc_other" in vector)


@pytest.mark.parametrize("vector", [v for v in VECTORS if v["expected_fields"]], ids=lambda vector: str(vector["id"]))
def test_a_public_frame_gives_its_fields(vector: dict[str, dict[str, object]]) -> None:
    read = segment.parse(frame.read(str(vector["frame"]).encode()).segment)
    expected = vector["expected_fields"]
    assert dict(read.head) == expected["head"]
    assert [[list(pair) for pair in group] for group in read.cp or ()] == expected["cp"]
    assert (read.edition.value if read.edition else None) == vector["version"]
    flag = (
        {"version": read.edition, "has_packet_no": read.flag.split, "need_ack": read.flag.answer} if read.flag else None
    )
    assert flag == expected.get("flag")


@given(segments, st.sampled_from([Check.STANDARD, Check.MODBUS, Check.MODBUS_SWAPPED]))
def test_a_built_frame_is_cut_back_whole(data: bytes, check: Check) -> None:
    [one] = cut(frame.build(data, check=check))
    assert isinstance(one, Frame)
    assert one.segment == data
    assert one.declared == len(data)


def test_a_segment_too_long_to_declare_is_refused_when_building() -> None:
    with pytest.raises(ValueError, match="10000"):
        frame.build(bytes(10_000))


@given(st.binary(max_size=400))
@example(b"##")
@example(b"##0005")
@example(b"#" * 50)
@example(b"##" * 100 + b"=\r\n")
def test_no_bytes_make_it_raise_and_none_are_lost_to_a_later_frame(data: bytes) -> None:
    good = frame.build(GOLDEN_2025)
    found = cut(data + b"\r\n" + good)
    assert found[-1] == frame.read(good)
    segment.parse(data)
    frame.read(data)


@given(st.lists(printable, min_size=1, max_size=5), st.data())
def test_pieces_of_any_size_give_the_same_frames(parts: list[bytes], data: st.DataObject) -> None:
    stream = b"".join(frame.build(part) for part in parts)
    cutter, found = Cutter(), []
    while stream:
        size = data.draw(st.integers(1, len(stream)))
        found += cutter.feed(stream[:size])
        stream = stream[size:]
    assert [one.segment for one in found + cutter.end() if isinstance(one, Frame)] == parts


@given(st.binary(max_size=60).filter(lambda noise: b"#" not in noise), printable, printable)
def test_noise_between_frames_costs_no_frame(noise: bytes, first: bytes, second: bytes) -> None:
    found = cut(frame.build(first) + noise + frame.build(second))
    assert [one.segment for one in found if isinstance(one, Frame)] == [first, second]
    assert b"".join(one.data for one in found if isinstance(one, Noise)).strip(b"\r\n") == noise.strip(b"\r\n")


@given(printable, printable, st.integers(0, 200))
def test_a_frame_cut_short_does_not_swallow_the_next(first: bytes, second: bytes, kept: int) -> None:
    broken = frame.build(first)[: min(kept, len(frame.build(first)) - 3)]
    found = cut(broken + frame.build(second))
    assert found[-1] == frame.read(frame.build(second))


def test_a_stream_is_in_step_again_before_the_declared_length_has_come() -> None:
    """A frame declares 9,000 bytes and the sender goes on with the next: nobody waits for the 9,000."""
    cutter = Cutter()
    broken = b"##9000QN=1;CP=&&&&0000\r\n"
    good = frame.build(GOLDEN_2025)
    assert cutter.feed(broken) == []
    assert [type(one) for one in cutter.feed(good)] == [Frame, Frame]
    assert cutter.end() == []


def test_a_wrong_length_with_a_right_check_is_taken_by_the_line() -> None:
    good = frame.build(GOLDEN_2025)
    longer = b"##0089" + good[6:]
    [one] = Cutter().feed(longer)
    assert isinstance(one, Frame)
    assert one.check is Check.STANDARD
    assert [doubt.code for doubt in one.doubts] == ["HJ-FR-LENGTH"]


def test_a_missing_line_end_is_a_doubt_only() -> None:
    good = frame.build(GOLDEN_2025)[:-2]
    first, second = cut(good + good)
    assert isinstance(first, Frame)
    assert isinstance(second, Frame)
    assert first.segment == second.segment == GOLDEN_2025
    assert [doubt.code for doubt in first.doubts] == ["HJ-FR-TAIL"]


def test_modbus_can_be_refused() -> None:
    line = frame.build(GOLDEN_2025, check=Check.MODBUS)
    assert frame.read(line).check is Check.MODBUS
    assert frame.read(line, modbus=False).check is Check.NONE


def test_many_false_headers_in_one_line_do_not_stall_the_cutter() -> None:
    attack = b"##9990" * 1600 + b"=" + b"\r\n"
    found = cut(attack * 3 + frame.build(GOLDEN_2025))
    assert found[-1] == frame.read(frame.build(GOLDEN_2025))
