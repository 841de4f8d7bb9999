"""The tables of the warehouse: importing this package fills ``METADATA`` with all of them."""

from sinks.tables import (
    award,
    credential,
    declaration,
    dimension,
    indicator,
    ledger,
    nil,
    outbox,
    project,
    publisher,
    quarantine,
    reading,
    registration,
    response,
    rollup,
    submission,
    topic,
)
from sinks.tables.metadata import METADATA

__all__ = [
    "METADATA",
    "award",
    "credential",
    "declaration",
    "dimension",
    "indicator",
    "ledger",
    "nil",
    "outbox",
    "project",
    "publisher",
    "quarantine",
    "reading",
    "registration",
    "response",
    "rollup",
    "submission",
    "topic",
]
