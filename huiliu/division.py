"""Administrative divisions (行政区划), GB/T 2260 codes of six digits, with the years in which each was valid.

The list is python-stdnum's ``cn/loc.dat``, counties with their years from the 1980s on. A code is a province
(``340000``), a city (``340100``), a county-level unit (``340104``), or only a group of such (``340101`` 市辖区,
``429000`` 省直辖县级行政单位): groups have no government and report nothing, but stand in credit codes.

Below a province stand cities; below a municipality (北京, 天津, 上海, 重庆) its counties directly; and some counties
stand directly below their province (济源, 仙桃, 石河子 …). What reports to the province for a county is ``city_of``:
its city, the municipality itself, or the county itself.

>>> name("340104"), city_of("340104"), name("340104", 1990)
('蜀山区', '340100', '西市区')
>>> within("340104", "340000"), valid_on("340221", 2026), successor("340221"), last_year("340221")
(True, False, '340210', 2020)

Which code took the place of a retired one is data too (``successions.json``); where that is silent names may show it.
"""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from functools import cache, lru_cache
from importlib.resources import files
from typing import Final, Literal, NamedTuple, NewType

from huiliu.errors import Malformed
from huiliu.language import text

DivisionCode = NewType("DivisionCode", str)
Level = Literal["province", "city", "county", "group"]

FIRST_YEAR: Final = 0  #: stands for "since before the list begins"
LAST_YEAR: Final = 9999  #: stands for "until today"
MUNICIPALITIES: Final = frozenset({"110000", "120000", "310000", "500000"})

_LINE: Final = re.compile(r'^( *)([0-9]+) +(?:province|county)="([^"]*)"')
_ENTRY: Final = re.compile(r"(?:\[([0-9]{4})?-([0-9]{4})?\])?(.+)")
_GROUP: Final = re.compile(r"市辖区|县|市|(?:省|自治区)直辖县级行政单位")
_SUFFIX: Final = re.compile(r"(?<=.)(?:市|县|区|自治县|林区|特区)$")


class Tenure(NamedTuple):
    """The years in which a code meant a place, both included."""

    first: int
    last: int
    name: str


def _tenures(names: str) -> tuple[Tenure, ...]:
    found = []
    for match in filter(None, map(_ENTRY.fullmatch, names.split(","))):
        # fourteen names lived within one year, which the list writes as from 1983 to 1982
        first, last = sorted((int(match[1] or FIRST_YEAR), int(match[2] or LAST_YEAR)))
        found.append(Tenure(first, last, match[3]))
    return tuple(found)


@lru_cache(maxsize=1)
def _places() -> dict[str, tuple[Tenure, ...]]:
    places: dict[str, tuple[Tenure, ...]] = {}
    province = ""
    for line in files("stdnum.cn").joinpath("loc.dat").read_text("utf-8").splitlines():
        match = _LINE.match(line)
        if match is None:
            continue
        if match[1]:
            places[province + match[2]] = _tenures(match[3])
        else:
            province = match[2]
    return places


def _in_force(code: str, year: int | None) -> bool:
    """Whether valid in the year; without one, whether still valid."""
    tenures = _places().get(code, ())
    return any(t.last == LAST_YEAR if year is None else t.first <= year <= t.last for t in tenures)


def _require(code: str) -> tuple[Tenure, ...]:
    tenures = _places().get(code)
    if tenures is None:
        allowed = text("GB/T 2260 六位代码", "a GB/T 2260 code of six digits")
        raise Malformed(text("行政区划代码", "division code"), code, allowed)
    return tenures


def parse(code: str) -> DivisionCode:
    """The code, if it is or was one; raises Malformed."""
    _require(code)
    return DivisionCode(code)


def known(code: str) -> bool:
    """Whether the text is or ever was a division code."""
    return code in _places()


def valid_on(code: str, year: int) -> bool:
    """Whether the code was valid in this year. In the year of a change both the old and the new one are."""
    return _in_force(code, year)


def intervals() -> dict[str, list[tuple[int, int]]]:
    """For each code the first and last years of its tenures, both included; 0 and 9999 where open."""
    return {code: [(t.first, t.last) for t in tenures] for code, tenures in _places().items()}


def name(code: str, year: int | None = None) -> str:
    """The name in this year; without one, or where it was not valid then, the newest. Raises Malformed if unknown."""
    tenures = _require(code)
    then = [t.name for t in tenures if year is not None and t.first <= year <= t.last]
    return then[-1] if then else tenures[-1].name


