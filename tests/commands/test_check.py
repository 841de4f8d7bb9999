"""Verdicts offline are those of the hub."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import pytest

from commands.offline import Verdicts
from gateways.files.source import Reading, opened
from gateways.http.desk import judging
from schemas.contract import KINDS, contract
from schemas.event_json import to_json
from schemas.value import completed
from validators import catalogue
from validators.columns import PROVENANCE, contract_types
from validators.rule import Layer, Rule
from validators.sample import SAMPLES


@pytest.mark.parametrize("kind", KINDS)
def test_a_valid_event_is_accepted(kind: str, huiliu: Any, event: Any, written: Any) -> None:
    answer = huiliu("check", str(written(event(kind))), "--kind", kind, "--as", "340100", "--json")
    assert answer.code == 0, answer.out
    assert (answer.last["lines"], answer.last["accepted"]) == (1, 1)


def decided_by_the_event(rule: Rule) -> bool:
    """Rules that the event alone breaks, with an example that JSON can hold."""
    alone = rule.layer in (Layer.EXPECTATION, Layer.JURISDICTION) and not rule.decided_by
    return alone and not set(rule.bad) & {*PROVENANCE} and set(rule.bad) <= set(contract_types(rule.kinds[0]))


@pytest.mark.parametrize("kind", KINDS)
def test_each_rule_that_needs_only_the_event_finds_its_bad_example(kind: str) -> None:
    rules = [rule for rule in catalogue.rules() if rule.kinds[0] == kind and decided_by_the_event(rule)]
    plain = {name: SAMPLES[kind][name] for name in contract_types(kind)}
    events = [to_json(kind, completed(contract(kind).fields, {**plain, **rule.bad})) for rule in rules]
    writable = [(rule, text) for rule, e in zip(rules, events, strict=True) if (text := _strict(e)) is not None]
    sent = io.BytesIO("\n".join(text for _, text in writable).encode())
    publisher = str(SAMPLES[kind]["publisher"])
    judge = Verdicts(kind, publisher, 1 << 20)
    found, over_http = [], {}
    with opened(sent, "x.jsonl", Reading(kind=kind)) as source:
        for portion in source:
            found += judge.of(portion, source)
            told = judging.judged(kind, publisher, portion.records.values) if portion.records.values else []
            over_http |= dict(zip(portion.records.numbers, told, strict=True))
    for verdict in found:
        if (one := over_http.get(verdict.line)) is not None:
            assert (one["outcome"] == "rejected") == (verdict.outcome == "quarantined"), verdict
            assert {f["code"] for f in one["findings"]} == {f["code"] for f in verdict.findings}
            assert set(one["not_evaluated"]) <= judge.not_evaluated
    for (rule, _), verdict in zip(writable, found, strict=True):
        codes = {finding["code"] for finding in verdict.findings}
        assert rule.code in codes or "AV-JSON-01" in codes, rule.code


def _strict(event: dict[str, Any]) -> str | None:
    try:
        return json.dumps(event, ensure_ascii=False, allow_nan=False)
    except ValueError:
        return None


def test_each_bad_line_is_told_with_number_reference_and_mending(huiliu: Any, event: Any, written: Any) -> None:
    file = written(
        event("reading"),
        event("reading", flag="A", source_ref="合肥-17"),
        "",
        {k: v for k, v in event("reading").items() if k != "mn"},
        "{broken",
    )
    answer = huiliu("check", str(file), "--kind", "reading", "--as", "340100")
    assert answer.code == 3
    assert "第 2 行  将被隔离  合肥-17" in answer.out
    assert "RD-FLAG-01" in answer.out
    assert "→ " in answer.out
    assert "第 4 行" in answer.out
    assert "第 5 行" in answer.out
    assert "4 行：可入库 1，入库并标记 0，将被隔离 3" in answer.out
    assert "RD-OUTLET-01" in answer.out.splitlines()[-1]


def test_programs_get_one_object_per_line_and_a_summary_last(huiliu: Any, event: Any, written: Any) -> None:
    file = written(event("reading"), event("reading", flag="A", minimum=99.0))
    answer = huiliu("check", str(file), "--kind", "reading", "--as", "340100", "--json")
    first, second, summary = answer.lines
    assert (first["line"], first["outcome"], first["findings"]) == (1, "accepted", [])
    assert second["outcome"] == "quarantined"
    finding = second["findings"][0]
    assert (finding["code"], finding["value"], finding["layer"]) == ("RD-FLAG-01", "A", "expectation")
    assert finding["message"]
    assert finding["mend"]
    assert summary["by_code"]["RD-FLAG-01"] == 1
    assert summary["rule_set"] == catalogue.RULE_SET
    assert answer.code == 3


def test_the_reader_gets_his_language(huiliu: Any, event: Any, written: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HUILIU_LANGUAGE", "en")
    answer = huiliu("check", str(written(event("reading", flag="A"))), "--kind", "reading", "--as", "340100")
    assert "none of the standard's flags" in answer.out
    assert "would be quarantined" in answer.out


def test_jurisdiction_is_not_passed_when_nobody_says_who_publishes(huiliu: Any, event: Any, written: Any) -> None:
    file = str(written(event("reading")))
    without = huiliu("check", file, "--kind", "reading", "--json")
    assert without.code == 0
    assert "HL-JUR-01" in without.last["not_evaluated"]
    other = huiliu("check", file, "--kind", "reading", "--as", "340200", "--json")
    assert other.code == 3
    assert "HL-JUR-01" in other.last["by_code"]
    assert "HL-JUR-01" not in other.last["not_evaluated"]


def test_a_record_too_large_for_the_hub_is_found_before_it_is_sent(huiliu: Any, event: Any, written: Any) -> None:
    file = written(event("nil", reason="x" * 10_000_000), event("nil"))
    answer = huiliu("check", str(file), "--kind", "nil", "--json")
    assert answer.lines[0]["findings"][0]["code"] == "FR-SIZE-01"
    assert answer.last["accepted"] == 1


def test_the_kind_that_was_meant_is_named(huiliu: Any, event: Any, written: Any) -> None:
    answer = huiliu("check", str(written(event("project"))), "--kind", "award")
    assert answer.code == 3
    assert "--kind project" in answer.out


def test_standard_input_is_read_for_a_dash(huiliu: Any, event: Any) -> None:
    answer = huiliu("check", "-", "--kind", "nil", "--json", stdin=json.dumps(event("nil")).encode())
    assert (answer.code, answer.last["lines"]) == (0, 1)


def test_no_more_lines_are_shown_than_asked_and_the_rest_is_counted(huiliu: Any, event: Any, written: Any) -> None:
    file = str(written(*[event("nil", revision=0)] * 9))
    few = huiliu("check", file, "--kind", "nil", "--limit", "2")
    assert few.out.count("将被隔离  ") == 2
    assert "另有 7 行" in few.out
    assert huiliu("check", file, "--kind", "nil", "--limit", "0").out.count("将被隔离  ") == 9


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("missing.jsonl", "--kind", "nil"), "文件不存在"),
        (("/", "--kind", "nil"), "这是目录"),
        (("missing.jsonl", "--kind", "nils"), "nil"),
        (("missing.jsonl", "--kind", "nil", "--as", "合肥"), "340100"),
        (("missing.jsonl", "--kind", "nil", "--as", "340221"), "340210"),
        (("missing.jsonl", "--kind", "nil", "--as", "340101"), "340100"),
        (("missing.jsonl", "--kind", "nil", "--as", "990000"), "六位"),
    ],
)
def test_a_wrong_use_is_refused_with_what_was_meant(arguments: tuple[str, ...], told: str, huiliu: Any) -> None:
    answer = huiliu("check", *arguments)
    assert answer.code == 2
    assert told in answer.err


def test_an_empty_file_is_refused(huiliu: Any, tmp_path: Path) -> None:
    (tmp_path / "empty.jsonl").touch()
    answer = huiliu("check", str(tmp_path / "empty.jsonl"), "--kind", "nil")
    assert (answer.code, answer.out) == (2, "")
    assert "nil" in answer.err
