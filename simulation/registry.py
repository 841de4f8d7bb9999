"""The synthetic province's register: enterprises and their outlets with monitors, limits and coordinates.

All names carry 模拟. Codes are well formed (credit codes with both checks, MN as EPC-96), and belong to nobody.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final

import numpy as np

from huiliu import credit_code, division
from simulation.factors import INDUSTRIES, Industry

_EPOCH: Final = date(1970, 1, 1)
_WORDS: Final = ("晨光", "长江", "淮河", "新安", "黄山", "天柱", "皖南", "皖北", "江淮", "巢湖", "青弋", "大别")
#: Rough middle of Anhui's cities: good enough to put a dot on a map.
_PLACES: Final = {
    "340100": (117.23, 31.82), "340200": (118.43, 31.35), "340300": (117.39, 32.92), "340400": (117.00, 32.63),
    "340500": (118.51, 31.67), "340600": (116.80, 33.96), "340700": (117.81, 30.95), "340800": (117.06, 30.54),
    "341000": (118.34, 29.71), "341100": (118.32, 32.30), "341200": (115.81, 32.89), "341300": (116.96, 33.65),
    "341500": (116.52, 31.73), "341600": (115.78, 33.84), "341700": (117.49, 30.66), "341800": (118.76, 30.94),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Enterprise:
    """A synthetic firm."""

    credit_code: str
    name: str
    division: str  #: county
    industry: Industry


@dataclass(frozen=True, slots=True)
class Outlet:
    """A synthetic outlet with its monitor."""

    mn: str
    name: str
    enterprise: Enterprise
    city: str
    publisher: str  #: its city, or its county where counties publish for themselves
    scale: float  #: how far its levels are from the usual
    longitude: float
    latitude: float
    limits: tuple[dict[str, Any], ...]


def credit(county: str, number: int) -> str:
    """A well-formed credit code: market regulation, enterprise, registered in the county. ``number`` below 10^8."""
    organisation = f"{number:08d}"
    return credit_code.make(f"91{county}{organisation}{credit_code.organisation_check(organisation)}").text


def in_turn(province: str, year: int, cities: int | None = None) -> list[str]:
    """The counties of a province (or of its first ``cities``), the first of each city, then the second, and so on."""
    wanted = division.cities(province, year)[:cities]
    ranked: dict[str, int] = {}
    found = []
    for county in division.counties(province, year):
        city = division.city_of(county)
        if city in wanted:
            ranked[city] = ranked.get(city, 0) + 1
            found.append((ranked[city], county))
    return [county for _, county in sorted(found)]


def enterprises(
    generator: np.random.Generator,
    province: str,
    count: int,
    year: int,
    cities: int | None = None,
    counties: int | None = None,
) -> list[Enterprise]:
    """Firms spread over the counties valid in the year: city after city in turn, and so over all their counties.

    Only over the first ``cities`` in order of code, and the first ``counties`` in turn, where given.
    """
    places = in_turn(province, year, cities)[:counties]
    found = []
    for number in range(count):
        county = places[number % len(places)]
        industry = INDUSTRIES[int(generator.integers(len(INDUSTRIES)))]
        word = _WORDS[int(generator.integers(len(_WORDS)))]
        name = f"{division.name(county, year)}{word}{industry.zh}有限公司（模拟{number + 1:04d}）"
        found.append(Enterprise(credit(county, 60_000_000 + number), name, county, industry))
    return found


def outlets(
    generator: np.random.Generator, firms: list[Enterprise], count: int, first: date, *, by_county: bool = False
) -> list[Outlet]:
    """Outlets of the firms, in turn. ``first`` is the first day with readings: some limits change on the day after.

    Cities publish for them, or with ``by_county`` their counties.
    """
    return [_outlet(generator, firms[number % len(firms)], number, first, by_county) for number in range(count)]


def _outlet(generator: np.random.Generator, firm: Enterprise, number: int, first: date, by_county: bool) -> Outlet:
    city = division.city_of(firm.division)
    east, north = _PLACES.get(city, (117.0, 32.0))
    shift = generator.normal(0.0, 0.2, 2)
    scale = float(generator.uniform(0.75, 1.25))
    tightened = bool(generator.random() < 0.1)
    # EPC-96: header, maker, class of object, serial number.
    mn = f"01{0xA89:07X}{0x16F:06X}{0x100000000 + number:09X}"
    return Outlet(
        mn=mn,
        name=f"{number % 4 + 1}号{firm.industry.outlet}",
        enterprise=firm,
        city=city,
        publisher=firm.division if by_county else city,
        scale=scale,
        longitude=round(east + float(shift[0]), 4),
        latitude=round(north + float(shift[1]), 4),
        limits=tuple(_limits(firm.industry, first, tightened=tightened)),
    )


def _limits(industry: Industry, first: date, *, tightened: bool) -> list[dict[str, Any]]:
    """Limits in force since 2016; where ``tightened``, ten per cent lower from the second day of readings on."""
    since = (date(2016, 1, 1) - _EPOCH).days
    change = (first + timedelta(days=1) - _EPOCH).days
    found: list[dict[str, Any]] = []
    for factor in industry.factors:
        if factor.limit is None:
            continue
        about = {"pollutant": factor.code, "unit": factor.unit}
        until = change - 1 if tightened else None
        found.append(
            about | {"value": float(factor.limit), "norm": factor.norm, "valid_from": since, "valid_to": until}
        )
        if tightened:
            lower = {"value": round(factor.limit * 0.9, 3), "norm": "排污许可证（模拟）"}
            found.append(about | lower | {"valid_from": change, "valid_to": None})
    return found


def registration(outlet: Outlet, reported_at: int) -> dict[str, Any]:
    """The registration event of an outlet, revision 1."""
    return {
        "division": outlet.enterprise.division,
        "revision": 1,
        "reported_at": reported_at,
        "source_ref": f"REG-{outlet.mn[-6:]}",
        "mn": outlet.mn,
        "outlet_name": outlet.name,
        "enterprise": outlet.enterprise.credit_code,
        "enterprise_name": outlet.enterprise.name,
        "medium": outlet.enterprise.industry.medium,
        "longitude": outlet.longitude,
        "latitude": outlet.latitude,
        "limits": list(outlet.limits),
    }
