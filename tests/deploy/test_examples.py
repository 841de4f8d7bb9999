"""The examples for running elsewhere name settings, commands and versions that exist."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from ruamel.yaml import YAML

import deploy
from commands.main import COMMANDS
from deploy import access
from deploy.broker import LARGEST_MESSAGE, Broker
from deploy.cluster import answers
from deploy.instance import Instance
from deploy.kafka_jars import pinned
from huiliu.kafka import Cluster
from huiliu.settings_table import SETTINGS

FOLDER = Path(deploy.__file__).parent
EXAMPLES = ["Dockerfile", "compose.yaml", "systemd/huiliu-worker.service", "kubernetes/huiliu-worker.yaml"]
OWN = {"HUILIU_PASSWORD", "HUILIU_KAFKA_SECRET"}  # of compose, to put addresses and logins together


@pytest.mark.parametrize("name", EXAMPLES)
def test_an_example_uses_only_settings_that_exist(name: str) -> None:
    used = set(re.findall(r"HUILIU_[A-Z_]+", (FOLDER / name).read_text(encoding="utf-8")))
    assert used - OWN <= {setting.variable for setting in SETTINGS}
    assert used


@pytest.mark.parametrize("name", EXAMPLES)
def test_an_example_runs_commands_that_exist(name: str) -> None:
    content = (FOLDER / name).read_text(encoding="utf-8")
    run = re.findall(r'(?:bin/huiliu |"huiliu", "|args: \["|command: \["|CMD \[")(up|status|\w+)', content)
    names = {command.name for command in COMMANDS} | {"postgres"}
    assert set(run) - {"huiliu"} <= names
    assert "up" in run


def test_the_containers_are_configured_as_the_embedded_parts_are() -> None:
    content = YAML(typ="safe").load(FOLDER / "compose.yaml")
    kafka = content["services"]["kafka"]
    assert kafka["image"].endswith(f":{pinned()[0]}")
    assert kafka["environment"]["KAFKA_MESSAGE_MAX_BYTES"] == LARGEST_MESSAGE
    assert kafka["environment"]["KAFKA_AUTO_CREATE_TOPICS_ENABLE"] == "false"
    assert content["services"]["worker"]["environment"]["HUILIU_KAFKA"] == "kafka:9092"


def test_the_deployment_reads_its_addresses_from_a_secret() -> None:
    (document,) = YAML(typ="safe").load_all(FOLDER / "kubernetes" / "huiliu-worker.yaml")
    (container,) = document["spec"]["template"]["spec"]["containers"]
    fromsecret = {one["name"] for one in container["env"] if "valueFrom" in one}
    assert fromsecret == {"HUILIU_KAFKA", "HUILIU_DATABASE"}


def test_the_container_of_kafka_starts_with_its_doors_locked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With the very settings of the example, spelled as the image does, but for addresses and folders."""
    secret = tmp_path / "secret"
    secret.write_text("a-secret\n")
    environment = YAML(typ="safe").load(FOLDER / "compose.yaml")["services"]["kafka"]["environment"]

    def settings(node: Broker) -> dict[str, object]:
        ports = {":9092": f":{node.listeners.hub}", ":9093": f":{node.listeners.controller}"}
        ports |= {"HUB://:": "HUB://127.0.0.1:", "CONTROLLER://:": "CONTROLLER://127.0.0.1:", "kafka:": "127.0.0.1:"}
        found = {}
        for name, value in environment.items():
            told = re.sub(r"\$\{HUILIU_KAFKA_SECRET[^}]*\}", "a-secret", str(value))
            for here, there in ports.items():
                told = told.replace(here, there)
            found[_spelled(name)] = told
        return {**found, "log.dirs": node.folder / "data"}

    monkeypatch.setattr(Broker, "settings", settings)
    monkeypatch.setattr(Broker, "_answers", lambda node: answers(login(node.listeners.hub)))

    def login(port: int) -> Cluster:
        return Cluster(f"127.0.0.1:{port}", "SASL_PLAINTEXT", "hub", secret, mechanism="PLAIN")

    with Instance(tmp_path / "home", database="postgresql://x@127.0.0.1:1/x").running() as endpoints:
        (address,) = endpoints.kafka.servers
        hub = login(address[1])
        access.set_secret(hub, "publisher-340100", "its-secret")
        access.grant(hub, "publisher-340100", "340100", ["nil"])
        assert not answers(Cluster(str(hub)), 1_000)


def _spelled(name: str) -> str:
    """KAFKA_A_B is a.b, two underscores stand for one, three for a hyphen: as the image's start script has it."""
    told = name.removeprefix("KAFKA_").lower()
    for written, meant in (("___", "\0"), ("__", "\1"), ("_", "."), ("\1", "_"), ("\0", "-")):
        told = told.replace(written, meant)
    return told
