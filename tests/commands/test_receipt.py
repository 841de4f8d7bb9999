"""huiliu receipt as its users run it: over files, and over a live hub with the guide's program beside it."""

from __future__ import annotations

import gzip
import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from huiliu.division import DivisionCode
from sinks import submissions as handed_in

GUIDE = Path(__file__).parents[2] / "docs" / "guide" / "ledger-and-receipts.md"


def shown_receipt() -> dict[str, Any]:
    """The unsigned receipt that the guide shows."""
    (told,) = re.findall(r"```json\n(.*?)```", GUIDE.read_text("utf-8"), re.S)
    found: dict[str, Any] = json.loads(told)
    return {name: value for name, value in found.items() if name != "signature"}


def test_a_file_is_checked_as_kcat_writes_it_also_packed(huiliu: Any, tmp_path: Path) -> None:
    line = json.dumps(shown_receipt()).encode()
    packed, enveloped = tmp_path / "r.jsonl.gz", tmp_path / "r.json"
    packed.write_bytes(gzip.compress(line + b"\n\n" + line + b"\n"))
    enveloped.write_bytes(json.dumps({"topic": "receipts.340100", "offset": 0, "payload": line.decode()}).encode())
    for file in (packed, enveloped):
        answer = huiliu("receipt", "verify", str(file), "--json")
        assert (answer.code, answer.last["ok"], answer.last["unsigned"]) == (0, True, 1 + (file is packed))
    told = huiliu("receipt", "verify", "-", stdin=line)
    assert "未签名 1 个" in told.out
    assert "相符" in told.out


def test_pages_of_the_http_gateway_are_checked_as_they_were_saved(huiliu: Any, tmp_path: Path) -> None:
    receipt = shown_receipt()
    page = {"receipts": [receipt], "next": "W10", "more": False}
    file = tmp_path / "pages.json"
    for saved in (
        json.dumps(page),
        json.dumps(page) + json.dumps({**page, "receipts": []}),
        json.dumps(page, indent=2) + "\n" + json.dumps(page, indent=2),
        json.dumps(receipt, indent=2),
    ):
        file.write_text(saved, "utf-8")
        answer = huiliu("receipt", "verify", str(file), "--json")
        assert (answer.code, answer.last["ok"], answer.last["receipts"]) == (0, True, saved.count('"receipt":'))
    receipt["counts"]["accepted"] += 1
    file.write_text(json.dumps(page), "utf-8")
    answer = huiliu("receipt", "verify", str(file), "--json")
    assert (answer.code, answer.last["faults"][0]["code"]) == (3, "counts")
    file.write_text('{"receipts": [1, {}]}', "utf-8")
    assert [f["code"] for f in huiliu("receipt", "verify", str(file), "--json").last["faults"]] == ["not_a_receipt"] * 2
    file.write_text("{\n  no JSON", "utf-8")
    assert huiliu("receipt", "verify", str(file)).code == 3


def test_what_is_wrong_is_said_with_its_line(huiliu: Any, tmp_path: Path) -> None:
    receipt = shown_receipt()
    receipt["counts"]["accepted"] += 1
    file = tmp_path / "r.jsonl"
    file.write_text(json.dumps(receipt) + "\nno receipt\n", "utf-8")
    answer = huiliu("receipt", "verify", str(file), "--json")
    assert answer.code == 3
    assert [(fault["line"], fault["code"]) for fault in answer.last["faults"]] == [
        (1, "counts"), (1, "hash"), (2, "not_a_receipt"),
    ]  # fmt: skip
    assert "第 1 行" in huiliu("receipt", "verify", str(file)).out
    file.write_bytes(gzip.compress(b"x" * 4000)[:-9])
    assert huiliu("receipt", "verify", str(file)).code == 2
    file.write_bytes(b"")
    assert huiliu("receipt", "verify", str(file)).code == 2
    assert huiliu("receipt", "verify", str(file), "--key", "abc").code == 2


