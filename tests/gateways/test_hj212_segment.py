"""HJ 212 data segments: what is doubtful is listed, and nothing raises."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateways.hj212.doubt import DOUBTS, Doubt
from gateways.hj212.segment import Edition, Flag, build, parse

GOOD = (
    b"QN=20160801085857223;ST=32;CN=2011;PW=123456;MN=010000A8900016F000169DC0;Flag=5;"
    b"CP=&&DataTime=20160801085857;w01018-Rtd=9.5,w01018-Flag=N&&"
)

word = st.text(st.characters(min_codepoint=0x21, max_codepoint=0x7E, exclude_characters=";,=&"), min_size=1, max_size=8)
pair = st.tuples(word, word)


def codes(data: bytes) -> set[str]:
    return {doubt.code for doubt in parse(data).doubts}


def test_the_standards_own_form_leaves_no_doubt() -> None:
    assert parse(GOOD).doubts == ()


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        (b"QN=20160801085857223;ST=32", b"ST=32;QN=20160801085857223", "HJ-SG-ORDER"),
        (b"Flag=5;", b"", "HJ-SG-MISSING"),
        (b"PW=123456", b"PW=", "HJ-SG-EMPTY"),
        (b"ST=32", b"ST=101", "HJ-SG-FORM"),
        (b"Flag=5", b"Flag=999", "HJ-SG-FORM"),
        (b"Flag=5", b"Flag=12", "HJ-SG-FORM"),
        (b"Flag=5", b"Flag=7", "HJ-SG-PACKET"),
        (b"Flag=5;", b"Flag=5;PNUM=2;PNO=1;", "HJ-SG-PACKET"),
        (b"ST=32", b"ST=32;ST=31", "HJ-SG-REPEATED"),
        (b"ST=32", b"ST=32;Sequence=1", "HJ-SG-UNKNOWN"),
        (b"ST=32", b"ST=32;Oops", "HJ-SG-ITEM"),
        (b"w01018-Rtd", b" w01018-Rtd", "HJ-SG-BLANK"),
        (b"Flag=N&&", b"Flag=N;&&", "HJ-SG-TRAILING"),
        (b"Flag=N&&", b"Flag=N", "HJ-SG-CP-OPEN"),
        (b"Flag=N&&", b"Flag=N&&x", "HJ-SG-AFTER"),
        (b"CP=&&", b"", "HJ-SG-CP"),
        (b"PW=123456", "PW=密码密码密码".encode("gb18030"), "HJ-SG-ENCODING"),
        (b"PW=123456", b"PW=12345\xff", "HJ-SG-ENCODING"),
    ],
)
def test_each_departure_is_named(old: bytes, new: bytes, code: str) -> None:
    assert old in GOOD
    assert code in codes(GOOD.replace(old, new, 1))


def test_chinese_text_of_an_old_machine_is_read() -> None:
    read = parse("ST=32;MN=阜阳;CP=&&&&".encode("gb18030"))
    assert read.field("MN") == "阜阳"


@given(st.binary(max_size=300))
def test_no_bytes_make_it_raise(data: bytes) -> None:
    for doubt in parse(data).doubts:
        assert doubt.code in DOUBTS
        assert str(doubt)


@given(st.lists(pair, max_size=6), st.lists(st.lists(pair, min_size=1, max_size=4), max_size=5))
def test_what_is_built_is_read_back(head: list[tuple[str, str]], groups: list[list[tuple[str, str]]]) -> None:
    read = parse(build(head, groups))
    assert list(read.head) == head
    assert [list(group) for group in read.cp or ()] == groups


@pytest.mark.parametrize(
    ("value", "edition"), [(0, Edition.E2005), (3, Edition.E2005), (7, Edition.E2017), (9, Edition.E2025)]
)
def test_the_version_bits_name_the_edition(value: int, edition: Edition) -> None:
    assert Flag(value).edition is edition
    assert Flag(value).answer == bool(value % 2)


def test_a_doubt_says_where_and_what() -> None:
    written = str(Doubt("HJ-FR-CRC", "crc", "1C08", "1C80"))
    assert "1C08" in written
    assert "1C80" in written
