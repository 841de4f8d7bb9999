"""HJ 212 readings: what a frame says becomes events, and what it does not say is not invented."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateways.hj212 import frame, readings, segment
from gateways.hj212.doubt import DOUBTS
from gateways.hj212.factors import factor, old_codes
from gateways.hj212.readings import of_frame, of_segment
from schemas.contract import contract

VECTORS = {
    vector["id"]: vector
    for vector in map(json.loads, (Path(__file__).parent / "hj212_vectors.jsonl").read_text("utf-8").splitlines())
}
REPORTED = 1_795_140_300_000


def read(number: str) -> readings.Readings:
    return of_frame(frame.read(VECTORS[f"hj212-{number}"]["frame"].encode() + b"\r\n"), "340100", REPORTED)


def said(cp: str, cn: str = "2011") -> readings.Readings:
    text = f"QN=20160801085857223;ST=31;CN={cn};PW=123456;MN=010000A8900016F000169DC0;Flag=5;CP=&&{cp}&&"
    return of_segment(segment.parse(text.encode()), "340100", REPORTED)


def codes(found: readings.Readings) -> list[str]:
    return [doubt.code for doubt in found.doubts]


def test_an_hour_of_the_field_becomes_one_event_for_each_factor() -> None:
    found = read("025")
    assert [event["pollutant"] for event in found.events] == [
        "a00000",
        "a01011",
        "a01013",
        "a01012",
        "a24088",
        "a05002",
        "a01014",
    ]
    pressure = found.events[2]
    assert pressure == {
        "division": "340100",
        "revision": 1,
        "reported_at": REPORTED,
        "source_ref": "20240123101501421",
        "mn": "81733553216103",
        "pollutant": "a01013",
        "period": "HOUR",
        "start": int(datetime(2024, 1, 22, 9, tzinfo=UTC).timestamp()) * 1000,
        "average": -0.026,
        "minimum": -0.041,
        "maximum": 0.011,
        "cumulative": None,
        "corrected": None,
        "flag": "N",
        "mark": None,
    }
    assert found.events[0]["cumulative"] == 19191.973
    assert found.doubts == ()


def test_codes_of_2005_become_those_of_2017() -> None:
    found = read("022")
    assert [event["pollutant"] for event in found.events] == ["w00000", "w01018", "w21003"]
    assert "HJ-RD-OLD-CODE" not in codes(found)  # in an edition of 2005 they are right
    assert "HJ-RD-FLAG" not in codes(found)  # nor do its statistics want a data flag
    assert {event["flag"] for event in found.events} == {"N"}


def test_a_factor_in_two_groups_is_one_event() -> None:
    found = read("033")
    dust = next(event for event in found.events if event["pollutant"] == "a34013")
    assert (dust["average"], dust["corrected"], dust["flag"]) == (0.0, 0.0, "D")
    assert "HJ-RD-SPLIT" in codes(found)
    assert len(found.events) == 9


def test_flag_before_value_changes_nothing() -> None:
    found = read("101")
    assert all(event["flag"] == "N" and event["average"] is not None for event in found.events)


def test_the_same_item_fifteen_times_is_one_event_and_fourteen_doubts() -> None:
    found = read("054")
    assert [event["average"] for event in found.events] == [65436.0]
    assert codes(found).count("HJ-RD-REPEATED") == 14


def test_a_misspelt_item_is_named_and_its_factor_left_without_value() -> None:
    found = read("037")
    assert "LA" not in {event["pollutant"] for event in found.events}
    assert {"HJ-RD-KEY", "HJ-RD-NONE"} <= set(codes(found))


def test_an_unknown_factor_is_handed_on_as_sent() -> None:
    found = read("053")
    assert "PMD" in {event["pollutant"] for event in found.events}
    assert "HJ-RD-FACTOR" in codes(found)


def test_a_blank_before_a_key_does_not_lose_the_value() -> None:
    found = read("055")
    assert [(event["pollutant"], event["average"], event["flag"]) for event in found.events] == [("LA", 50.1, "N")]


def test_a_request_gives_no_readings_and_no_doubts_about_them() -> None:
    for number in ("004", "079", "116", "125"):
        found = read(number)
        assert found.events == ()
        assert not [code for code in codes(found) if code.startswith("HJ-RD")]


def test_a_reply_is_not_a_reading() -> None:
    assert read("045").events == ()


@pytest.mark.parametrize(
    ("cn", "period"), [("2011", "REALTIME"), ("2051", "MINUTE"), ("2061", "HOUR"), ("2031", "DAY")]
)
def test_the_command_gives_the_period(cn: str, period: str) -> None:
    kind = "Rtd" if cn == "2011" else "Avg"
    [event] = said(f"DataTime=20160801085857;a21026-{kind}=1.5,a21026-Flag=N", cn).events
    assert (event["period"], event["average"]) == (period, 1.5)


@pytest.mark.parametrize(
    "time", ["", "20160230000000", "20160801240000", "2016080108585", "２０１６０８０１０８５８５７", "0" * 14]
)
def test_a_time_that_does_not_exist_gives_no_event_but_a_doubt(time: str) -> None:
    found = said(f"DataTime={time};a21026-Rtd=1.5")
    assert found.events == ()
    assert "HJ-RD-TIME-FORM" in codes(found)


def test_a_frame_without_time_gives_no_event_but_a_doubt() -> None:
    found = said("a21026-Rtd=1.5")
    assert found.events == ()
    assert codes(found) == ["HJ-RD-TIME"]


@pytest.mark.parametrize("value", ["N", "", "nan", "inf", "1e999", "１２", "1_000", "0x10"])
def test_what_is_not_a_number_is_no_value(value: str) -> None:
    found = said(f"DataTime=20160801085857;a21026-Rtd={value},a21026-ZsRtd=2")
    [event] = found.events
    assert event["average"] is None
    assert event["corrected"] == 2.0
    assert "HJ-RD-NUMBER" in codes(found)


def test_items_without_a_field_are_listed() -> None:
    found = said("DataTime=20160801085857;a21026-Rtd=1,a21026-EFlag=A001,a21026-SampleTime=20160801085857;PolId=a21026")
    assert found.ignored == ("a21026-EFlag", "a21026-SampleTime", "PolId")


def test_device_numbers_stand_for_the_xx_of_a_family() -> None:
    assert factor("e30101").known
    assert not factor("e301").known
    assert factor("a21001").code == "a21001"
    assert factor("02").code == "a21026"
    assert len(old_codes()) == 93


def test_an_event_has_the_fields_of_the_contract() -> None:
    names = set(contract("reading").names)
    for number in VECTORS:
        for event in read(number.removeprefix("hj212-")).events:
            assert set(event) == names


item = st.one_of(
    st.tuples(
        st.sampled_from(["a21026", "02", "LA", "zz", ""]), st.sampled_from(["Rtd", "Avg", "Flag", "EFlag", "td"])
    ),
    st.tuples(st.text(max_size=4), st.text(max_size=4)),
).map("-".join)
value = st.one_of(st.sampled_from(["1.5", "-0.04", "N", "", "20160801085857"]), st.text(max_size=6))
groups = st.lists(st.lists(st.tuples(st.one_of(item, st.just("DataTime")), value), max_size=4), max_size=5)


@given(st.sampled_from(["2011", "2051", "2061", "2031", "9014"]), groups)
def test_no_content_makes_it_raise(cn: str, cp: list[list[tuple[str, str]]]) -> None:
    built = segment.build([("QN", "1"), ("CN", cn), ("MN", "m")], cp)
    found = of_segment(segment.parse(built), "340100", REPORTED)
    keys = [(event["mn"], event["pollutant"], event["period"], event["start"]) for event in found.events]
    assert len(keys) == len(set(keys))
    assert all(doubt.code in DOUBTS for doubt in found.doubts)


@given(st.binary(max_size=200))
def test_no_bytes_make_it_raise(data: bytes) -> None:
    of_frame(frame.read(data), "340100", REPORTED)
