"""Cells as people write them: read exactly, or told; never guessed."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateways.files import moments, numbers
from gateways.files.fields import reader
from gateways.files.grid import cell_text
from gateways.files.headings import bare, field_of
from gateways.files.unread import DAMAGED, Unread
from huiliu.period import SHANGHAI
from schemas.contract import KINDS, code_table, contract

FEN = st.integers(-(2**62), 2**62)
FULL_WIDTH = str.maketrans("0123456789.,-%", "０１２３４５６７８９．，－％")
EPOCH = date(1970, 1, 1)


@given(FEN, st.sampled_from(sorted(set(numbers.MONEY_UNITS.values()))), st.booleans(), st.booleans())
def test_money_in_any_unit_comes_back_to_the_fen(fen: int, unit: int, grouped: bool, wide: bool) -> None:
    amount = Decimal(fen) / unit if abs(fen) < 10**15 else Decimal(fen * 10**12 // unit).scaleb(-12)
    if amount * unit != fen:
        return
    text = f"{amount:,f}" if grouped else f"{amount:f}"
    assert numbers.fen(text.translate(FULL_WIDTH) if wide else text, unit) == fen


@given(FEN, st.integers(1, 9), st.sampled_from([1, numbers.YUAN, numbers.WAN]))
def test_a_fraction_of_a_fen_is_told_and_never_rounded(fen: int, tenths: int, unit: int) -> None:
    amount = (Decimal(fen) + Decimal(tenths) / 10).scaleb(-{1: 0, numbers.YUAN: 2, numbers.WAN: 6}[unit])
    assert isinstance(numbers.fen(f"{amount:f}", unit), Unread)


@given(st.integers(-(10**12), 10**12))
def test_money_from_a_spreadsheets_double_is_what_the_sheet_shows(fen: int) -> None:
    assert numbers.fen(cell_text(fen / 100), numbers.YUAN) == fen


@pytest.mark.parametrize(
    "text", ["12,34", "1,2345", "1.2.3", "abc", "1 000", "", "1e9999", "--1", "12万", "NaN", "inf", "٣"]
)
def test_what_is_not_surely_a_number_is_none(text: str) -> None:
    assert numbers.decimal(text) is None or text == "1e9999"
    assert isinstance(numbers.fen(text, 1), Unread)


DAYS = st.dates(date(1950, 1, 1), date(2100, 12, 31))


@given(DAYS)
def test_the_common_spellings_of_a_day_are_one_day(day: date) -> None:
    spelled = [
        day.isoformat(),
        f"{day.year}/{day.month}/{day.day}",
        f"{day.year}.{day.month:02}.{day.day:02}",
        f"{day.year}年{day.month}月{day.day}日",
        f"{day:%Y%m%d}",
        f"{day.isoformat()} 00:00:00",
        f"{day.isoformat()}".translate(FULL_WIDTH),
        str((day - date(1899, 12, 30)).days),
    ]
    assert {moments.days(text) for text in spelled} == {(day - EPOCH).days}


@given(st.datetimes(datetime(1950, 1, 1), datetime(2100, 12, 31)).map(lambda d: d.replace(microsecond=0)))
def test_a_time_without_zone_is_beijings_and_serial_numbers_agree(local: datetime) -> None:
    ms = int(local.replace(tzinfo=SHANGHAI).timestamp()) * 1000
    serial = (local - datetime(1899, 12, 30)) / timedelta(days=1)
    for text in (
        local.isoformat(),
        f"{local.year}/{local.month}/{local.day} {local.hour}:{local:%M:%S}",
        f"{local.year}年{local.month}月{local.day}日 {local.hour}时{local.minute}分{local.second}秒",
        f"{local:%Y%m%d%H%M%S}",
        local.replace(tzinfo=SHANGHAI).astimezone(UTC).isoformat().replace("+00:00", "Z"),
        cell_text(serial),
    ):
        assert moments.milliseconds(text) == ms, text


@pytest.mark.parametrize(
    "text", ["03/04/2026", "2026-02-30", "2026-13-01", "26-1-5", "2026", "下周一", "2026-1/5", "99999999", "-46027"]
)
def test_a_day_that_could_be_another_is_told(text: str) -> None:
    assert isinstance(moments.days(text), Unread)


def test_a_time_where_a_day_is_wanted_is_told_with_the_day() -> None:
    read = moments.days("2026-01-05 10:30:00")
    assert isinstance(read, Unread)
    assert read.suggestion == "2026-01-05"


@pytest.mark.parametrize("text", ["2026-10", "2026/10", "2026年10月", "202610", "2026-10-01", "２０２６－１０"])
def test_a_month_is_read_also_where_a_spreadsheet_made_a_day_of_it(text: str) -> None:
    assert moments.month(text) == "2026-10"


def read(kind: str, field: str, text: str) -> object:
    return reader(kind, contract(kind).field(field))(text)


@pytest.mark.parametrize("text", ["9.13401E+17", "9.13401E17", "9.13401001234568e+17", "1E+23"])
def test_an_identifier_that_a_spreadsheet_rounded_is_named_as_lost(text: str) -> None:
    found = read("project", "enterprise", text)
    assert isinstance(found, Unread)
    assert (found.code, found.suggestion) == (DAMAGED, None)


@given(st.integers(10**15, 10**24).map(float))
def test_every_number_too_long_for_a_spreadsheet_is_seen_to_be_damaged(value: float) -> None:
    found = read("project", "enterprise", cell_text(value))
    assert isinstance(found, Unread)
    assert found.code == DAMAGED


def test_codes_are_taken_by_code_name_or_both() -> None:
    assert {read("project", "stage", t) for t in ("BUILDING", "在建", "under construction", "BUILDING 在建")} == {
        "BUILDING"
    }
    (code, entry), *_ = code_table("pollutant").items()
    assert {read("reading", "pollutant", t) for t in (code, f"{code} {entry.zh}")} == {code}
    assert read("project", "division", "340104 蜀山区") == "340104"
    assert read("project", "name", " 原样 ") == " 原样 "
    assert isinstance(read("project", "stage", "在建中"), Unread)
    assert [read("award", "uplift", t) for t in ("是", "否", "TRUE", "0")] == [True, False, True, False]
    assert isinstance(read("award", "uplift", "也许"), Unread)


def test_per_cent_is_a_matter_of_the_field() -> None:
    assert read("project", "progress", "45.5%") == 45.5
    found = read("indicator", "value", "45.5%")
    assert isinstance(found, Unread)
    assert found.suggestion == "45.5"


@given(st.text(max_size=30), st.sampled_from([(k, f) for k in KINDS for f in contract(k).names]))
def test_no_text_of_a_cell_raises(text: str, of: tuple[str, str]) -> None:
    read(*of, text)


@pytest.mark.parametrize("kind", KINDS)
def test_every_label_of_a_field_leads_to_it_alone(kind: str) -> None:
    for field in contract(kind).fields:
        for name in (field.name, field.label_zh, field.label_en, f"{field.label_zh}*", f" {field.label_zh}\n"):
            told = field_of(kind, name)
            assert told is not None, name
            assert told[0] is field
    assert len({bare(field.label_zh) for field in contract(kind).fields}) == len(contract(kind).fields)
