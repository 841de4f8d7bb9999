"""Facts of oversight as known at a moment, and a rehearsal over them that changes nothing."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from oversight.facts import SHAPES
from oversight.facts_known import known
from oversight.rehearsal import moments, rehearse
from oversight.rule_files import FOLDER, Rules, load
from oversight.standing import standing
from sinks.warehouse import Connection, Warehouse

CODE = "2605-340104-04-02-123456"
FIRM = "91340100149067617J"


def at(connection: Connection, name: str, moment: datetime) -> list[dict[str, Any]]:
    return known(connection, moment).frame(name).rows(named=True)


def days(day: date) -> int:
    return (day - date(1970, 1, 1)).days


def now(warehouse: Warehouse) -> datetime:
    with warehouse.read() as connection:
        moment: datetime = connection.execute(text("select clock_timestamp()")).scalar_one()
        return moment


def test_every_frame_of_an_empty_warehouse_has_its_shape(warehouse: Warehouse) -> None:
    with warehouse.read() as connection:
        facts = known(connection, datetime.now(UTC))
        assert [facts.frame(name).schema for name in SHAPES] == list(SHAPES.values())


def test_months_of_a_project_are_the_last_that_was_known_of_each(
    warehouse: Warehouse, loader: Any, sample: Any
) -> None:
    told = [("2026-05", 40.0), ("2026-06", 45.0), ("2026-06", 46.0), ("2026-12", 50.0), ("2026-07", 50.0)]
    known_then = []
    for revision, (month, progress) in enumerate(told, 1):
        loader.load("project", sample.projects({"month": month, "progress": progress, "revision": revision}))
        known_then.append(now(warehouse))
    with warehouse.read() as connection:
        seen = [[(row["month"], row["progress"]) for row in at(connection, "project_month", m)] for m in known_then]
        assert [row["revision"] for row in at(connection, "project", known_then[2])] == [3]
    assert seen == [
        [("2026-05", 40.0)],
        [("2026-05", 40.0), ("2026-06", 45.0)],
        [("2026-05", 40.0), ("2026-06", 46.0)],
        [("2026-05", 40.0), ("2026-06", 46.0), ("2026-12", 50.0)],
        [("2026-05", 40.0), ("2026-06", 46.0), ("2026-07", 50.0)],  # December was a slip
    ]


@pytest.fixture
def year(warehouse: Warehouse, loader: Any, sample: Any) -> list[datetime]:
    """A project of 2025 that falls behind, told of month by month on the fifth; and an award above nothing."""
    plan = {"planned_start": days(date(2025, 1, 1)), "planned_completion": days(date(2025, 12, 31))}
    course = {1: 8.0, 2: 10.0, 3: 10.0, 4: 12.0, 5: 15.0, 6: 45.0, 7: 58.0}  # due: 8.5 16.2 24.7 32.9 41.4 49.6 58.1
    for month, progress in course.items():
        told = {"month": f"2025-{month:02}", "progress": progress, "revision": month, **plan}
        loader.load("project", sample.projects(told))
    loader.load("award", sample.awards({"policy": "ah-2023-2025", "clause": "1.demo", "project_code": CODE}))
    received = [datetime(2025, month + 1, 5, tzinfo=UTC) for month in course]
    with warehouse.batch() as connection:  # as if each had come on its day
        for month, moment in enumerate(received, 1):
            until = received[month] if month < len(received) else None
            for table, column in (("project", "known_from"), ("project_history", "known_from")):
                connection.execute(
                    text(f"update {table} set {column} = :m where revision = :r"), {"m": moment, "r": month}
                )
            connection.execute(
                text("update project_history set known_to = :m where revision = :r"), {"m": until, "r": month}
            ) if until else None
    return received


def rows(connection: Connection) -> dict[str, str]:
    """A hash over the rows of every table, in an order of their own."""
    names = connection.execute(
        text("select relname from pg_class where relkind in ('r', 'p') and relnamespace = 'public'::regnamespace")
    ).scalars()
    hashed = "select coalesce(md5(string_agg(row::text, ',' order by row::text)), '') from \"{}\" row"
    return {name: connection.execute(text(hashed.format(name))).scalar_one() for name in names}


def candidate(folder: Path, **changes: float) -> Path:
    rule = json.loads((FOLDER / "OV-PJ-POINTS.json").read_text("utf-8"))
    for name, number in changes.items():
        rule["versions"][0]["parameters"][name]["number"] = number
    file = folder / "OV-PJ-POINTS.json"
    file.write_text(json.dumps(rule), "utf-8")
    return file


def test_what_stood_on_a_day_is_judged_by_what_was_known_on_it(warehouse: Warehouse, year: list[datetime]) -> None:
    rules = load([FOLDER / "OV-PJ-POINTS.json"])
    with warehouse.read() as connection:
        for received, light in zip(year, [[], [], ["YELLOW"], ["YELLOW"], ["YELLOW"], [], []], strict=True):
            for moment in (received, received + timedelta(days=20)):
                assert standing(rules, known(connection, moment), moment)["severity"].to_list() == light


def test_a_rehearsal_tells_what_would_open_flip_and_go_and_changes_nothing(
    warehouse: Warehouse, year: list[datetime], tmp_path: Path
) -> None:
    points = load([FOLDER / "OV-PJ-POINTS.json"])
    told: list[tuple[int, int]] = []
    with warehouse.read() as connection:
        before = rows(connection)

    def run(first: date, last: date, **changes: float) -> list[tuple[str, str | None, str | None, date, date]]:
        with warehouse.read() as connection:
            result = rehearse(
                lambda moment: known(connection, moment), points, load([candidate(tmp_path, **changes)]),
                moments(first, last), lambda done, of: told.append((done, of)),
            )  # fmt: skip
        assert set(result.by_city()["city"]) <= {340100}
        assert result.runs.height == 0 or result.runs["cause"].unique().to_list() == [f"project-light {CODE}"]
        shown = result.changes().select("change", "severity_before", "severity_after", "first", "last")
        return [
            (c, b, a, (f + timedelta(hours=8)).date(), (t + timedelta(hours=8)).date())
            for c, b, a, f, t in shown.rows()
        ]

    assert run(date(2025, 4, 20), date(2025, 8, 6), red=20) == [
        ("FLIPS", "YELLOW", "RED", date(2025, 5, 5), date(2025, 7, 4)),
        ("OPENS", None, "YELLOW", date(2025, 7, 5), date(2025, 8, 4)),
    ]
    assert run(date(2025, 3, 1), date(2025, 4, 10), yellow=5, catch_up=5) == [
        ("OPENS", None, "YELLOW", date(2025, 3, 5), date(2025, 4, 4))
    ]
    assert run(date(2025, 4, 1), date(2025, 6, 8), yellow=25, red=30) == [
        ("GONE", "YELLOW", None, date(2025, 4, 5), date(2025, 6, 4)),
    ]
    assert run(date(2025, 1, 1), date(2025, 1, 9)) == []
    assert told[:2] == [(1, 109), (2, 109)]
    with warehouse.read() as connection:
        assert rows(connection) == before


def test_giving_a_rule_up_is_rehearsed_too(warehouse: Warehouse, year: list[datetime]) -> None:
    rules = load([FOLDER / "OV-PJ-POINTS.json", FOLDER / "OV-PJ-PACE.json"])
    with warehouse.read() as connection:
        result = rehearse(
            lambda moment: known(connection, moment), rules, Rules(()), [year[3]], lambda done, of: None, ["OV-PJ-PACE"]
        )
    told = result.changes().select("change", "rule_before", "severity_before", "rule_after", "severity_after")
    assert told.rows() == [("FLIPS", "OV-PJ-PACE", "RED", "OV-PJ-POINTS", "YELLOW")]


def test_a_rehearsal_cannot_write_whatever_it_calls(warehouse: Warehouse) -> None:
    with pytest.raises(Exception, match="read-only"), warehouse.read() as connection:
        connection.execute(text("insert into publisher (division, kinds, channel) values (340100, '{}', 'KAFKA')"))


def test_candidates_whose_validity_begins_later_are_tried_as_if_in_force(
    warehouse: Warehouse, year: list[datetime], tmp_path: Path
) -> None:
    file = candidate(tmp_path, red=20)
    rule = json.loads(file.read_text("utf-8"))
    rule["versions"][0]["valid_from"] = "2030-01-01"
    file.write_text(json.dumps(rule), "utf-8")
    with warehouse.read() as connection:
        result = rehearse(
            lambda moment: known(connection, moment),
            load([FOLDER / "OV-PJ-POINTS.json"]),
            load([file]),
            [year[3]],
            lambda done, of: None,
        )
    assert result.by_city().rows() == [(340100, 0, 1, 0, 0)]
    assert result.changes().select("severity_before", "severity_after").rows() == [("YELLOW", "RED")]
