"""huiliu transmission and its declarations, over a live warehouse."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import text

FIRST = datetime(2025, 6, 10, tzinfo=UTC)
MN = "010000A8900016F100000001"

OUTLETS = """
insert into outlet (id, mn, division, city, medium, enterprise)
values (1, :mn, 340104, 340100, 'AIR', '91340100149067617J');
insert into registration (mn, division, outlet_name, enterprise, enterprise_name, medium, limits, revision,
    reported_at, flagged, content, received_at, intake, "offset", known_from)
values (:mn, 340104, '一号排口', '91340100149067617J', '某厂', 'AIR',
    '[{"pollutant": "a21026", "value": 35.0, "unit": "mg/m3", "norm": null, "valid_from": 18262, "valid_to": null}]',
    1, '2025-01-01', false, 0, '2025-01-01', 1, 1, '2025-01-01');
select make_reading_month('2025-06-01');
insert into reading (start, average, content, reported_at, received_at, known_from, "offset", intake, outlet,
    division, city, revision, pollutant, period, valid, exceeded, flagged, flag)
select hour, 20.0, 0, hour, hour + interval '65 minutes', hour + interval '65 minutes',
    row_number() over (), 1, 1, 340104, 340100, 1, 105, 2, true, false, false,
    case when extract(hour from hour) = 3 then 'D' else 'N' end
from generate_series('2025-06-09 16:00+00'::timestamptz, '2025-06-10 14:00+00', interval '1 hour') hour
"""


@pytest.fixture
def one_outlet(at_hub: Any) -> Any:
    """One outlet and factor; of 10 June 2025 the last hour is missing and one is at fault."""
    with at_hub.warehouse.batch() as connection:
        for statement in OUTLETS.split(";"):
            connection.execute(text(statement), {"mn": MN} if ":mn" in statement else {})
    return at_hub


@pytest.mark.live
@pytest.mark.usefixtures("one_outlet")
def test_a_day_is_scored_opened_to_its_hours_and_declared_upon(huiliu: Any) -> None:
    day = ("--from", "2025-06-10")
    told = huiliu("transmission", *day, "--json").last
    assert (told["total"]["completed_due"], told["total"]["completed_received"]) == (24, 23)
    assert told["total"]["completed_effectiveness"] == pytest.approx(22 / 24)
    assert (told["final_from"], told["by"]) == ("2025-07-11", "city")
    hours = huiliu("transmission", *day, "--hours", "--json").last
    assert hours["lost"] == hours["listed_of"] == 2
    assert [(one["reason"], one["flag"]) for one in hours["hours"]] == [("FLAG", "D"), ("MISSING", None)]
    shown = huiliu("transmission", *day, "--by", "outlet").out
    assert "一号排口" in shown and "91.67%" in shown
    assert "仪器仪表故障" in huiliu("transmission", *day, "--hours").out

    span = ("--from", "2025-06-10T23:00", "--to", "2025-06-11T00:00", "--reason", "停炉", "--by", "李四")
    number = huiliu("transmission", "declare", "--mn", MN, "--mark", "STOPPED", *span, "--json").last["declaration"]
    assert huiliu("transmission", "document", str(number), "--name", "皖环 7", "--by", "王五").code == 0
    assert huiliu("transmission", "withdraw", str(number), "--by", "李四").code == 0
    (row,) = huiliu("transmission", "declarations", "--json").last["declarations"]
    assert (row["document"], row["withdrawn_by"], row["reason"]) == ("皖环 7", "李四", "停炉")
    assert "皖环 7" in huiliu("transmission", "declarations").out
    # Said long after the window: it is kept, and does not change the figure.
    assert huiliu("transmission", *day, "--json").last["total"] == told["total"]


MINUTES = """
insert into reading (start, average, content, reported_at, received_at, known_from, "offset", intake, outlet, division,
    city, revision, pollutant, period, valid, exceeded, flagged, flag)
select minute, case when minute < '2025-06-09 17:00+00' then 20.0 else 25.0 end, 0, minute, minute, minute,
    100 + row_number() over (), 1, 1, 340104, 340100, 1, 105, 1, true, false, false, 'N'
from generate_series('2025-06-09 16:00+00'::timestamptz, '2025-06-09 17:59+00', interval '1 minute') minute
"""


@pytest.mark.live
def test_hour_values_are_listed_beside_what_their_minutes_say(one_outlet: Any, huiliu: Any) -> None:
    with one_outlet.warehouse.batch() as connection:
        connection.execute(text(MINUTES))
    answer = huiliu("transmission", "compare", "--day", "2025-06-10", "--mn", MN, "--json")
    assert answer.code == 3
    assert {name: count for name, count in answer.last["counts"].items() if count} == {
        "EQUAL": 1, "VALUE": 1, "NO_PARTS": 21,
    }  # fmt: skip
    (row,) = answer.last["differing"]
    assert (row["sent"], row["recomputed"], row["difference"], row["parts"]) == (20.0, 25.0, -5.0, 60)
    assert "数值不符" in huiliu("transmission", "compare", "--day", "2025-06-10").out
    assert huiliu("transmission", "compare", "--day", "2025-06-11").code == 0


@pytest.mark.live
@pytest.mark.usefixtures("one_outlet")
@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        (("--hours",), "--month"),
        (("--from", "2025-06-10", "--to", "2025-06-01"), "早于"),
        (("--month", "2025-13"), "2025-13"),
        (("--month", "2019-01"), "没有应传的小时"),
        (("--month", "2025-06", "--mn", "X"), "没有登记"),
        (("--month", "2025-06", "--as-of", "昨天"), "昨天"),
        (
            ("declare", "--mn", MN, "--mark", "RUNNING", "--from", "x", "--to", "y", "--reason", "r", "--by", "b"),
            "RUNNING",
        ),
        (("withdraw", "9", "--by", "b"), "没有申报 9"),
    ],
)
def test_what_cannot_be_is_refused_with_what_to_do(arguments: tuple[str, ...], named: str, huiliu: Any) -> None:
    answer = huiliu("transmission", *arguments)
    assert answer.code == 2
    assert named in answer.err
