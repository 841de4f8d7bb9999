"""What is shipped for looking after workers asks for what workers show."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

import deploy
from deploy import targets
from huiliu.settings import Settings
from streams.metrics import METRICS, NAMED, STAGES

FOLDER = Path(deploy.__file__).parent
RULES = YAML(typ="safe").load(FOLDER / "prometheus" / "huiliu.rules.yml")
GUIDE = FOLDER.parent / "docs" / "guide" / "monitoring.md"
SUFFIXES = {"histogram": ("_bucket", "_sum", "_count"), "counter": ("",), "gauge": ("",)}
SHOWN = {metric.name + suffix: metric for metric in METRICS for suffix in SUFFIXES[metric.type]}


ALERTS: list[dict[str, Any]] = [alert for group in RULES["groups"] for alert in group["rules"]]


def selectors(expression: str) -> list[tuple[str, list[tuple[str, str]]]]:
    found = re.findall(r"\b(huiliu_\w+)(?:\{([^}]*)\})?", expression)
    return [(name, re.findall(r'(\w+)="([^"]*)"', labels)) for name, labels in found]


@pytest.mark.parametrize("alert", ALERTS, ids=lambda alert: alert["alert"])
def test_an_alert_asks_for_metrics_labels_and_values_that_there_are(alert: dict[str, Any]) -> None:
    asked = selectors(alert["expr"])
    assert asked or alert["expr"].startswith("up{")
    for name, labels in asked:
        assert name in SHOWN, alert["expr"]
        for label, value in labels:
            assert label in SHOWN[name].labels
            if label == "stage":
                assert value in {stage.name for stage in STAGES}
    for label in re.findall(r"by \((\w+)\)", alert["expr"]):
        assert label in ("job", "instance") or any(label in SHOWN[name].labels for name, _ in asked)


@pytest.mark.parametrize("alert", ALERTS, ids=lambda alert: alert["alert"])
def test_an_alert_says_how_bad_it_is_and_what_to_do(alert: dict[str, Any]) -> None:
    assert alert["labels"]["severity"] in ("critical", "warning")
    assert set(alert["annotations"]) == {"summary", "description"}
    assert alert["expr"].count("(") == alert["expr"].count(")")
    assert all(ord(max(text)) > 0x4E00 for text in alert["annotations"].values()), "in Chinese too"


def test_names_of_metrics_in_the_guide_are_there() -> None:
    named = set(re.findall(r"\bhuiliu_\w+", GUIDE.read_text("utf-8")))
    assert named <= SHOWN.keys() | NAMED.keys()


def test_prometheus_reads_the_rules_and_the_file_that_up_keeps(tmp_path: Path) -> None:
    configuration = YAML(typ="safe").load(FOLDER / "prometheus" / "prometheus.yml")
    assert configuration["rule_files"] == ["huiliu.rules.yml"]
    (job,) = configuration["scrape_configs"]
    (found,) = job["file_sd_configs"]
    assert Path(found["files"][0]).name == targets.NAME
    targets.write(tmp_path, {"worker-1": "127.0.0.1:9464"})
    assert json.loads((tmp_path / targets.NAME).read_text()) == [
        {"targets": ["127.0.0.1:9464"], "labels": {"worker": "worker-1"}}
    ]


def test_every_address_of_the_machine_is_reached_by_loopback() -> None:
    assert targets.address("0.0.0.0", 1) == "127.0.0.1:1"
    assert targets.address("::", 2) == "[::1]:2"
    assert targets.address("10.0.0.7", 3) == "10.0.0.7:3"
    assert targets.port_of("[::1]:2") == 2


def test_probes_ask_the_paths_and_ports_that_are_served(tmp_path: Path) -> None:
    (document,) = YAML(typ="safe").load_all(FOLDER / "kubernetes" / "huiliu-worker.yaml")
    (container,) = document["spec"]["template"]["spec"]["containers"]
    environ = {one["name"]: one.get("value", "") for one in container["env"]}
    (port,) = container["ports"]
    assert str(port["containerPort"]) == environ["HUILIU_METRICS_PORT"]
    mounted = tmp_path / "secret"
    mounted.touch()
    files = ("HUILIU_KAFKA_PASSWORD_FILE", "HUILIU_KAFKA_CA")
    given = {name: value for name, value in environ.items() if value} | dict.fromkeys(files, str(mounted))
    assert Settings.from_environment(given).metrics_host == "0.0.0.0"
    probes = {name: container[name]["httpGet"] for name in ("startupProbe", "readinessProbe", "livenessProbe")}
    assert [probe["path"] for probe in probes.values()] == ["/ready", "/ready", "/live"]
    assert {probe["port"] for probe in probes.values()} == {port["name"]}
    worker = YAML(typ="safe").load(FOLDER / "compose.yaml")["services"]["worker"]
    assert f":{worker['environment']['HUILIU_METRICS_PORT']}/ready" in worker["healthcheck"]["test"][-1]


def test_the_timer_asks_every_worker_of_the_service() -> None:
    service = (FOLDER / "systemd" / "huiliu-worker.service").read_text()
    asked = re.findall(
        r"http://127\.0\.0\.1:(\d+)/live", (FOLDER / "systemd" / "huiliu-worker-live.service").read_text()
    )
    first = int(re.findall(r"HUILIU_METRICS_PORT=(\d+)", service)[0])
    count = int(re.findall(r"--workers (\d+)", service)[0])
    assert [int(port) for port in asked] == list(range(first, first + count))
