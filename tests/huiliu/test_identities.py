"""Credit codes, project codes, money, periods, the clock."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from huiliu import clock, credit_code, money, period, project_code
from huiliu.errors import Malformed

REAL = ["91110000600037341L", "91330100799655058B"]
MADE = ["91340100MA2MQ1232Q", "913402001490846601", "11340000002986053U", "52340800500700011H", "91320000MA1WABCD5F"]
ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"


@pytest.mark.parametrize("code", REAL + MADE)
def test_codes_with_both_checks_right_are_valid(code: str) -> None:
    assert credit_code.valid(code)
    assert credit_code.organisation_code_valid(code)
    assert credit_code.organisation_code_valid(code[8:17])
    assert credit_code.make(code[:17]).text == code
    assert str(credit_code.parse(code)) == code


def test_a_code_comes_apart() -> None:
    code = credit_code.parse("91340100MA2MQ1232Q")
    assert (code.department, code.division, code.organisation) == ("9", "340100", "MA2MQ1232")
    assert credit_code.division("91340100MA2MQ1232Q") == "340100"


@given(st.sampled_from(REAL + MADE), st.integers(0, 17), st.sampled_from(ALPHABET))
def test_one_wrong_character_is_always_found(code: str, at: int, character: str) -> None:
    changed = code[:at] + character + code[at + 1 :]
    assert credit_code.valid(changed) == (changed == code)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "91340100MA2MQ1232q",
        " 91340100MA2MQ1232Q",
        "91340100-MA2MQ1232Q",
        "９1340100MA2MQ1232Q",
        "9134010OMA2MQ1232Q",
    ],
)
def test_codes_are_taken_as_they_stand(text: str) -> None:
    assert not credit_code.valid(text)
    with pytest.raises(Malformed, match="18"):
        credit_code.parse(text)


@given(st.text(alphabet="0123456789ABCDEFGHJKLMNPQRTUWXY", min_size=8, max_size=8))
def test_a_made_organisation_code_has_its_check_right(prefix: str) -> None:
    made = credit_code.make("91340100" + prefix + credit_code.organisation_check(prefix))
    assert credit_code.organisation_code_valid(made.text)
    wrong = "1" if made.organisation[8] != "1" else "2"
    assert not credit_code.organisation_code_valid(made.organisation[:8] + wrong)


@pytest.mark.parametrize("prefix", ["", "9134010", "I" * 17, "91340100MA2MQ1232Q"])
def test_a_prefix_that_is_none_is_refused(prefix: str) -> None:
    with pytest.raises(Malformed):
        credit_code.make(prefix)


@pytest.mark.parametrize(
    ("text", "form", "year", "month", "division"),
    [
        ("2019-340104-39-03-000123", "2014", 2019, None, "340104"),
        ("2015-000052-44-01-000001", "2014", 2015, None, "000052"),
        ("2109-340104-04-01-123456", "2020", 2021, 9, "340104"),
        ("2011-340104-07-02-999999", "2020", 2020, 11, "340104"),
    ],
)
def test_both_forms_of_project_code_are_told_apart(
    text: str, form: str, year: int, month: int | None, division: str
) -> None:
    code = project_code.parse(text)
    assert (code.form, code.year, code.month, code.division, str(code)) == (form, year, month, division, text)


@pytest.mark.parametrize(
    "text",
    ["2013-340104-04-01-123456", "2021-340104-04-01-123456", "1912-340104-04-01-123456", "2100-340104-04-01-123456",
     "2109-340104-04-01-12345", "2109-340104-04-01-1234567", "2109340104041123456", "２109-340104-04-01-123456",
     "2109-340104-04-01-123456\n", ""],
)  # fmt: skip
def test_anything_else_is_no_project_code(text: str) -> None:
    assert not project_code.valid(text)
    with pytest.raises(Malformed):
        project_code.parse(text)


@given(st.integers(-(2**63), 2**63 - 1))
def test_fen_and_yuan_are_exact_both_ways(fen: int) -> None:
    assert money.from_yuan(money.yuan(fen)) == fen
    assert money.from_yuan(money.format_fen(fen).replace(",", "")) == fen


def test_money_reads_as_people_write_it() -> None:
    assert money.format_fen(123_456_789) == "1,234,567.89"
    assert money.format_fen(-5) == "-0.05"
    assert money.from_yuan("12.5") == 1250
    assert money.yuan(money.FEN_PER_WAN) == Decimal(10_000)


@pytest.mark.parametrize("amount", ["1.005", "x", "", "NaN", "Infinity"])
def test_fractions_of_fen_and_other_texts_are_refused(amount: str) -> None:
    with pytest.raises(Malformed):
        money.from_yuan(amount)


@pytest.mark.parametrize(
    ("text", "kind", "first", "last"),
    [
        ("2026", "year", date(2026, 1, 1), date(2026, 12, 31)),
        ("2026Q2", "quarter", date(2026, 4, 1), date(2026, 6, 30)),
        ("2024-02", "month", date(2024, 2, 1), date(2024, 2, 29)),
        ("2026-05-01", "day", date(2026, 5, 1), date(2026, 5, 1)),
        ("9999-12", "month", date(9999, 12, 1), date(9999, 12, 31)),
    ],
)
def test_periods_are_read(text: str, kind: str, first: date, last: date) -> None:
    read = period.parse(text)
    assert (read.kind, read.first, read.last, str(read)) == (kind, first, last, text)


@pytest.mark.parametrize(
    "text", ["0000", "2026Q5", "2026-13", "2026-02-30", "2026-5", "26", "2026q1", "２０２６", "2026 "]
)
def test_other_texts_are_no_period(text: str) -> None:
    assert not period.valid(text)
    with pytest.raises(Malformed):
        period.parse(text)


@given(st.dates(date(2, 1, 1), date(9998, 12, 31)), st.sampled_from(["year", "quarter", "month", "day"]))
def test_periods_follow_each_other_without_gap(day: date, kind: period.PeriodKind) -> None:
    this = period.containing(kind, day)
    assert this.first <= day <= this.last
    assert period.parse(this.text) == this
    assert this.next().first == this.last + timedelta(days=1)
    assert this.next().previous() == this
    assert this.end_ms == this.next().start_ms


SINCE_1992 = int(datetime(1992, 1, 1, tzinfo=UTC).timestamp() * 1000)


@given(st.lists(st.integers(SINCE_1992, 4_000_000_000_000), min_size=1, max_size=20))
def test_days_months_and_quarters_are_shanghais(moments: list[int]) -> None:
    local = [datetime.fromtimestamp(m / 1000, UTC).astimezone(ZoneInfo("Asia/Shanghai")).date() for m in moments]
    got = pl.DataFrame({"t": moments}).select(
        period.shanghai_day(pl.col("t")).cast(pl.Date).alias("day"),
        period.shanghai_month(pl.col("t")).cast(pl.Date).alias("month"),
        period.shanghai_quarter(pl.col("t")).cast(pl.Date).alias("quarter"),
    )
    assert got["day"].to_list() == local == [period.day_of(m) for m in moments]
    assert got["month"].to_list() == [day.replace(day=1) for day in local]
    assert got["quarter"].to_list() == [period.containing("quarter", day).first for day in local]
    assert [period.of("month", m).first for m in moments] == got["month"].to_list()


def test_moments_beyond_the_calendar_give_null_and_never_an_error() -> None:
    frame = pl.DataFrame({"t": [2**63 - 1, -(2**63), 0]})
    got = frame.select(period.shanghai_day(pl.col("t")).alias("d"), period.shanghai_month(pl.col("t")).alias("m"))
    assert got.rows() == [(None, None), (None, None), (0, 0)]
    assert got.schema == {"d": pl.Int32, "m": pl.Int32}


def test_moments_are_shown_in_shanghai_time() -> None:
    assert period.format_moment(1_777_593_600_000) == "2026-05-01T08:00:00+08:00"
    assert period.format_moment(-1) == "1970-01-01T07:59:59.999+08:00"
    assert period.format_moment(2**63 - 1) == "9223372036854775807 ms"


def test_the_clock_can_be_replaced_and_comes_back() -> None:
    with clock.using(clock.at(42)):
        assert clock.now_ms() == 42
    assert clock.now_ms() > SINCE_1992
