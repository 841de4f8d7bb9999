"""The monitors that may speak to the HJ 212 gateway: for which division, with which password, from where.

A monitor is known by its number (MN). What proves its password (PW) is a verifier as publishers' secrets have
(:mod:`sinks.credentials`); a PW has six characters, so the verifier guards against reading, not against guessing.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from sqlalchemy import Connection, Row, func, select, text
from sqlalchemy.dialects.postgresql import insert

from huiliu.division import DivisionCode
from sinks.credentials import Verifier
from sinks.tables.device import DEVICE, DEVICE_SEEN
from sinks.tables.dimension import OUTLET
from sinks.tables.publisher import PUBLISHER

#: Checks a monitor may use, as the gateway calls them.
CRCS: Final = ("standard", "modbus", "modbus, low byte first")


@dataclass(frozen=True, slots=True, kw_only=True)
class Device:
    """One monitor. ``allow`` and ``deny`` are networks (CIDR); an empty ``allow`` is everywhere.

    ``crc``: which check beside the standard's it may use. ``sm4_key``: the name of its key in the gateway's key file.
    ``set_clock``: the gateway sets its clock when that drifts. ``verifier`` None: any password.
    """

    mn: str
    division: DivisionCode
    verifier: Verifier | None = None
    allow: tuple[str, ...] = ()
    deny: tuple[str, ...] = ()
    crc: str = "standard"
    sm4_key: str | None = None
    set_clock: bool = False
    suspended: bool = False


@dataclass(frozen=True, slots=True)
class Seen:
    """What was noticed of a monitor last. ``drift_ms``: its clock minus ours; None when it said no time."""

    mn: str
    seen_ms: int
    peer: str
    edition: str | None
    drift_ms: int | None


def put(connection: Connection, device: Device) -> None:
    """Register a monitor, or bring one up to this. Its division must have a publisher."""
    salt, iterations, stored_key = device.verifier or (None, None, None)
    row = {
        "mn": device.mn,
        "division": int(device.division),
        "salt": salt,
        "iterations": iterations,
        "stored_key": stored_key,
        "allow": list(device.allow),
        "deny": list(device.deny),
        "crc": device.crc,
        "sm4_key": device.sm4_key,
        "set_clock": device.set_clock,
        "suspended": device.suspended,
    }
    changed = {name: value for name, value in row.items() if name != "mn"}
    statement = insert(DEVICE).values(row)
    connection.execute(
        statement.on_conflict_do_update(index_elements=["mn"], set_={**changed, "changed_at": func.now()})
    )


def find(connection: Connection, mn: str) -> Device | None:
    """The monitor of this number; None where there is none."""
    row = connection.execute(select(DEVICE).where(DEVICE.c.mn == mn)).first()
    return None if row is None else _device(row)


def listed(connection: Connection) -> list[Device]:
    """All monitors, by number."""
    return [_device(row) for row in connection.execute(select(DEVICE).order_by(DEVICE.c.mn))]


def admitted(connection: Connection, *, registered: bool) -> list[Device]:
    """Monitors as the gateway sees them: one whose publisher is suspended, or sends no readings, is suspended too.

    ``registered``: outlets of the register without a row of their own are monitors as well, with any password.
    """
    entitled = {
        row.division: not row.suspended and "reading" in row.kinds
        for row in connection.execute(select(PUBLISHER.c.division, PUBLISHER.c.suspended, PUBLISHER.c.kinds))
    }
    found = {row.mn: row for row in connection.execute(select(DEVICE))}
    devices = [_device(row, suspended=not entitled.get(row.division, False)) for row in found.values()]
    if registered:
        outlets = connection.execute(select(OUTLET.c.mn, OUTLET.c.division, OUTLET.c.city))
        for row in outlets:
            owner = row.division if row.division in entitled else row.city
            if row.mn not in found and owner in entitled:
                division = DivisionCode(f"{owner:06d}")
                devices.append(Device(mn=row.mn, division=division, suspended=not entitled[owner]))
    return devices


def fingerprint(connection: Connection) -> tuple[Any, ...]:
    """Changes when what :func:`admitted` gives may have changed."""
    told = text(
        "select (select count(*) from device), (select max(changed_at) from device), (select count(*) from publisher),"
        " (select max(changed_at) from publisher), (select version from register)"
    )
    return tuple(connection.execute(told).one())


def division_of(connection: Connection, mn: str) -> DivisionCode | None:
    """The division of the outlet that is registered under this number."""
    found = connection.execute(select(OUTLET.c.division).where(OUTLET.c.mn == mn)).scalar_one_or_none()
    return None if found is None else DivisionCode(f"{found:06d}")


def keep_seen(connection: Connection, seen: Iterable[Seen]) -> None:
    """Keep what was noticed last, in place of what was kept."""
    rows = [
        {
            "mn": one.mn,
            "seen_at": datetime.fromtimestamp(one.seen_ms / 1000, UTC),
            "peer": one.peer,
            "edition": one.edition,
            "drift_ms": one.drift_ms,
        }
        for one in sorted(seen, key=lambda one: one.mn)
    ]
    if not rows:
        return
    statement = insert(DEVICE_SEEN)
    new = statement.excluded
    changed = {
        "seen_at": new.seen_at,
        "peer": new.peer,
        "edition": new.edition,
        "drift_ms": func.coalesce(new.drift_ms, DEVICE_SEEN.c.drift_ms),
    }
    connection.execute(statement.on_conflict_do_update(index_elements=["mn"], set_=changed), rows)


def seen(connection: Connection) -> dict[str, Seen]:
    """What was noticed last, by monitor number."""
    return {
        row.mn: Seen(row.mn, int(row.seen_at.timestamp() * 1000), row.peer, row.edition, row.drift_ms)
        for row in connection.execute(select(DEVICE_SEEN))
    }


def _device(row: Row[Any], *, suspended: bool = False) -> Device:
    verifier = Verifier(row.salt, row.iterations, row.stored_key) if row.stored_key is not None else None
    return Device(
        mn=row.mn,
        division=DivisionCode(f"{row.division:06d}"),
        verifier=verifier,
        allow=tuple(row.allow),
        deny=tuple(row.deny),
        crc=row.crc,
        sm4_key=row.sm4_key,
        set_clock=row.set_clock,
        suspended=row.suspended or suspended,
    )
