"""Every code of the standard's tables is told in Chinese, and what its edition does not have is a doubt."""

from __future__ import annotations

from typing import Any

import pytest

from gateways.hj212 import explanation, frame, pasted
from gateways.hj212.frame import Frame
from gateways.hj212.names import editions, table

FLAGS = {"2005": "1", "2017": "5", "2025": "9"}
READING = "DataTime=20260501000000;a21026-Rtd=1,a21026-Flag=N"


def built(
    cn: str = "2011", cp: str = READING, *, flag: str = "5", st: str = "31", qn: str = "20260501100000123"
) -> bytes:
    head = f"QN={qn};ST={st};CN={cn};PW=123456;MN=010000A8900016F000169DC0;Flag={flag};"
    return frame.build(f"{head}CP=&&{cp}&&".encode())


def told(data: bytes) -> dict[str, Any]:
    (found,) = (one for one in pasted.frames(data) if isinstance(one, Frame))
    return explanation.as_json(explanation.explain(found))


def meaning(found: dict[str, Any], key: str) -> str:
    return str(next(one["meaning_zh"] for one in found["fields"] if one["key"] == key))


def codes(found: dict[str, Any]) -> list[str]:
    return [doubt["code"] for doubt in found["doubts"]]


COMMANDS = [(cn, editions("cn").get(cn, "2017")) for cn in table("cn")] + [(cn, "2005") for cn in table("cn_2005")]


@pytest.mark.parametrize(("cn", "edition"), COMMANDS)
def test_every_command_is_named_in_its_own_edition_without_a_doubt(cn: str, edition: str) -> None:
    cp = READING if cn in ("2011", "2051", "2061", "2031") else ""
    found = told(built(cn, cp, flag=FLAGS[edition]))
    assert (found["edition"], codes(found)) == (edition, [])
    assert meaning(found, "CN") == (table("cn_2005") if edition == "2005" else table("cn"))[cn].zh


@pytest.mark.parametrize(
    ("cn", "edition", "zh"),
    [
        ("1001", "2005", "设置超限报警时间"),
        ("1001", "2025", "上传数采仪硬件序号"),
        ("3014", "2005", "设置设备采样时间周期"),
        ("3014", "2017", "比对采样"),
    ],
)
def test_a_command_that_editions_call_otherwise_is_told_as_its_own_edition_does(cn: str, edition: str, zh: str) -> None:
    assert meaning(told(built(cn, "", flag=FLAGS[edition])), "CN") == zh


@pytest.mark.parametrize(
    ("cn", "cp", "zh"),
    [
        ("1000", "OverTime=5,ReCount=3", ["超时时间", "重发次数"]),
        ("2041", "DataTime=20260801000000;SB1-RT=2.0", ["数据时间", "设施 1·设施一日内的运行时间（小时）"]),
        ("2081", "DataTime=20260801085857;RestartTime=20260801085624", ["数据时间", "数采仪开机时间"]),
        ("3016", "PolId=w01018,CstartTime=000000,Ctime=2", ["污染因子编码", "设备采样起始时间", "采样周期"]),
        ("3019", "PolId=w01018,w01018-SN=010000A8900016F000169DC0", ["污染因子编码", "化学需氧量·仪器仪表编码"]),
        ("3020", "DataTime=20260801085857;PolId=w01018,i11001-Info=//清洗管路//",
         ["数据时间", "污染因子编码", "运行日志·现场端信息"]),
        ("3021", "PolId=w01018,InfoId=i13004", ["污染因子编码", "现场端信息编码"]),
        ("2061", "DataTime=20260801000000;a21026-Avg=2,a21026-ZsAvg=3,a21026-Flag=N,a21026-EFlag=A01",
         ["数据时间", "二氧化硫·平均值", "二氧化硫·折算平均值", "二氧化硫·监测仪器数据标记",
          "二氧化硫·监测仪器扩充数据标记"]),
    ],
)  # fmt: skip
def test_each_item_is_named(cn: str, cp: str, zh: list[str]) -> None:
    found = told(built(cn, cp))
    assert codes(found) == []
    assert [one["zh"] for one in found["fields"] if one["part"] == "cp"] == zh


