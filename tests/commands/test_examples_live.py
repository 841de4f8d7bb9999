"""The examples for Go, Node and Java, and kcat, as their users run them: stock clients and the folder handed over."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

from deploy import access
from deploy.instance import Instance
from schemas.contract import contract
from schemas.encode import encode
from sinks import credentials
from tests.conftest import until
from tests.registry_served import registry_served
from validators.sample import SAMPLES

pytestmark = [pytest.mark.live, pytest.mark.drill]

EXAMPLES = Path(__file__).parents[2] / "docs" / "examples"
HEFEI, WUHU = "340100", "340200"
#: How each is built, which fetches what it needs, and how it is run on the folder.
LANGUAGES = {
    "go": (("go", "build", "-o", "example", "."), ("./example", "{folder}")),
    "node": (("npm", "install", "--no-audit", "--no-fund", "--ignore-scripts"), ("node", "main.js", "{folder}")),
    "java": (("mvn", "-B", "-q", "compile"), ("mvn", "-B", "-q", "exec:java", "-Dexec.args={folder}")),
}
NO_NETWORK = re.compile(
    r"EAI_AGAIN|ENOTFOUND|ECONNREFUSED|dial tcp|no such host|UnknownHost|Could not transfer|offline"
)
SENT = re.compile(
    r"(accepted|duplicate|quarantined) intake\.340100\.(project|award)-\d+@\d+ intake\.340100\.\2-\d+-\d+$", re.M
)


@pytest.fixture
def address() -> Iterator[str]:
    """The registry over a socket."""
    with registry_served() as url:
        yield url


@pytest.fixture
def folder(
    at_hub: Any, parts: Instance, huiliu: Any, address: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Path]:
    """Hefei's folder; a worker loads what it sends."""
    assert parts.endpoints is not None
    door = parts.endpoints.door
    monkeypatch.setenv("HUILIU_PUBLISHERS_KAFKA", str(door))
    monkeypatch.setenv("HUILIU_PUBLISHERS_CA", str(door.ca))
    monkeypatch.setenv("HUILIU_PUBLISHERS_HTTP", address)
    for division, kinds in ((HEFEI, "project,award,nil"), (WUHU, "nil")):
        added = huiliu("publisher", "add", division, "--kinds", kinds, "--into", str(tmp_path / division), "--json")
        assert added.code == 0, added.err
    at_hub.make_topics()
    at_hub.worker()
    yield tmp_path / HEFEI
    for division in (HEFEI, WUHU):
        access.revoke(at_hub.kafka, credentials.user_of(division))
        access.remove_secret(at_hub.kafka, credentials.user_of(division))


def ran(command: tuple[str, ...], where: Path, **environ: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command, cwd=where, env={**os.environ, "no_proxy": "*", **environ}, capture_output=True, text=True, check=False,
        timeout=240,
    )  # fmt: skip


def test_each_example_sends_a_project_and_an_award_and_prints_what_became_of_them(folder: Path, tmp_path: Path) -> None:
    absent, outcomes = [], []
    for language, (build, run) in LANGUAGES.items():
        if shutil.which(build[0]) is None or (shutil.which(run[0]) is None and run[0] != "./example"):
            absent.append(f"{language}: no {build[0]}")
            continue
        where = tmp_path / language
        shutil.copytree(EXAMPLES / language, where, ignore=shutil.ignore_patterns("node_modules", "target"))
        built = ran(build, where)
        if built.returncode and NO_NETWORK.search(built.stdout + built.stderr):
            absent.append(f"{language}: its packages are neither here nor to be had")
            continue
        assert built.returncode == 0, built.stdout + built.stderr
        done = ran(tuple(word.format(folder=folder) for word in run), where)
        assert done.returncode == 0, done.stdout + done.stderr
        assert (folder / "secret").read_text().strip() not in done.stdout + done.stderr
        outcomes.append(SENT.findall(done.stdout))
    expected = ["accepted", *["duplicate"] * 3]  # each writes the same content, whatever its language
    assert outcomes == [[(told, "project"), (told, "award")] for told, _ in zip(expected, outcomes, strict=False)]
    if absent:
        pytest.skip(f"ran {len(outcomes)} of {len(LANGUAGES)}; {'; '.join(absent)}")


def kcat(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Kcat, upon confluent-kafka's librdkafka: Debian 12's own, 2.0.2, cannot log in to any Kafka from 4.0 on."""
    package = find_spec("confluent_kafka")
    assert package is not None
    (library,) = (Path(str(package.origin)).parents[1] / "confluent_kafka.libs").glob("librdkafka*")
    command = ("kcat", "-F", str(folder / "kcat.conf"), *arguments)
    return ran(command, folder, LD_PRELOAD=str(library))


@pytest.mark.skipif(shutil.which("kcat") is None, reason="kcat is not installed")
def test_kcat_writes_and_reads_ones_own_and_nothing_of_others(folder: Path, tmp_path: Path) -> None:
    event = {name: SAMPLES["nil"][name] for name in contract("nil").names}
    (tmp_path / "nil.bin").write_bytes(encode("nil", event))
    (tmp_path / "rubbish.bin").write_bytes(b"rubbish")
    until(lambda: "intake.340100.nil" in kcat(folder, "-L").stdout, "the secret is known at every listener")
    listed = kcat(folder, "-L").stdout
    assert "intake.340200.nil" not in listed
    for file in ("nil.bin", "rubbish.bin"):
        sent = kcat(folder, "-P", "-t", "intake.340100.nil", "-k", "k", str(tmp_path / file))
        assert sent.returncode == 0, sent.stderr

    def told(topic: str) -> str:
        return kcat(folder, "-C", "-t", topic, "-o", "beginning", "-e", "-q").stdout

    until(lambda: '"accepted":1' in told("receipts.340100"), "a receipt")
    until(lambda: "rubbish" in told("quarantine.340100"), "the rubbish, verbatim")
    grouped = kcat(folder, "-G", "publisher-340100-kcat", "receipts.340100", "-o", "beginning", "-e", "-q")
    assert '"receipt":"intake.340100.nil-' in grouped.stdout
    for refused in (
        ("-P", "-t", "intake.340200.nil", str(tmp_path / "nil.bin")),
        ("-C", "-t", "receipts.340200", "-e", "-q"),
        ("-C", "-t", "quarantine.340200", "-e", "-q"),
        ("-C", "-t", "intake.340100.nil", "-e", "-q"),
        ("-G", "others", "receipts.340100", "-e"),
    ):
        answer = kcat(folder, *refused)
        assert answer.returncode != 0, refused
        assert "authorization failed" in answer.stderr, refused
