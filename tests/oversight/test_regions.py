"""Regions are named, dated sets of divisions; views of the project library are of them."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from huiliu import division
from huiliu import period as periods
from oversight import region as regions
from oversight.errors import RuleFileRefused
from oversight.mechanisms.library import library
from oversight.region import RegionUnknown, region
from tests.oversight.mechanisms.histories import AFTER, history, told
from validators import policies

TODAY = date(2025, 6, 30)


def test_northern_jiangsu_is_the_five_cities_and_northern_anhui_those_of_the_uplift() -> None:
    names = [division.name(code) for code in region("苏北", TODAY).divisions]
    assert names == ["徐州市", "连云港市", "淮安市", "盐城市", "宿迁市"]
    uplift = policies.policy("ah-2023-2025").uplift
    assert uplift is not None and region("wanbei", TODAY).divisions == uplift.divisions
    assert region("皖北", TODAY).holds("341202") and not region("皖北", TODAY).holds("340104")


def written(tmp_path: Path) -> Callable[..., Path]:
    def write(*entries: dict[str, Any]) -> Path:
        path = tmp_path / "own.json"
        path.write_text(json.dumps({"regions": entries}), "utf-8")
        return path

    return write


def entry(**changes: Any) -> dict[str, Any]:
    return {
        "region": "ring", "zh": "合肥都市圈", "en": "Hefei ring", "valid_from": "2020-01-01", "valid_to": "2022-12-31",
        "divisions": ["340100", "341500"], "source": "本省文件", **changes,
    }  # fmt: skip


def test_a_region_is_what_it_was_on_the_day(tmp_path: Path) -> None:
    later = entry(valid_from="2023-01-01", valid_to=None, divisions=["340100", "341500", "340300"])
    known = regions.read(written(tmp_path)(entry(), later))
    assert [len(region("ring", day, known).divisions) for day in (date(2022, 12, 31), date(2023, 1, 1))] == [2, 3]
    with pytest.raises(RegionUnknown, match="合肥都市圈"):
        region("ring", date(2019, 1, 1), known)


@pytest.mark.parametrize(
    ("entries", "named"),
    [
        ([entry(colour="red")], "colour"),
        ([entry(divisions=["340100", "999999"])], "999999"),
        ([entry(valid_from="2020-02-30")], "2020-02-30"),
        ([entry(), entry(valid_from="2022-12-31", valid_to=None)], "2022-12-31"),
        ([entry(valid_to=None), entry(valid_from="2023-01-01")], "2023-01-01"),
        ([entry(source="")], "source"),
    ],
)
def test_a_file_of_regions_that_cannot_be_is_refused(tmp_path: Path, entries: list[dict[str, Any]], named: str) -> None:
    with pytest.raises(RuleFileRefused, match=named):
        regions.read(written(tmp_path)(*entries))


def test_the_library_counts_by_tier_and_the_share_of_a_region() -> None:
    """As the reply of 2021 tells it: 514 projects, 176 of them in northern Jiangsu; 1,088 and 338 in the cities'."""
    month = ("2021-06", 10.0)
    known = told(
        [history(f"P{n}", month, tier="PROVINCE", division=320302 if n < 176 else 320102)[0] for n in range(514)],
        [history(f"C{n}", month, tier="CITY", division=321302 if n < 338 else 320502)[0] for n in range(1_088)],
        history("gone", month, stage="CANCELLED"),
    )
    span = periods.parse("2021-06")
    rows = library(known, span, AFTER, region("苏北", span.last))
    assert rows.select("tier", "projects", "all", "share").rows() == [
        ("PROVINCE", 176, 514, 34.24),
        ("CITY", 338, 1_088, 31.07),
    ]
    assert library(known, span, AFTER)["projects"].to_list() == [514, 1_088]
