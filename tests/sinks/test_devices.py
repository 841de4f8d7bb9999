"""Monitors of the HJ 212 gateway: kept as registered, suspended with their publisher, last heard."""

from __future__ import annotations

from dataclasses import replace

from huiliu.division import DivisionCode
from sinks import devices, publishers
from sinks.credentials import Verifier, stored_key
from sinks.devices import Device, Seen
from sinks.publishers import Publisher
from sinks.warehouse import Warehouse

HEFEI = DivisionCode("340100")
ONE = Device(mn="010000A8900016F000169DC0", division=HEFEI, allow=("10.0.0.0/8",), crc="modbus", set_clock=True)


def registered(warehouse: Warehouse, *found: Device) -> None:
    with warehouse.batch() as connection:
        publishers.add(connection, Publisher(division=HEFEI, kinds=("reading",)))
        for one in found:
            devices.put(connection, one)


def test_a_monitor_is_found_as_registered_and_its_password_only_proved(warehouse: Warehouse) -> None:
    registered(warehouse, replace(ONE, verifier=Verifier.of("123456")))
    with warehouse.read() as connection:
        found = devices.find(connection, ONE.mn)
        assert found is not None
        assert found.verifier is not None
        assert stored_key("123456", found.verifier.salt, found.verifier.iterations) == found.verifier.stored_key
        assert replace(found, verifier=None) == ONE
        assert devices.find(connection, "nobody") is None


def test_monitors_of_a_suspended_publisher_are_suspended_and_the_fingerprint_tells(warehouse: Warehouse) -> None:
    registered(warehouse, ONE)
    with warehouse.read() as connection:
        before = devices.fingerprint(connection)
        assert [one.suspended for one in devices.admitted(connection, registered=False)] == [False]
    with warehouse.batch() as connection:
        publishers.suspend(connection, HEFEI, suspended=True)
    with warehouse.read() as connection:
        assert devices.fingerprint(connection) != before
        assert [one.suspended for one in devices.admitted(connection, registered=False)] == [True]


def test_what_was_heard_last_stands_and_a_frame_without_time_forgets_no_drift(warehouse: Warehouse) -> None:
    registered(warehouse, ONE)
    first = Seen(ONE.mn, 1_700_000_000_000, "10.0.0.1", "2017", -1_500)
    with warehouse.batch() as connection:
        devices.keep_seen(connection, [first])
        devices.keep_seen(connection, [replace(first, seen_ms=1_700_000_060_000, drift_ms=None)])
    with warehouse.read() as connection:
        assert devices.seen(connection) == {ONE.mn: replace(first, seen_ms=1_700_000_060_000)}