def full_name(code: str, year: int | None = None) -> str:
    """Province, city and county in one: 安徽省合肥市蜀山区."""
    steps = dict.fromkeys((province_of(code), city_of(code), code))
    return "".join(name(step, year) for step in steps)


def level(code: str) -> Level:
    """Province, city, county, or a group of counties that has no government. Raises Malformed if unknown."""
    tenures = _require(code)
    if code.endswith("0000"):
        return "province"
    if _GROUP.fullmatch(tenures[-1].name):
        return "group"
    return "city" if code.endswith("00") else "county"


def province_of(code: str) -> DivisionCode:
    """The province, or the municipality, in which the division lies."""
    return DivisionCode(code[:2] + "0000")


def city_of(code: str) -> DivisionCode:
    """What reports to the province for this division: city, municipality, or the province-administered county itself.

    A province is its own. Raises Malformed for an unknown code.
    """
    province, prefecture = province_of(code), code[:4] + "00"
    if level(code) == "province" or province in MUNICIPALITIES:
        return province
    directly_below = prefecture not in _places() or level(prefecture) == "group"
    return DivisionCode(code if directly_below else prefecture)


def within(child: str, parent: str) -> bool:
    """Whether ``child`` is ``parent`` or lies in it: 340104 within 340100 within 340000. By the codes alone."""
    significant = parent[:2] if parent.endswith("0000") else parent[:4] if parent.endswith("00") else parent
    return len(child) == len(parent) == 6 and child.startswith(significant)


@lru_cache(maxsize=256)
def counties(province: str, year: int | None = None) -> tuple[DivisionCode, ...]:
    """County-level units of a province (or of a city) in this year; without one, today's. In order of code."""
    return tuple(
        DivisionCode(code)
        for code in sorted(_places())
        if within(code, province) and _in_force(code, year) and level(code) == "county"
    )


@lru_cache(maxsize=256)
def cities(province: str, year: int | None = None) -> tuple[DivisionCode, ...]:
    """What reports to the province directly: every ``city_of`` a county, and cities that have no counties."""
    prefectures = {
        code for code in _places() if within(code, province) and _in_force(code, year) and level(code) == "city"
    }
    return tuple(DivisionCode(c) for c in sorted(prefectures | {city_of(code) for code in counties(province, year)}))


def _stem(place: str) -> str:
    return _SUFFIX.sub("", place)


@lru_cache(maxsize=1)
def successions() -> dict[str, tuple[DivisionCode, int]]:
    """Codes that gave way, with the code that took their place and the year, as the data have them."""
    told = json.loads(files("huiliu").joinpath("successions.json").read_text("utf-8"))["successions"]
    return {row["code"]: (DivisionCode(row["successor"]), row["year"]) for row in told}


def last_year(code: str) -> int | None:
    """The last year in which a retired code was valid; None while it is, and for what never was a code."""
    tenures = _places().get(code)
    last = None if tenures is None else max(t.last for t in tenures)
    return None if last == LAST_YEAR else last


@cache
def _living() -> Mapping[tuple[str, bool, str], Sequence[tuple[str, int]]]:
    """What is valid today by province, whether it is a city's code or above, and stem of its name: code, first year."""
    found: defaultdict[tuple[str, bool, str], list[tuple[str, int]]] = defaultdict(list)
    for code, tenures in _places().items():
        for tenure in tenures:
            if tenure.last == LAST_YEAR:
                found[code[:2], code.endswith("00"), _stem(tenure.name)].append((code, tenure.first))
    return found


@lru_cache(maxsize=4096)
def successor(code: str) -> DivisionCode | None:
    """The code valid today that took the place of a retired one, perhaps by several steps; None where nobody knows.

    By the data; else by name: the one unit of the same level and province, valid today, whose name but for 市/县/区 is
    the same and which began in the year in which the old one ended, or the year before or after.
    """
    tenures = _places().get(code)
    if tenures is None or _in_force(code, None):
        return None
    if code in successions():
        after, _ = successions()[code]
        return after if _in_force(after, None) else successor(after)
    ended, stem = tenures[-1].last, _stem(tenures[-1].name)
    living = _living().get((code[:2], code.endswith("00"), stem), ())
    found = {other for other, first in living if other != code and abs(first - ended) <= 1}
    return DivisionCode(found.pop()) if len(found) == 1 else None
