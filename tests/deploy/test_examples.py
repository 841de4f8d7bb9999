"""The examples for running elsewhere name settings, commands and versions that exist."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from ruamel.yaml import YAML

import deploy
from commands.main import COMMANDS
from deploy.broker import LARGEST_MESSAGE
from deploy.kafka_jars import pinned
from huiliu.settings import SETTINGS

FOLDER = Path(deploy.__file__).parent
EXAMPLES = ["Dockerfile", "compose.yaml", "systemd/huiliu-worker.service", "kubernetes/huiliu-worker.yaml"]
OWN = {"HUILIU_PASSWORD"}  # of compose, to put the address together


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
