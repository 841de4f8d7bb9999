"""What people learn about a frame, however they pasted it."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gateways.hj212 import crc, explanation, frame, pasted, sm4
from gateways.hj212.frame import Check, Frame

VECTORS = [
    json.loads(line)
    for line in (Path(__file__).parents[1] / "gateways" / "hj212_vectors.jsonl").read_text("utf-8").splitlines()
]
RIGHT = "##0087QN=20160801085000001;ST=91;CN=9014;PW=123456;MN=010000A8900016F000169DC0;Flag=4;CP=&&&&C241"
KEY = b"0" * 16


def told(text: str | bytes) -> list[dict[str, Any]]:
    data = text.encode() if isinstance(text, str) else text
    return [explanation.as_json(explanation.explain(one)) for one in pasted.frames(data) if isinstance(one, Frame)]


@pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: vector["id"])
def test_a_real_frame_is_told_as_its_verdict_says(vector: dict[str, Any]) -> None:
    (found,) = told(vector["frame"])
    assert found["crc_ok"] == vector["crc_ok"]
    assert found["length_ok"] == vector["length_ok"]
    assert found["crc_expected"] == vector["crc_expected"]
    if vector["version"]:
        assert found["edition"] == vector["version"]
    expected = vector["expected_fields"]
    if expected:
        head = [one["value"] for one in found["fields"] if one["part"] == "head"]
        assert head == list(expected["head"].values())


@pytest.mark.parametrize(
    "text",
    [
        RIGHT,
        RIGHT + "\r\n",
        RIGHT + "\\r\\n",
        f"  '{RIGHT}'  \n",
        RIGHT[2:],
        RIGHT.encode().hex(),
        " ".join(f"0x{byte:02X}" for byte in RIGHT.encode() + b"\r\n"),
        f"2026-11-25 10:00:00 recv: {RIGHT}",
        RIGHT[:40] + "\n" + RIGHT[40:],
    ],
)
def test_copying_does_not_make_a_right_frame_doubtful(text: str) -> None:
    (found,) = told(text)
    assert (found["edition"], found["length_ok"], found["crc_ok"], found["doubts"]) == ("2017", True, True, [])


def test_several_frames_are_told_in_order() -> None:
    assert [one["crc_ok"] for one in told(f"{RIGHT}\n{RIGHT[:-1]}0\n{RIGHT}")] == [True, False, True]
    assert [one["crc_ok"] for one in told(RIGHT + RIGHT)] == [True, True]


@settings(deadline=None)  # the first call reads the code lists
@given(st.binary(max_size=300) | st.text(max_size=200).map(str.encode))
def test_whatever_is_pasted_is_answered(data: bytes) -> None:
    for one in pasted.frames(data):
        if isinstance(one, Frame):
            json.dumps(explanation.as_json(explanation.explain(one)))
        else:
            json.dumps(explanation.noise_json(one))


@settings(deadline=None)  # the first call reads the code lists
@given(st.binary(max_size=1100))
def test_the_check_is_that_of_the_standards_own_program(segment: bytes) -> None:
    register = 0xFFFF
    for byte in segment:
        register = (register >> 8) ^ byte
        for _ in range(8):
            register = (register >> 1) ^ (0xA001 if register & 1 else 0)
    assert crc.standard(segment) == register


def test_a_sealed_frame_says_so_and_opens_with_its_key() -> None:
    clear = (
        b"QN=20240520210600001;ST=31;CN=2011;PW=123456;MN=010000A8900016F000169DC0;Flag=9;"
        b"CP=&&DataTime=20240520210600;a34013-Rtd=1.35,a34013-Flag=N&&"
    )
    sealed = sm4.seal(clear, KEY)
    raw = b"##%04d%s%04X\r\n" % (len(sealed), sealed, crc.standard(clear))
    assert len(sealed) == len(clear)
    assert [doubt["code"] for doubt in told(raw)[0]["doubts"]] == ["HJ-SG-SEALED"]
    (opened,) = pasted.frames(raw, lambda segment: sm4.opened(segment, KEY))
    assert isinstance(opened, Frame)
    assert opened.segment == clear
    assert opened.raw == raw
    assert (opened.check, opened.declared) == (Check.STANDARD, len(clear))


def test_the_standards_own_sealed_example_comes_out_as_printed() -> None:
    area = b"DataTime=20240520210600;a01011-Min=1.35,a01011-Avg=1.35,a01011-Max=1.35,a01011-Flag=N;a01014-Min=3.20"
    segment = b"Flag=9;CP=&&" + area + b"&&"
    sealed = sm4.seal(segment, KEY)
    assert sealed[12:28].hex().upper() == "E43E159ACFAB242CB53155FB8B9281A1"
    assert sm4.opened(sealed, KEY) == segment


def test_the_answer_comes_without_the_heavy_libraries() -> None:
    program = (
        "import sys; from commands.main import build; build()(['hj212', 'explain', sys.argv[1], '--json'], "
        "standalone_mode=False); assert not {'polars', 'numpy', 'sqlalchemy', 'faust'} & set(sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", program, RIGHT], capture_output=True, text=True, check=True)
    assert {"edition", "length_ok", "crc_ok", "crc_expected", "fields", "doubts"} <= json.loads(done.stdout).keys()


def test_a_frame_of_its_own_building_is_read_as_built() -> None:
    assert told(frame.build(b"ST=91;CN=9014;CP=&&&&"))[0]["crc_ok"]
