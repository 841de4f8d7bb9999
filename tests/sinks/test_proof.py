"""The proof passes on what batches leave behind, and fails when a single thing is not as promised."""

from __future__ import annotations

from typing import Any

import polars as pl
import pytest
from sqlalchemy import text

from huiliu.outcome import Outcome
from sinks import explain, proof, quarantine
from sinks.errors import UnknownName
from sinks.warehouse import Warehouse

READING = "intake.340100.reading"
START = 1_777_564_800_000


def rejected(intake: int, offset: int) -> tuple[pl.DataFrame, pl.DataFrame]:
    record = {
        "intake": intake, "offset": offset, "key": b"k", "value": b"\x00bad\xff", "headers": b"[]",
        "received_at": 2**62, "layer": "avro", "kind": "reading", "publisher": "340100", "rule_set": "abc123",
        "not_evaluated": '["RD-SPIKE-01"]', "status": "open", "awaits": None,
    }  # fmt: skip
    finding = {
        "intake": intake, "offset": offset, "code": "AV-DATUM-01", "severity": "error", "field": "value",
        "value": "坏", "expected": None, "difference": None, "suggestion": None, "source_ref": None,
        "pattern": None,
    }  # fmt: skip
    warning = {**finding, "code": "RD-SPIKE-01", "severity": "warning"}
    narrow = {"intake": pl.Int32, "offset": pl.Int64}
    texts = dict.fromkeys(("value", "expected", "difference", "suggestion", "source_ref", "pattern"), pl.String)
    findings = pl.DataFrame([warning, finding], schema_overrides={**narrow, **texts})
    return pl.DataFrame([record], schema_overrides={**narrow, "awaits": pl.String}), findings


@pytest.fixture
def loaded(warehouse: Warehouse, loader: Any, sample: Any, journal: Any) -> None:
    """Intake 1: registrations; 2: readings, offsets 70 to 80 with gaps, a correction, one quarantined."""
    with warehouse.batch() as connection:
        journal.enter(connection, "intake.340100.registration", [0])
        loader.within(connection, "registration", sample.registrations({"intake": 1, "offset": 0}))
    rows = [{"intake": 2, "offset": 70 + n, "start": START + n * 3_600_000, "average": n + 0.1} for n in range(5)]
    with warehouse.batch() as connection:
        journal.enter(connection, READING, [row["offset"] for row in rows], upto=76)
        loader.within(connection, "reading", sample.readings(*rows), shard=1)
    correction = sample.readings({**rows[0], "offset": 78, "revision": 2, "average": 40.0, "corrected": 40.0})
    with warehouse.batch() as connection:
        journal.enter(connection, READING, [78], [80])
        loader.within(connection, "reading", correction, shard=2)
        records, findings = rejected(2, 80)
        quarantine.write(connection, records)
        quarantine.write_findings(connection, findings)
    limits = [sample.limit(2.0)]
    with warehouse.batch() as connection:
        journal.enter(connection, "intake.340100.registration", [1])
        change = sample.registrations({"intake": 1, "offset": 1, "revision": 2, "limits": limits})
        loader.within(connection, "registration", change)


def failed(warehouse: Warehouse) -> dict[str, Any]:
    with warehouse.read() as connection:
        return {check.name: check.detail for check in proof.verify(connection) if not check.ok}


@pytest.mark.usefixtures("loaded")
def test_the_proof_passes_on_what_batches_leave(warehouse: Warehouse) -> None:
    with warehouse.read() as connection:
        checks = {check.name: check for check in proof.verify(connection)}
    assert [name for name, check in checks.items() if not check.ok] == []
    assert checks["chain"].detail["entries"] == 4
    assert checks["loaded"].detail == {"promised": 8, "found": 8, "wrong": 0, "examples": []}
    assert checks["quarantined"].detail["found"] == 1


def test_the_proof_passes_on_an_empty_warehouse(warehouse: Warehouse) -> None:
    assert failed(warehouse) == {}


#: What is done behind the hub's back, and the checks that tell it.
TAMPERING = {
    "delete from reading where \"offset\" = 71": {"loaded", "rollup_reading"},
    "update reading set average = average + 1 where \"offset\" = 72": {"rollup_reading"},
    "update reading set \"offset\" = 73 where \"offset\" = 72": {"loaded"},
    "delete from reading_history where cause = 'superseded'": {"loaded"},
    "update reading set exceeded = not exceeded where \"offset\" = 78": {"misjudged", "rollup_reading"},
    "update reading set division = 340204 where \"offset\" = 78": {"misnumbered"},
    "delete from quarantine": {"quarantined"},
    "update quarantine set \"offset\" = 81": {"quarantined", "without_reason"},
    "delete from finding where severity = 'error'": {"without_reason"},
    "update rollup_reading set exceedances = exceedances + 1": {"rollup_reading"},
    "update ledger set rule_set = 'other' where first_offset = 76": {"hashes"},
    "update ledger set not_evaluated = '{}' where first_offset = 76": {"hashes"},
    "update ledger set accepted = accepted - 1, stale = stale + 1 where first_offset = 76": {
        "counts", "hashes", "totals",
    },
    "delete from ledger where first_offset = 76": {"chain", "hashes", "loaded", "quarantined", "totals"},
    "update intake set next_offset = 99 where topic like '%reading'": {"chain"},
    "update intake set accepted = accepted + 1 where topic like '%reading'": {"totals"},
    "update intake set loaded_at = null where topic like '%reading'": {"totals"},
    "update intake set hash = '' where topic like '%reading'": {"hashes"},
}  # fmt: skip