def test_an_alarm_and_statistics_of_2005_without_flag_or_qn_are_right_but_for_the_flag() -> None:
    for cn, cp in (
        ("2072", "AlarmTime=20040506111000;101-Ala=1.1,AlarmType=1"),
        ("2051", "DataTime=20040516021000;B02-Cou=200;02-Cou=2.5,02-Min=1.1,02-Avg=1.1,02-Max=1.1"),
    ):
        found = told(frame.build(f"ST=31;CN={cn};PW=123456;MN=88888880000001;CP=&&{cp}&&".encode()))
        assert (found["edition"], codes(found)) == ("2005", ["HJ-SG-MISSING"])
        assert all(one["zh"] for one in found["fields"])


@pytest.mark.parametrize(
    ("data", "code", "where"),
    [
        (built(st="77"), "HJ-SG-CODE", "ST"),
        (built("7777", ""), "HJ-SG-CODE", "CN"),
        (built("9015", ""), "HJ-SG-EDITION", "CN"),
        (built("2072", "AlarmTime=20260501000000"), "HJ-SG-EDITION", "CN"),
        (built(st="45"), "HJ-SG-EDITION", "ST"),
        (built(qn="20261301100000123"), "HJ-SG-TIME", "QN"),
        (built("2081", "RestartTime=20260801256100"), "HJ-SG-TIME", "RestartTime"),
        (built(cp="DataTime=20260501000000;a21026-Rtd=1,a21026-Flag=X"), "HJ-RD-FLAG-CODE", "a21026-Flag"),
        (built(cp="DataTime=20260501000000;a21026-Rtd=1,a21026-Flag=P"), "HJ-RD-FLAG-CODE", "a21026-Flag"),
        (built("9011", "QnRtn=55"), "HJ-SG-CODE", "QnRtn"),
        (built("2021", "DataTime=20260501000000;SB1-RS=9"), "HJ-SG-CODE", "SB1-RS"),
        (built("1062", "RtdInterval=29"), "HJ-SG-RANGE", "RtdInterval"),
        (built("1064", "MinInterval=7"), "HJ-SG-RANGE", "MinInterval"),
        (built("3011", "PolId=zz9"), "HJ-RD-FACTOR", "PolId"),
        (built("3011", "Nonsense=1"), "HJ-SG-KEY", "Nonsense"),
        (built(cp="DataTime=20260501000000;011-Rtd=1,011-Flag=N"), "HJ-RD-OLD-CODE", "011"),
    ],
)
def test_what_an_edition_does_not_have_is_a_doubt(data: bytes, code: str, where: str) -> None:
    found = told(data)
    assert [(doubt["code"], doubt["where"]) for doubt in found["doubts"]] == [(code, where)]
    assert found["doubts"][0]["zh"]


@pytest.mark.parametrize("end", [b"\r\n", b"\n", b"\r", b"", b" \r\n"])
@pytest.mark.parametrize("check", ["D701", "d701", "D7 01", " D7 01", " d701"])
def test_a_check_in_small_letters_or_with_blanks_and_any_line_end_are_read(check: str, end: bytes) -> None:
    found = told(built()[:-6] + check.encode() + end)
    assert (found["length_ok"], found["crc_ok"], found["crc_expected"]) == (True, True, "D701")
    assert codes(found) == (["HJ-FR-CRC-BLANK"] if " " in check else [])


def test_chinese_in_gbk_is_read_and_doubted() -> None:
    cp = "DataTime=20260801085857;PolId=w01018,i11001-Info=//清洗管路//"
    clear = built("3020", cp)[6:-6].decode()
    found = told(frame.build(clear.encode("gbk")))
    assert codes(found) == ["HJ-SG-ENCODING"]
    assert any(one["value"] == "//清洗管路//" for one in found["fields"])
