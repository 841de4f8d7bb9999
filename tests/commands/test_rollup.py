"""The province's figures as they are told."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import polars as pl
import pytest

from commands.figures import measured, named, written


def daily(*rows: tuple[str, int, int, float | None]) -> pl.DataFrame:
    """Day, readings that count, their sum in micro-units, maximum."""
    return pl.DataFrame(
        [
            {
                "city": "340100",
                "pollutant": "a21026",
                "period": "HOUR",
                "day": day,
                **dict.fromkeys(("readings", "valid", "averaged"), Decimal(count)),
                "average_micro": Decimal(micro),
                "mass_micro": Decimal(micro),
                "exceedances": Decimal(0),
                "maximum": maximum,
            }
            for day, count, micro, maximum in rows
        ]
    )


def test_a_mean_is_of_the_readings_that_have_one_and_mass_is_in_kilogrammes() -> None:
    (row,) = daily(("2026-11-01", 4, 10_000_000, 3.0)).iter_rows(named=True)
    told = measured("reading", row)
    assert (told["mean"], told["mass_kg"], told["readings"]) == (2.5, 10.0, 4)
    (empty,) = daily(("2026-11-01", 0, 0, None)).iter_rows(named=True)
    assert measured("reading", empty)["mean"] is None


@pytest.mark.parametrize(
    ("value", "how", "text"),
    [
        (123456789, "fen", "1,234,567.89"),
        (1234567, "count", "1,234,567"),
        (None, "value", "-"),
        (18.4, "value", "18.4"),
        (1_234_567.8, "value", "1,234,568"),
    ],
)
def test_figures_are_written_as_people_read_them(value: Any, how: str, text: str) -> None:
    assert written(value, how) == text


def test_groups_are_called_by_their_names(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HUILIU_LANGUAGE", "zh")
    assert named("project", "city", "340100") == "340100 合肥市"
    assert named("project", "stage", "BUILDING") == "在建"
    assert named("reading", "period", "HOUR") == "小时"
    assert named("indicator", "period", "2026Q3") == "2026Q3"


@pytest.mark.live
def test_figures_of_every_kind_open_to_the_events_that_were_sent(
    at_hub: Any, huiliu: Any, event: Any, written: Any
) -> None:
    huiliu("publisher", "add", "340100", "--kinds", "project,award,indicator")
    for kind in ("project", "award", "indicator"):
        file = str(written(event(kind)))
        assert huiliu("publish", file, "--kind", kind, "--as", "340100").code == 0
    at_hub.worker()
    at_hub.wait_for(3)
    for kind in ("project", "award", "indicator"):
        told = huiliu("rollup", kind, "--json").last
        (figure,) = told["figures"]
        assert (told["publishers"], told["reporting"], told["quarantined"]) == (1, 1, 0)
        assert told["as_of"]
        shown = huiliu("rollup", kind).out
        assert "报送单位 1/1" in shown
        opened = huiliu("explain", kind, *_options(kind, figure), "--json")
        assert opened.code == 0, opened
        assert (opened.last["equal"], len(opened.last["facts"])) == (True, 1)
    (project,) = huiliu("rollup", "project", "--stage", "在建", "--city", "340100", "--json").last["figures"]
    assert (project["projects"], project["planned"]) == (1, event("project")["planned_investment"])
    assert "120,000,000.00" in huiliu("rollup", "project").out
    assert huiliu("rollup", "project", "--city", "340200", "--json").last["figures"] == []
    assert huiliu("rollup", "project", "--from", "2027-01", "--json").last["figures"] == []
    assert "340100" in huiliu("rollup", "project", "--city", "340104").err
    assert "BUILDING" in huiliu("rollup", "project", "--stage", "nowhere").err
    assert huiliu("rollup", "award", "--city", "合肥").code == 2


@pytest.mark.live
def test_rollups_are_rebuilt_and_folded_on_request(at_hub: Any, huiliu: Any, event: Any, written: Any) -> None:
    huiliu("publisher", "add", "340100", "--kinds", "project")
    assert huiliu("publish", str(written(event("project"))), "--kind", "project", "--as", "340100").code == 0
    at_hub.worker()
    at_hub.wait_for(1)
    before = huiliu("rollup", "project", "--json").last["figures"]
    (done,) = huiliu("rollup", "rebuild", "project", "--json").last["rebuilt"]
    assert (done["kind"], done["different"], done["groups"]) == ("project", 0, 1)
    assert huiliu("rollup", "fold", "--json").last["folded"] == dict.fromkeys(
        ("reading", "project", "award", "indicator"), 0
    )
    assert huiliu("rollup", "project", "--json").last["figures"] == before
    assert "原先不符" in huiliu("rollup", "rebuild").out
    assert huiliu("rollup", "rebuild", "nil").code == 2


def _options(kind: str, figure: dict[str, Any]) -> list[str]:
    names = {
        "project": {"city": "city", "programme": "programme", "stage": "stage", "month": "month"},
        "award": {
            "city": "city",
            "policy": "policy",
            "clause": "clause",
            "fiscal_year": "year",
            "mode": "mode",
            "status": "status",
        },
        "indicator": {"division": "division", "indicator": "indicator", "period": "period"},
    }[kind]
    return [part for name, option in names.items() for part in (f"--{option}", str(figure[name]))]
