"""Missing and contradicted reports as matters: yellow, then red, gone once answered; no outlet is among them."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from typing import Any

import polars as pl

from oversight.facts import given as given_facts
from oversight.obligations.duty_files import shipped as duties
from oversight.obligations.expected import expected
from oversight.obligations.states import ANSWER, NIL, Told, states
from oversight.rule_files import shipped
from oversight.standing import found
from oversight.wording import told as worded
from tests.oversight.obligations.test_states import OWING

JULY = datetime(2025, 7, 13, tzinfo=UTC)


def matters(code: str, as_of: datetime, **told: list[dict[str, Any]]) -> list[dict[str, Any]]:
    owed = expected(duties(), OWING, date(2025, 6, 1), date(2025, 6, 30), as_of)
    frames = {
        "answers": pl.DataFrame(told.get("answers", []), schema=ANSWER, orient="row"),
        "nils": pl.DataFrame(told.get("nils", []), schema=NIL, orient="row"),
    }
    facts = given_facts(obligation=states(owed, Told(**frames), as_of))
    return found([shipped().rule(code, 1)], facts, as_of).to_dicts()


def test_a_missing_report_is_yellow_then_red_and_no_outlet_is_among_them() -> None:
    first, later = (matters("OV-OB-MISSING", datetime(2025, 7, day, tzinfo=UTC)) for day in (13, 17))
    assert {(row["subject"], row["severity"], row["value"]) for row in first} == {
        ("340104/PROJECT/2025-06", "YELLOW", 3), ("340202/PROJECT/2025-06", "YELLOW", 3),
        ("340100/INDICATOR/2025-06", "YELLOW", 3),
    }  # fmt: skip
    assert {row["severity"] for row in later} == {"RED"}
    assert {row["cause"] for row in later} == {f"report-missing {row['subject']}" for row in first}
    assert {row["seen"] for row in later} == {datetime(2025, 7, 10, 16, tzinfo=UTC)}


def test_a_late_report_mends_it_and_its_words_name_who_and_since_when() -> None:
    came = datetime(2025, 7, 12, tzinfo=UTC)
    answer = {"obligation": "PROJECT", "subject": "340104", "period": "2025-06", "received": came}
    left = matters("OV-OB-MISSING", JULY, answers=[answer])
    assert "340104/PROJECT/2025-06" not in {row["subject"] for row in left}
    row = next(row for row in left if row["division"] == 340202)
    words = worded(shipped().rule("OV-OB-MISSING", 1), row)
    assert "2025-07-11" in words.text.zh and "3 天" in words.text.zh
    assert json.loads(row["evidence"])[0] == {
        "kind": "obligation", "obligation": "PROJECT", "division": 340202, "period": "2025-06",
        "duty": "OB-PROJECT-MONTH",
    }  # fmt: skip


def test_a_nil_beside_a_report_is_a_matter_of_its_own_seen_since_the_later_of_both() -> None:
    came, said = datetime(2025, 7, 2, tzinfo=UTC), datetime(2025, 7, 4, tzinfo=UTC)
    answer = {"obligation": "PROJECT", "subject": "340104", "period": "2025-06", "received": came}
    nil = {"obligation": "PROJECT", "division": 340104, "period": "2025-06", "received": said, "reason": "无"}
    (row,) = matters("OV-OB-NIL", JULY, answers=[answer], nils=[nil])
    assert (row["subject"], row["severity"], row["seen"]) == ("340104/PROJECT/2025-06", "NOTICE", said)
    assert not matters("OV-OB-NIL", JULY, answers=[answer])
