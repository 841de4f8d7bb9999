"""Publishers keep the kinds they gained; each gives its topics."""

from __future__ import annotations

from dataclasses import replace

from huiliu.division import DivisionCode
from sinks import publishers
from sinks.publishers import Publisher
from sinks.warehouse import Warehouse

HEFEI = Publisher(division=DivisionCode("340100"), kinds=("reading", "project"), cadence={"project": "monthly"})


def test_a_publisher_is_listed_as_it_was_registered(warehouse: Warehouse) -> None:
    with warehouse.batch() as connection:
        publishers.add(connection, HEFEI)
        publishers.add(connection, replace(HEFEI, division=DivisionCode("110000"), kinds=("nil",), contact="张三"))
    with warehouse.read() as connection:
        listed = publishers.listed(connection)
        assert [(p.division, p.kinds, p.contact) for p in listed] == [
            ("110000", ("nil",), "张三"),
            ("340100", ("project", "reading"), None),
        ]
        assert publishers.topics(connection) == ["intake.110000.nil", "intake.340100.project", "intake.340100.reading"]


def test_registering_again_adds_kinds_and_never_takes_one_away(warehouse: Warehouse) -> None:
    with warehouse.batch() as connection:
        publishers.add(connection, HEFEI)
        publishers.add(connection, replace(HEFEI, kinds=("award",), channel="http", suspended=True))
        assert publishers.listed(connection) == [
            replace(HEFEI, kinds=("award", "project", "reading"), channel="http", suspended=True)
        ]
