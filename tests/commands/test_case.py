"""huiliu case over a live warehouse: what officials see and do, what is refused, and what an audit samples."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from commands import case_pages
from huiliu import clock
from oversight import rule_files
from oversight.cases import directive
from oversight.cases.answer import Answer
from oversight.cases.keeping import answer_kept, judge_kept
from oversight.rule_files import Rules
from tests.oversight.cases.findings import DATA, found, frame

SIGNED = ("--by", "王处长", "--reason", "现场核实")
RULES = Rules((DATA,))


@pytest.fixture
def opened(at_hub: Any) -> Any:
    """Two cases of yesterday; the first was answered with a file."""
    yesterday = datetime.fromtimestamp(clock.now_ms() / 1000, UTC) - timedelta(days=1)
    digest = hashlib.sha256(b"report").hexdigest()
    piece = {"name": "a.pdf", "sha256": digest, "media_type": "application/pdf", "size": 6}
    said = Answer(division="340102", case_number=number(yesterday), sequence=1, action="REPORT", evidence=(piece,))
    with at_hub.warehouse.batch() as connection:
        judge_kept(connection, RULES, frame([found("P1", seen=yesterday), found("P2", seen=yesterday)]), yesterday)
        answer_kept(connection, ("intake.340102.response", 0, 0), said, yesterday, RULES)
        other = Answer(division="340202", case_number=said.case_number, sequence=2, action="REPORT")
        answer_kept(connection, ("intake.340202.response", 0, 0), other, yesterday, RULES)
    return at_hub


def number(moment: datetime, serial: int = 1) -> str:
    return f"DB-340102-{(moment + timedelta(hours=8)).year}-{serial:06}"


@pytest.mark.live
@pytest.mark.usefixtures("opened")
def test_cases_are_listed_shown_acted_on_by_name_and_sampled(huiliu: Any, tmp_path: Path) -> None:
    rows = huiliu("case", "list", "--division", "340100", "--json").last["cases"]
    first, second = sorted(row["number"] for row in rows)
    assert {row["number"]: (row["state"], row["owner"]) for row in rows} == {
        first: ("REPORTED", "PROVINCE"),
        second: ("ASSIGNED", "340102"),
    }
    assert huiliu("case", "list", "--division", "340200", "--json").last["cases"] == []
    listed = huiliu("case", "list").out
    assert "反馈" in listed and "交办" in listed and "省级" in listed
    shown = huiliu("case", "show", first).out
    assert "签收" in shown and "不予受理 intake.340202.response[0]@0" in shown
    assert "OV-T-DATA P1" in shown  # no file has its rule any more: told by what the case itself says

    (tmp_path / "a.pdf").write_bytes(b"report")
    assert huiliu("case", "evidence", first, str(tmp_path / "a.pdf")).code == 0
    (tmp_path / "a.pdf").write_bytes(b"another")
    changed = huiliu("case", "evidence", first, str(tmp_path / "a.pdf"))
    assert changed.code == 3
    assert "与所报不同" in changed.out

    past = huiliu("case", "extend", second, *SIGNED, "--until", "2020-01-01")
    assert past.code == 2
    assert "2020-01-01" in past.err
    assert huiliu("case", "return", second, *SIGNED).code == 2, "there is nothing to return yet"
    assert huiliu("case", "close", "DB-340102-2026-999999", *SIGNED).code == 2
    assert huiliu("case", "return", first, *SIGNED, "--json").last["state"] == "RECTIFYING"
    assert huiliu("case", "escalate", second, *SIGNED, "--json").last["level"] == "CITY"
    assert huiliu("case", "close", first, *SIGNED, "--json").last["basis"] == "OFFICIAL"
    audit = huiliu("case", "audit", "--json").last
    assert [(row["number"], row["by"], row["reason"]) for row in audit["sample"]] == [(first, "王处长", "现场核实")]
    assert huiliu("case", "reopen", first, *SIGNED, "--json").last["state"] == "ASSIGNED"
    whole = huiliu("case", "show", first, "--json").last
    assert [event["kind"] for event in whole["events"]][-3:] == ["CHECKING", "CLOSED", "REOPENED"]
    assert [row["code"] for row in whole["answers"]] == [None, "CASE-DIVISION"]
    assert huiliu("case", "list", "--state", "NOWHERE").code == 2


def test_a_case_is_shown_with_its_finding_in_words_how_to_mend_it_its_norm_and_its_evidence(
    capsys: pytest.CaptureFixture[str],
) -> None:
    rule = rule_files.shipped().rule("OV-PJ-PACE", 1)
    case: Any = SimpleNamespace(
        cause="project-light P1", rule=rule.code, version=1, subject="P1", period="2026-05", severity="YELLOW",
        value=77.65, threshold=80.0, unit="%", division="340102", seen="2026-05-01T00:00:00+00:00",
        evidence='[{"kind": "project", "project_code": "P1", "revision": 2}]',
    )  # fmt: skip
    case_pages.show_finding(case, directive.words(case, rule_files.shipped().rule))
    shown = capsys.readouterr().out.replace("\n", "")
    for told in ("77.65%", "80%", "整改：", "依据：", rule.norm[:12], "证据：kind=project project_code=P1 revision=2"):
        assert told in shown
