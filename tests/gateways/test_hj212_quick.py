"""The quick paths give what the careful ones give, or nothing."""

from __future__ import annotations

import json
from pathlib import Path

from hypothesis import example, given, settings
from hypothesis import strategies as st

from gateways.hj212 import cutter, datum, frame, readings, segment, shapes

VECTORS = [
    json.loads(line)["frame"][6:-4].encode()
    for line in (Path(__file__).with_name("hj212_vectors.jsonl")).read_text("utf-8").splitlines()
]
RIGHT = (
    b"QN=20250131202809340;ST=31;CN=2051;PW=123456;MN=010000A8900016F000169DC0;Flag=5;CP=&&DataTime=20250131202800;"
    b"a34013-Min=1.1,a34013-Avg=1.35,a34013-Max=1.6,a34013-Flag=N;a21026-Avg=2,a21026-ZsAvg=1e1,a21026-Flag=D&&"
)


def same(data: bytes) -> bool:
    """Whether both paths agree; gives whether the quick ones were taken."""
    careful = segment.careful(data)
    quick = segment.quick(data)
    assert quick is None or quick == careful
    fast = shapes.values(quick, "340100", 1) if quick is not None else None
    told = readings.of_segment(careful, "340100", 1)
    assert fast is None or (told.doubts, datum.encode(told.events)) == ((), fast)
    for one in cutter.cut(frame.build(data)) if len(data) < 9_999 else []:
        assert isinstance(one, frame.Noise) or one == frame.read(one.raw)
    return fast is not None


def test_a_right_frame_takes_the_quick_way_and_real_ones_are_read_alike() -> None:
    assert same(RIGHT)
    for data in VECTORS:
        same(data)


items = st.tuples(
    st.sampled_from(["a34013", "a21026", "w01018", "011", "zz", "a34013 ", "p99101", "SB1", ""]),
    st.sampled_from(["Rtd", "Avg", "Min", "Max", "Cou", "ZsAvg", "Flag", "EFlag", "SampleTime", "RS", "x"]),
    st.sampled_from(["1", "1.5", "-2", "1e3", "1e999", "nan", "N", "D", "", " 1", "+.5", "1.", "中"]),
)
groups = st.lists(items, max_size=4).map(lambda group: ",".join(f"{a}-{b}={c}" for a, b, c in group))
heads = st.sampled_from(["QN=20250131202809340;", "QN=1;", "", "QN=20250131202809340;QN=20250131202809340;"])
times = st.sampled_from(["DataTime=20250131202800", "DataTime=20251331202800", "DataTime=20250131202800000", "x=1", ""])


@settings(max_examples=400, deadline=None)
@given(heads, st.integers(0, 12), st.sampled_from(["2011", "2031", "2021"]), times, st.lists(groups, max_size=4))
@example("QN=20250131202809340;", 5, "2011", "DataTime=20250131202800", ["a34013-Rtd=1,a34013-Flag=N"])
def test_the_quick_paths_agree_with_the_careful_ones(qn: str, flag: int, cn: str, time: str, data: list[str]) -> None:
    head = f"{qn}ST=31;CN={cn};PW=123456;MN=010000A8900016F000169DC0;Flag={flag};"
    same(f"{head}CP=&&{';'.join([time, *data])}&&".encode())


right = st.builds(
    lambda code, kinds, values: ",".join(f"{code}-{kind}={value}" for kind, value in zip(kinds, values, strict=False)),
    st.sampled_from(["a34013", "a21026", "w01018", "w00000"]),
    st.permutations(["Flag", "Avg", "Min", "Max", "Cou", "ZsAvg", "EFlag"]),
    st.lists(st.sampled_from(["1", "1.5", "-2", "1e3", "+.5", "1.", "N", "D"]), min_size=1, max_size=7),
)


@settings(max_examples=400, deadline=None)
@given(st.sampled_from(["2011", "2051", "2061", "2031"]), st.lists(right, min_size=1, max_size=4))
def test_they_agree_on_frames_that_are_right_or_nearly(cn: str, data: list[str]) -> None:
    head = f"QN=20250131202809340;ST=31;CN={cn};PW=123456;MN=010000A8900016F000169DC0;Flag=5;"
    same(f"{head}CP=&&{';'.join(['DataTime=20250131202800', *data])}&&".encode())


@settings(deadline=None)
@given(st.integers(0, len(RIGHT) - 1), st.binary(max_size=3), st.integers(0, 3))
def test_they_agree_after_any_damage(at: int, put: bytes, taken: int) -> None:
    same(RIGHT[:at] + put + RIGHT[at + taken :])
