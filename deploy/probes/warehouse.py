"""The warehouse as a worker needs it: version, encoding, durability, rights, revision, clock."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from deploy.diagnosis import GIB, Check
from deploy.probes import clocks
from huiliu.language import text
from sinks import health
from sinks.warehouse import Warehouse

MINIMUM: Final = 15
LOCKS: Final = 128  #: partitions of some years of months, each with its indexes, in one transaction


def probed(warehouse: Warehouse) -> Iterator[Check]:
    """All of it; raises WarehouseError where the database does not answer."""
    with warehouse.read() as connection:
        connection.exec_driver_sql("select 1")  # so that the clock is read on a connection that is open
        before = clocks.now()
        server = health.server(connection)
        after = clocks.now()
        current, newest = health.revisions(connection)
        lacking = health.lacking(connection) if current == newest else None
    yield _version(server)
    yield _settings(server)
    yield clocks.compared("clock database", server.clock, before, after)
    yield _revision(current, newest)
    yield _rights(server, lacking)


def _version(server: health.Server) -> Check:
    major = server.version // 10_000
    found = f"PostgreSQL {major}.{server.version % 10_000}, {server.bytes / GIB:.1f} GiB"
    if major < MINIMUM:
        mend = text(f"需要 PostgreSQL {MINIMUM} 及以上", f"use PostgreSQL {MINIMUM} or newer")
        return Check("database", "failed", found, mend)
    if server.encoding != "UTF8":
        mend = text("请以 UTF8 编码重建数据库", "make the database anew with encoding UTF8")
        return Check("database", "failed", f"{found}, {server.encoding}", mend)
    return Check("database", "good", found)


def _settings(server: health.Server) -> Check:
    if server.careless:
        found = text("已关闭：", "off: ") + ", ".join(server.careless)
        mend = text("请重新打开：提交后的数据须不丢", "turn them on: exactly once rests on commits that stay")
        return Check("durability", "failed", found, mend)
    if server.locks < LOCKS:
        mend = text("建议设为 256 并重启 PostgreSQL", "set it to 256 and restart PostgreSQL")
        return Check("durability", "warning", f"max_locks_per_transaction = {server.locks}", mend)
    return Check("durability", "good", "fsync, synchronous_commit, full_page_writes")


def _revision(current: str | None, newest: str | None) -> Check:
    if current == newest:
        return Check("migrations", "good", str(current))
    mend = text("huiliu up 启动时会更新", "huiliu up brings it up to date when it starts")
    return Check("migrations", "failed", f"{current} ≠ {newest}", mend)


def _rights(server: health.Server, lacking: list[str] | None) -> Check:
    if lacking is None:
        found = text("未能检查：表结构不是最新", "could not be looked at: the schema is not the newest")
        return Check("database rights", "unknown", found, text("先更新表结构", "bring the schema up to date first"))
    if not lacking:
        return Check("database rights", "good", server.role)
    roles = "huiliu_reader" if lacking == ["huiliu_reader SET ROLE"] else "huiliu_writer, huiliu_reader"
    mend = text(
        f"请管理员执行：grant {roles} to {server.role}", f"have an administrator run: grant {roles} to {server.role}"
    )
    return Check("database rights", "failed", f"{server.role}: {', '.join(lacking[:4])}", mend)
