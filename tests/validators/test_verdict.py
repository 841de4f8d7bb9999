"""A verdict says what would become of the event, and what could not be judged."""

from __future__ import annotations

import json

import polars as pl

from schemas import event_json
from schemas.decode import decode
from validators import catalogue, judge, sample
from validators.gate import GateVerdict
from validators.verdict import verdicts


def test_a_good_event_is_accepted_and_names_what_could_not_be_evaluated() -> None:
    (verdict,) = verdicts("reading", sample.frame("reading"), "zh")
    assert (verdict["outcome"], verdict["findings"]) == ("accepted", [])
    assert verdict["rule_set"] == catalogue.RULE_SET
    assert verdict["not_evaluated"] == [
        "HL-CONFLICT-01",
        "HL-REFUSED-01",
        "RD-MEDIUM-01",
        "RD-OUTLET-01",
        "RD-OUTLET-02",
    ]


def test_errors_reject_and_warnings_flag() -> None:
    frame = sample.frame("reading", [{"flag": "A"}, {"corrected": 1.0, "pollutant": "w01018"}, {"flag": "P"}])
    assert [verdict["outcome"] for verdict in verdicts("reading", frame, "en")] == ["rejected", "flagged", "accepted"]


def test_a_verdict_is_json_with_words_norm_and_mend() -> None:
    (verdict,) = verdicts("reading", sample.frame("reading", [{"pollutant": "011"}]), "zh")
    (finding,) = json.loads(json.dumps(verdict, ensure_ascii=False))["findings"]
    assert finding["code"] == "RD-POLLUTANT-01"
    assert finding["norm"] == "HJ 212-2017 附录 B"
    assert finding["suggestion"] == "w01018"
    assert finding["message"].startswith("监测因子编码“011”")
    assert verdict["source_ref"] == "HF-2026-000123"


def test_what_an_earlier_layer_rejects_later_layers_do_not_judge() -> None:
    rows = [{"flag": "A", "outlet__division": None}, {"outlet__division": None}]
    frame = sample.frame("reading", rows, needs=("outlet__medium",))
    found = [[finding["code"] for finding in verdict["findings"]] for verdict in verdicts("reading", frame, "zh")]
    assert found == [["RD-FLAG-01"], ["RD-OUTLET-01"]]


class Gate:
    """Refuses the second row, for the rule on flags."""

    def passes(self, kind: str, frame: pl.DataFrame) -> GateVerdict:
        self.seen = frame["row"].to_list()
        found = judge.judge_event("reading", sample.frame("reading", [{}, {"flag": "A"}])).findings
        return GateVerdict(success=False, bad_rows=(1,), _findings=found)


def test_the_gate_has_the_last_word_on_what_the_rules_have_left() -> None:
    gate = Gate()
    frame = sample.frame("reading", [{}, {}, {"flag": "A"}])
    found = verdicts("reading", frame, "zh", gate=gate)
    assert [one["outcome"] for one in found] == ["accepted", "rejected", "rejected"]
    assert [finding["code"] for finding in found[1]["findings"]] == ["RD-FLAG-01"]
    assert gate.seen == [0, 1]


def test_records_that_could_not_be_decoded_have_a_verdict_too() -> None:
    good = bytes.fromhex(catalogue.by_code("FR-EMPTY-01").good["hex"])
    decoded = decode("nil", [good, b"", good[:-1]], record_bytes=1000)
    given = verdicts("nil", decoded.frame, "zh", decoded.refused)
    assert [(verdict["row"], verdict["outcome"]) for verdict in given] == [
        (0, "accepted"),
        (1, "rejected"),
        (2, "rejected"),
    ]
    assert [finding["layer"] for finding in given[2]["findings"]] == ["avro"]


def test_a_line_of_json_that_does_not_fit_is_told_field_by_field() -> None:
    decoded = event_json.read("nil", ['{"division": 340104}'])
    (verdict,) = verdicts("nil", decoded.frame, "zh", decoded.refused)
    assert verdict["outcome"] == "rejected"
    assert any("行政区划代码" in finding["message"] for finding in verdict["findings"])
