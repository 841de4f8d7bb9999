"""Which topic a name meant when it was first read: Kafka gives a topic that is deleted and made again another id."""

from __future__ import annotations

from typing import Final

from sqlalchemy import Column, Table, Text, func

from sinks.tables.metadata import INSTANT, METADATA

TOPIC: Final = Table(
    "topic",
    METADATA,
    Column("name", Text, primary_key=True),
    Column("kafka_id", Text, nullable=False),
    Column("first_seen_at", INSTANT, nullable=False, server_default=func.now()),
)
