"""The correction loop as a publisher walks it: digest, export, edit, check, resubmit, closed."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import until

pytestmark = pytest.mark.live


def test_what_was_rejected_is_exported_mended_and_closed(
    at_hub: Any, huiliu: Any, event: Any, written: Any, tmp_path: Path
) -> None:
    at_hub.publish_for("340100", "nil")
    at_hub.worker()
    events = [event("nil", period=f"2026-0{month}", reason=" ", source_ref=f"R-{month}") for month in (1, 2, 3)]
    assert huiliu("publish", str(written(*events)), "--kind", "nil", "--as", "340100").code == 0
    at_hub.wait_for(3)

    causes = huiliu("quarantine", "digest", "--json").last
    assert (causes["findings"], causes["groups"]) == (3, 1)
    (cause,) = causes["causes"]
    assert (cause["code"], cause["pattern"], len(cause["examples"])) == ("NL-REASON-01", " ", 3)
    assert {example["source_ref"] for example in cause["examples"]} == {"R-1", "R-2", "R-3"}
    assert "3 个问题，1 组" in huiliu("quarantine", "digest").out

    file = tmp_path / "mend.jsonl"
    assert huiliu("quarantine", "export", "--publisher", "340100", "--out", str(file)).code == 0
    lines = [json.loads(line) for line in file.read_text("utf-8").splitlines()]
    assert all("NL-REASON-01" in line["huiliu.findings"][0] for line in lines)
    lines.sort(key=lambda line: str(line["period"]))
    lines[0]["reason"], lines[1]["reason"] = "本期无事项", 7
    file.write_text("".join(json.dumps(line, ensure_ascii=False) + "\n" for line in [*lines, {"a": 1}]), "utf-8")

    checked = huiliu("check", str(file), "--kind", "nil", "--as", "340100", "--json")
    assert (checked.last["accepted"], checked.last["quarantined"]) == (1, 3), checked
    sent = huiliu("quarantine", "resubmit", str(file), "--json")
    assert (sent.code, sent.last["sent"]) == (3, 2)
    assert {fault["line"] for fault in sent.last["faults"]} == {2, 4}
    at_hub.wait_for(5)
    topic, partition, offset = lines[0]["huiliu.corrects"].split("/")

    def shown(*place: str) -> dict[str, Any]:
        found: dict[str, Any] = huiliu("quarantine", "show", *place, "--json").last
        return found

    until(lambda: shown(topic, partition, offset)["status"] == "corrected", "the first is closed")
    told = shown(topic, partition, offset)
    assert told["closed_by"]["topic"] == topic
    assert told["seconds_to_correct"] > 0
    assert told["findings"][0]["source_ref"] == "R-1"
    assert "更正" in huiliu("quarantine", "show", topic, partition, offset).out
    third = shown(*lines[2]["huiliu.corrects"].split("/"))
    assert (third["status"], len(third["attempts"])) == ("open", 1), "rejected again: linked, and still open"
    (times,) = huiliu("quarantine", "times", "--json").last["times"]
    assert (times["corrected"], times["open"]) == (1, 2)
    assert "340100" in huiliu("quarantine", "times").out
    again = huiliu("quarantine", "resubmit", str(file), "--json").last
    assert any("已更正" in fault["told"] for fault in again["faults"])
