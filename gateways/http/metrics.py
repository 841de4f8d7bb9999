"""What the gateway counts, for Prometheus. No label names a publisher: who asks for metrics need not know them."""

from __future__ import annotations

from typing import Final

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

REGISTRY: Final = CollectorRegistry()

REQUESTS: Final = Counter(
    "huiliu_http_requests", "Requests answered, by route and status.", ["route", "status"], registry=REGISTRY
)
SECONDS: Final = Histogram(
    "huiliu_http_request_seconds", "Seconds from a request's head to its answer's end.", ["route"], registry=REGISTRY,
    buckets=(0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 30),
)  # fmt: skip
EVENTS: Final = Counter(
    "huiliu_http_events", "Events: acknowledged (Kafka has them), refused (they fit no contract), judged (asked only).",
    ["kind", "outcome"], registry=REGISTRY,
)  # fmt: skip
HELD: Final = Gauge("huiliu_http_held_bytes", "Bytes on their way to Kafka.", registry=REGISTRY)
READY: Final = Gauge("huiliu_http_ready", "1 when broker and database answer.", registry=REGISTRY)
