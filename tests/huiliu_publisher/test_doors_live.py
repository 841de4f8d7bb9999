"""The SDK at the door for publishers: TLS by the hub's CA, SCRAM, and clear words for whom it does not let in."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import time
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from commands.client_settings import Client as Handed
from deploy import access, certificates
from deploy.cluster import admin
from deploy.instance import Instance
from huiliu import client_file
from huiliu_publisher import DoorClosed, Nil, Publisher
from huiliu_publisher.door import enter
from schemas.event_json import to_json
from sinks.credentials import new_secret, user_of
from tests.conftest import until
from validators.sample import SAMPLES

pytestmark = pytest.mark.live

GUIDE = Path(__file__).parents[2] / "docs" / "guide" / "sdk.md"
HEFEI = "340100"


@pytest.fixture
def folder(hub: Any, parts: Instance, tmp_path: Path) -> Path:
    """What ``huiliu publisher add 340100 --kinds nil,award --into hefei`` hands over."""
    hub.publish_for(HEFEI, "nil", "award")
    user, secret = user_of(HEFEI), new_secret()
    access.revoke(hub.kafka, user)  # what an earlier test let it do
    access.grant(hub.kafka, user, HEFEI, ("nil", "award"))
    access.set_secret(hub.kafka, user, secret)
    endpoints: Any = parts.endpoints  # type: ignore[attr-defined]
    Handed(endpoints.door, user).written(tmp_path / "hefei", secret)
    until(lambda: let_in(tmp_path / "hefei"), "the broker has taken up the secret")
    until(lambda: granted(hub, "nil", "award"), "the broker has taken up what the publisher may do, and no more")
    return tmp_path / "hefei"


def granted(hub: Any, *kinds: str) -> bool:
    """Whether the broker lets the publisher do just what one of these kinds may."""
    with admin(hub.kafka) as client:
        present, _ = client.describe_acls(access._of(user_of(HEFEI)))
    return set(present) == set(access.rules(user_of(HEFEI), HEFEI, kinds))


def let_in(folder: Path) -> bool:
    try:
        enter(client_file.read(folder))
    except DoorClosed:
        return False
    return True


def nil(month: int) -> Nil:
    now = datetime.now(UTC)
    return Nil(
        division="340104", revision=1, reported_at=now, obligation="AWARD", period=f"2026-{month:02}", reason="无"
    )


def test_the_guides_program_sends_over_tls_and_prints_its_answers(hub: Any, folder: Path) -> None:
    hub.worker()
    (program,) = re.findall(r"^```python\n(.*?)^```", GUIDE.read_text("utf-8"), re.M | re.S)
    ran = subprocess.run(
        [sys.executable, "-c", program], cwd=folder.parent, env=dict(os.environ), capture_output=True, text=True,
        check=False,
    )  # fmt: skip
    assert ran.returncode == 0, ran.stderr
    checked, answers, refused = ran.stdout.splitlines()[:2], ran.stdout.splitlines()[2:5], ran.stdout.splitlines()[5:]
    assert checked == ["accepted", "accepted"]
    assert [line.split()[0] for line in answers] == ["accepted", "accepted", "quarantined"]
    assert all(line.split()[1].startswith("intake.340100.nil-") for line in answers)
    assert refused[1].strip().startswith("revision ")
    secret = (folder / "secret").read_text().strip()
    assert secret not in ran.stdout + ran.stderr


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ("secret", "不接受用户 publisher-340100 的口令"),
        ("ca", "证书不受信任"),
        ("protocol", "应答不是 PLAINTEXT 的"),
        ("division", "不允许 publisher-340100 写入"),
    ],
)
def test_who_is_not_let_in_is_told_why_at_once_and_nothing_is_lost(
    wrong: str, told: str, hub: Any, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:  # fmt: skip
    monkeypatch.setenv("HUILIU_LANGUAGE", "zh")
    client = client_file.read(folder)
    other = certificates.own(tmp_path, ["127.0.0.1"]).ca
    clients = {
        "secret": replace(client, secret="not-the-secret"),
        "ca": replace(client, ca=other),
        "protocol": replace(client, security="PLAINTEXT"),
        "division": client,
    }
    hub.publish_for("340200", "nil")
    began = time.monotonic()
    with Publisher(clients[wrong], "340200" if wrong == "division" else HEFEI, spool=tmp_path / "s.db") as publisher:
        kept = publisher.send(nil(8))
        waiting = publisher.bytes_waiting
        with pytest.raises(DoorClosed, match=told) as closed:
            kept.wait()
        assert publisher.bytes_waiting == waiting > 0
    assert time.monotonic() - began < 30
    assert told in caplog.text
    assert "huiliu " in str(closed.value) or "ca.pem" in str(closed.value)
    assert "not-the-secret" not in caplog.text + str(closed.value)
    if wrong == "division":
        return
    with Publisher.of(folder, spool=tmp_path / "s.db") as mended:
        assert mended.flush() == 1
        assert mended.bytes_waiting == 0


def test_a_rotated_secret_is_taken_up_by_the_next_publisher_with_what_was_kept(
    hub: Any, folder: Path, tmp_path: Path
) -> None:
    hub.worker()
    with Publisher.of(folder, spool=tmp_path / "s.db") as publisher:
        publisher.send(nil(7))
        assert publisher.bytes_waiting == 0
    access.set_secret(hub.kafka, user_of(HEFEI), "rotated")
    until(lambda: not let_in(folder), "the broker has forgotten the old secret")
    with Publisher.of(folder, spool=tmp_path / "s.db") as outdated:
        kept = outdated.send(nil(6))
        with pytest.raises(DoorClosed):
            outdated.flush()
    Handed(client_file.read(folder), user_of(HEFEI)).written(folder, "rotated")
    with Publisher.of(folder, spool=tmp_path / "s.db") as again:
        assert [answer.outcome for answer in replace(kept, publisher=again).wait()] == ["accepted"]
    assert json.loads((folder / "kafka-python.json").read_text())["sasl_plain_password"] == "rotated"


@pytest.mark.parametrize("barred_by", ["rights", "absence"])
def test_a_topic_that_is_not_ours_or_not_there_holds_back_its_own_records_and_no_others(
    hub: Any, folder: Path, tmp_path: Path, barred_by: str
) -> None:
    hub.worker()
    if barred_by == "absence":
        access.grant(hub.kafka, user_of(HEFEI), HEFEI, ("indicator",))
        until(lambda: granted(hub, "nil", "award", "indicator"), "the broker lets indicators in")
    indicator = to_json("indicator", SAMPLES["indicator"])
    with Publisher.of(folder, spool=tmp_path / "s.db") as publisher:
        barred = publisher.send("indicator", [indicator])
        kept = publisher.bytes_waiting
        assert [answer.outcome for answer in publisher.send(nil(5)).wait()] == ["accepted"]
        assert publisher.bytes_waiting == kept > 0
        with pytest.raises(DoorClosed, match=r"intake\.340100\.indicator"):
            barred.wait()
        hub.publish_for("340100", "indicator")
        access.grant(hub.kafka, user_of(HEFEI), HEFEI, ("indicator",))
        until(lambda: flushed(publisher), "what was barred is sent")
        assert publisher.bytes_waiting == 0


def flushed(publisher: Publisher) -> bool:
    try:
        publisher.flush()
    except DoorClosed:
        return False
    return True
