"""What a worker says of its stages, read from its metrics as Prometheus would."""

from __future__ import annotations

import urllib.request

from prometheus_client.parser import text_string_to_metric_families


def stage_seconds(port: int) -> dict[str, float]:
    """Seconds spent in each stage since the worker began; stages of ``prepare`` and ``commit`` are within those."""
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics", timeout=10) as answer:
        families = text_string_to_metric_families(answer.read().decode())
        return {
            sample.labels["stage"]: sample.value
            for family in families
            for sample in family.samples
            if sample.name == "huiliu_stage_seconds_sum"
        }
