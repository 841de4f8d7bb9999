"""What the gateway tells of itself to Prometheus."""

from __future__ import annotations

from typing import Final

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

REGISTRY: Final = CollectorRegistry()

CONNECTIONS: Final = Gauge("huiliu_hj212_connections", "Connections held.", registry=REGISTRY)
CONNECTED: Final = Counter("huiliu_hj212_connected", "Connections accepted.", registry=REGISTRY)
SHED: Final = Counter(
    "huiliu_hj212_shed",
    "Connections closed by the gateway: too many, idle, greeting, slow, refused, fault.",
    ("reason",),
    registry=REGISTRY,
)
BYTES: Final = Counter("huiliu_hj212_bytes", "Bytes received.", registry=REGISTRY)
NOISE: Final = Counter("huiliu_hj212_noise_bytes", "Bytes that belong to no frame.", registry=REGISTRY)
FRAMES: Final = Counter("huiliu_hj212_frames", "Frames taken, by command (CN).", ("cn",), registry=REGISTRY)
REFUSED: Final = Counter("huiliu_hj212_refused", "Frames refused, by reason.", ("reason",), registry=REGISTRY)
READINGS: Final = Counter("huiliu_hj212_readings", "Reading events that Kafka has confirmed.", registry=REGISTRY)
KEPT: Final = Counter("huiliu_hj212_kept", "Frames that Kafka has confirmed in hj212.frames.", registry=REGISTRY)
ACKNOWLEDGED: Final = Counter("huiliu_hj212_acknowledged", "Frames acknowledged to the monitor.", registry=REGISTRY)
RESENT: Final = Counter("huiliu_hj212_resent", "Frames that carry RF=1.", registry=REGISTRY)
UNCONFIRMED: Final = Counter(
    "huiliu_hj212_unconfirmed", "Frames that Kafka did not take: not acknowledged.", registry=REGISTRY
)
PENDING: Final = Gauge("huiliu_hj212_pending_frames", "Frames read and not confirmed by Kafka yet.", registry=REGISTRY)
HELD: Final = Gauge("huiliu_hj212_held_bytes", "Bytes read and not confirmed by Kafka yet.", registry=REGISTRY)
CONFIRMING: Final = Histogram(
    "huiliu_hj212_confirm_seconds",
    "Seconds from a frame's receipt to Kafka's confirmation.",
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60),
    registry=REGISTRY,
)
DRIFT: Final = Histogram(
    "huiliu_hj212_drift_seconds",
    "How far monitors' clocks are from ours, seconds, either way; each frame that tells.",
    buckets=(1, 5, 15, 60, 300, 900, 3_600, 86_400),
    registry=REGISTRY,
)
CLOCKS_SET: Final = Counter("huiliu_hj212_clocks_set", "Orders to set a clock (1012) sent.", registry=REGISTRY)
PACKETS: Final = Gauge("huiliu_hj212_open_messages", "Messages of several packets, not whole yet.", registry=REGISTRY)
INCOMPLETE: Final = Counter(
    "huiliu_hj212_incomplete", "Messages whose missing packets did not come in time.", registry=REGISTRY
)
DEVICES: Final = Gauge("huiliu_hj212_devices", "Monitors in the register.", registry=REGISTRY)
READY: Final = Gauge("huiliu_hj212_ready", "1 when the gateway is ready, else 0, as /ready says.", registry=REGISTRY)
