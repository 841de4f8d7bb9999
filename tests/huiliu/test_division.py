"""Administrative divisions: the list, its years, and what lies in what."""

from __future__ import annotations

import pytest

from huiliu import division
from huiliu.errors import Malformed

PROVINCES = sorted(code for code in division.intervals() if code.endswith("0000"))


def test_anhui_has_sixteen_cities_and_a_hundred_and_four_counties() -> None:
    assert len(division.cities("340000")) == 16
    assert len(division.counties("340000")) == 104


@pytest.mark.parametrize(("province", "counties"), [("320000", 95), ("620000", 86), ("210000", 100), ("210400", 7)])
def test_counties_of_other_places_are_as_the_ministry_lists_them(province: str, counties: int) -> None:
    assert len(division.counties(province)) == counties


def test_counties_of_a_past_year_are_those_of_that_year() -> None:
    assert "340221" in division.counties("340000", 2015)
    assert "340210" not in division.counties("340000", 2015)
    assert "340221" not in division.counties("340000")
    assert "341400" in division.cities("340000", 2005)


def test_names_follow_the_year() -> None:
    assert division.name("340104") == "蜀山区"
    assert division.name("340104", 1990) == "西市区"
    assert division.name("340221", 2026) == "芜湖县"
    assert division.full_name("340104") == "安徽省合肥市蜀山区"
    assert division.full_name("500229") == "重庆市城口县"
    assert division.full_name("429004") == "湖北省仙桃市"


@pytest.mark.parametrize("code", ["340203", "340208", "340221", "340222", "340225", "340824", "341822"])
def test_dead_codes_of_anhui_are_known_not_valid_and_have_a_successor_that_is(code: str) -> None:
    assert division.known(code)
    assert not division.valid_on(code, 2026)
    after = division.successor(code)
    assert after is not None
    assert division.valid_on(after, 2026)


def test_successions_by_name_and_by_knowledge() -> None:
    after = {code: division.successor(code) for code in ("340203", "340222", "341421", "340221", "341402", "620824")}
    assert after == {
        "340203": "340209", "340222": "340212", "341421": "340124", "340221": "340210", "341402": "340181",
        "620824": "620881",
    }  # fmt: skip


def test_nothing_succeeds_what_is_valid_or_was_never_known() -> None:
    assert division.successor("340104") is None
    assert division.successor("999999") is None


def test_every_successor_is_valid_today_and_in_the_same_province() -> None:
    for code in division.intervals():
        after = division.successor(code)
        if after is not None:
            assert division.intervals()[after][-1][1] == division.LAST_YEAR
            assert after[:2] == code[:2]


@pytest.mark.parametrize(
    ("code", "level", "city"),
    [
        ("340000", "province", "340000"), ("340100", "city", "340100"), ("340104", "county", "340100"),
        ("340101", "group", "340100"), ("110105", "county", "110000"), ("110100", "group", "110000"),
        ("500229", "county", "500000"), ("419001", "county", "419001"), ("429000", "group", "429000"),
        ("659001", "county", "659001"), ("469005", "county", "469005"), ("441900", "city", "441900"),
        ("222401", "county", "222400"), ("622901", "county", "622900"), ("810000", "province", "810000"),
    ],
)  # fmt: skip
def test_levels_and_what_reports_to_the_province(code: str, level: str, city: str) -> None:
    assert division.level(code) == level
    assert division.city_of(code) == city


@pytest.mark.parametrize("province", PROVINCES)
def test_what_counties_report_through_is_a_city_of_the_province(province: str) -> None:
    cities = set(division.cities(province))
    assert {division.city_of(code) for code in division.counties(province)} <= cities
    assert all(division.within(code, province) for code in cities)
    assert all(division.level(code) != "group" for code in cities)


def test_within_goes_up_all_levels_and_never_across() -> None:
    assert division.within("340104", "340104")
    assert division.within("340104", "340100")
    assert division.within("340104", "340000")
    assert division.within("429004", "429000")
    assert not division.within("340100", "340104")
    assert not division.within("340204", "340100")
    assert not division.within("320104", "340000")
    assert not division.within("340104", "")
    assert not division.within("34010", "340000")
    assert not division.within("3401041", "340000")


def test_intervals_are_years_first_to_last() -> None:
    assert division.intervals()["340203"] == [(1983, 2004), (2005, 2020)]
    assert division.intervals()["340000"] == [(division.FIRST_YEAR, division.LAST_YEAR)]
    assert all(first <= last for years in division.intervals().values() for first, last in years)


@pytest.mark.parametrize("text", ["", "34", "340199", "３４０１００", "340100 ", "999999"])
def test_what_is_no_code_is_refused(text: str) -> None:
    assert not division.known(text)
    assert not division.valid_on(text, 2026)
    for ask in (division.parse, division.name, division.level):
        with pytest.raises(Malformed):
            ask(text)


def test_each_succession_is_one_of_the_list_and_ends_at_a_code_in_force() -> None:
    """The year of the data is that in which the one code ends and the other is there."""
    assert len(division.successions()) >= 40
    for code, (after, year) in division.successions().items():
        assert division.last_year(code) in (year, year - 1), code
        assert division.valid_on(after, year), code
        assert after[:2] == code[:2]
        final = division.successor(code)
        assert final is not None
        assert division.last_year(final) is None


def test_a_succession_by_steps_ends_at_the_code_of_today() -> None:
    assert division.successions()["341422"][0] == "340225"
    assert division.successor("341422") == "340281"
    assert division.successor("320502") == "320508"
    assert (division.last_year("341822"), division.last_year("341882"), division.last_year("999999")) == (
        2019,
        None,
        None,
    )