@pytest.mark.live
def test_receipts_of_a_live_hub_are_exported_and_hold(
    at_hub: Any, huiliu: Any, event: Any, written: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    from tests.conftest import until

    at_hub.publish_for("340100", "nil")
    at_hub.worker()
    publish: Callable[..., Any] = lambda *events: huiliu(  # noqa: E731
        "publish", str(written(*events)), "--kind", "nil", "--as", "340100"
    )
    publish(*(event("nil", period=f"2026-{month:02}") for month in range(1, 6)))
    at_hub.wait_for(5)
    publish(event("nil", reason=" "))
    at_hub.wait_for(6)
    file = tmp_path / "receipts.jsonl.gz"

    def covered() -> bool:
        assert huiliu("receipt", "export", "--as", "340100", "--out", str(file)).code == 0
        told = huiliu("receipt", "verify", str(file), "--json")
        return told.code == 0 and sum(told.last["outcomes"].values()) == 6

    until(covered, "receipts of all six records")
    _submitted(at_hub, huiliu)
    (key,) = huiliu("receipt", "keys", "--json").last["keys"]
    trusted = tmp_path / "keys.json"
    trusted.write_text(huiliu("receipt", "keys", "--json").out, "utf-8")
    for given in (key["public_key"], str(trusted)):
        answer = huiliu("receipt", "verify", str(file), "--key", given, "--json")
        assert (answer.code, list(answer.last["signed_by"]), answer.last["unsigned"]) == (0, [key["id"]], 0)
    assert huiliu("receipt", "verify", str(file), "--key", "0" * 64).code == 3

    (source,) = re.findall(r"```python\n(.*?)```", GUIDE.read_text("utf-8"), re.S)
    program: dict[str, Any] = {"__name__": "check_receipts"}
    exec(compile(source, GUIDE.name, "exec"), program)
    program["check"](at_hub.kafka.kafka_python(), "340100")
    told = capsys.readouterr().out.splitlines()
    assert told
    assert all(line.startswith("ok") for line in told)


def _submitted(hub: Any, huiliu: Any) -> None:
    """The history by ranges, and a file's submission over all of them, with its state and receipts."""
    ranges = huiliu("submissions", "--as", "340100", "--ranges", "--json").last["ranges"]
    assert sum(sum(row["counts"].values()) for row in ranges) == 6
    assert {row["state"] for row in ranges} == {"loaded", "quarantined"}
    told = tuple(handed_in.Range(row["topic"], row["partition"], row["first"], row["last"]) for row in ranges)
    sent = handed_in.Submission(
        id=handed_in.new_id(), publisher=DivisionCode("340100"), channel="file", kind="nil", name="零报告.xlsx",
        content_sha256=bytes(32), records=6, ranges=told,
    )  # fmt: skip
    with hub.warehouse.batch() as connection:
        handed_in.add(connection, [sent])
    found, rejected, loaded = huiliu("submissions", "--as", "340100", "--json").last["submissions"]
    assert [(one["state"], one["records"]) for one in (found, rejected, loaded)] == [
        ("quarantined", 6), ("quarantined", 1), ("loaded", 5),
    ]  # fmt: skip
    assert sum(part["counts"].get("accepted", 0) for part in found["ranges"]) == 5
    assert {name for part in found["ranges"] for name in part["receipts"]} == {row["receipt"] for row in ranges}
    shown = huiliu("submissions", "--as", "340100").out
    assert "零报告.xlsx" in shown
    assert "部分隔离" in shown
    assert "intake.340100.nil" in huiliu("submissions", "--as", "340100", "--ranges").out
    assert "--ranges" in huiliu("submissions", "--as", "340200").out


def test_the_key_of_this_machine_is_made_shown_and_rotated(huiliu: Any, tmp_path: Path) -> None:
    first = huiliu("receipt", "key", "--json").last
    assert huiliu("receipt", "key", "--json").last == first
    assert "BEGIN PUBLIC KEY" in huiliu("receipt", "key", "--pem").out
    second = huiliu("receipt", "rotate", "--json").last
    assert (second["succeeds"], second["id"] != first["id"]) == (first["id"], True)
    home = tmp_path / "home"
    assert {path.stat().st_mode & 0o777 for path in home.glob("receipt_key*")} == {0o600}
    assert "PRIVATE" not in huiliu("receipt", "key").out