@pytest.mark.usefixtures("loaded")
@pytest.mark.parametrize("statement", TAMPERING)
def test_the_proof_tells_what_was_tampered_with(statement: str, warehouse: Warehouse) -> None:
    with warehouse.batch() as connection:
        connection.execute(text(statement))
    assert set(failed(warehouse)) == TAMPERING[statement]


@pytest.mark.usefixtures("loaded")
def test_the_proof_names_the_offsets_that_are_wrong(warehouse: Warehouse) -> None:
    with warehouse.batch() as connection:
        connection.execute(text('update reading set "offset" = 73 where "offset" = 72'))
        connection.execute(text('update reading set "offset" = 127 where "offset" = 74'))
    examples = failed(warehouse)["loaded"]["examples"]
    assert examples == [{"intake": 2, "missing": [72, 74], "surplus": [127], "doubled": 1}]


GROUP = {"city": "340100", "pollutant": "a21026", "period": "HOUR", "day": "2026-05-01"}


@pytest.mark.usefixtures("loaded")
def test_a_figure_is_shown_with_the_control_total_of_its_facts(warehouse: Warehouse) -> None:
    with warehouse.read() as connection:
        figure = explain.figure(connection, "reading", GROUP)
        nothing = explain.figure(connection, "reading", {**GROUP, "day": "2026-05-02"})
    assert figure.equal
    assert figure.stored is not None
    assert (figure.stored["readings"], figure.stored["maximum"], figure.stored["exceedances"]) == (5, 30.0, 5)
    assert figure.stored["average_micro"] == 40_000_000 + sum(n * 1_000_000 + 100_000 for n in range(1, 5))
    assert (nothing.stored, nothing.recomputed, nothing.equal) == (None, None, True)


@pytest.mark.usefixtures("loaded")
def test_a_figure_that_was_tampered_with_is_not_equal_to_its_control_total(warehouse: Warehouse) -> None:
    with warehouse.batch() as connection:
        connection.execute(text("update rollup_reading set readings = readings + 1 where shard = 2"))
        assert not explain.figure(connection, "reading", GROUP).equal


@pytest.mark.usefixtures("loaded")
def test_the_facts_behind_a_figure_come_page_by_page_with_their_coordinates(warehouse: Warehouse) -> None:
    with warehouse.read() as connection:
        first = explain.facts(connection, "reading", GROUP, limit=3)
        last = first.row(-1, named=True)
        after = [last[name] for name in ("outlet", "pollutant", "period", "start")]
        second = explain.facts(connection, "reading", GROUP, after=after, limit=3)
    pages = pl.concat([first, second])
    assert pages.select("topic", "partition", "offset").rows() == [(READING, 0, n) for n in (78, 71, 72, 73, 74)]


def test_every_rolled_up_kind_can_be_opened(warehouse: Warehouse, loader: Any, sample: Any, journal: Any) -> None:
    groups = {
        "project": {"city": "340100", "programme": "TECHNICAL_TRANSFORMATION", "stage": "BUILDING", "month": "2026-05"},
        "award": {
            "city": "340100", "policy": "P", "clause": "1", "fiscal_year": 2026, "mode": "AUTOMATIC",
            "status": "APPROVED",
        },
        "indicator": {"division": "340104", "indicator": "GVA", "period": "2026-05"},
    }  # fmt: skip
    with warehouse.batch() as connection:
        journal.enter(connection, "intake.340100.project", [0])
        for kind in groups:
            loader.within(connection, kind, sample.of(kind))
    with warehouse.read() as connection:
        for kind, group in groups.items():
            figure = explain.figure(connection, kind, group)
            assert figure.equal
            assert figure.stored is not None
            assert explain.facts(connection, kind, group).height == 1


@pytest.mark.parametrize(
    "group",
    [{"city": "340100"}, {**GROUP, "pollutant": "x"}, {**GROUP, "day": "yesterday"}, {**GROUP, "period": "WEEK"}],
)
def test_a_group_that_cannot_be_is_told_by_name(group: dict[str, Any], warehouse: Warehouse) -> None:
    with warehouse.read() as connection, pytest.raises(UnknownName):
        explain.figure(connection, "reading", group)


@pytest.mark.usefixtures("loaded")
@pytest.mark.parametrize(
    ("offset", "outcome", "revision", "cause"),
    [(0, Outcome.GAP, None, None), (70, Outcome.ACCEPTED, 1, "superseded"), (71, Outcome.ACCEPTED, 1, None),
     (78, Outcome.ACCEPTED, 2, None), (80, Outcome.QUARANTINED, None, None)],
)  # fmt: skip
def test_coordinates_lead_to_what_became_of_the_record(
    offset: int, outcome: Outcome, revision: int | None, cause: str | None, warehouse: Warehouse
) -> None:
    with warehouse.read() as connection:
        account = explain.event(connection, READING, 0, offset)
        assert explain.event(connection, READING, 0, 81) is None
        assert explain.event(connection, READING, 5, 0) is None
    assert account is not None
    assert account.outcome is outcome
    fact = account.fact or {}
    assert (fact.get("revision"), fact.get("cause")) == (revision, cause)
    assert (account.quarantine is not None) == (outcome is Outcome.QUARANTINED)
    if account.quarantine is not None:
        assert account.quarantine["value"] == b"\x00bad\xff"
        assert [finding["code"] for finding in account.quarantine["findings"]] == ["AV-DATUM-01", "RD-SPIKE-01"]
