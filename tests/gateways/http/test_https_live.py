"""HTTPS: verified against the hub's own CA, renewed without a restart, and refused where files are wrong."""

from __future__ import annotations

import dataclasses
import os
import signal
import ssl
import subprocess
import sys
from pathlib import Path

import httpx
import pytest

from deploy import certificates
from huiliu import tls_files
from huiliu.errors import SettingError
from huiliu.settings import Settings
from sinks import credentials
from tests.conftest import Hub, until
from tests.gateways.http.conftest import Gateway
from tests.gateways.http.test_gateway_live import HEFEI, SECRETS, login, nil

VARIABLES = ("HUILIU_HTTP_CERTIFICATE", "HUILIU_HTTP_KEY")


@pytest.fixture
def issued(settings: Settings) -> Settings:
    """Settings with a certificate of the hub's own CA."""
    return certificates.for_http(dataclasses.replace(settings, http_tls="OWN"))


@pytest.mark.live
def test_events_are_sent_over_tls_verified_against_the_hubs_own_ca(
    hub: Hub, issued: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    hub.publish_for(HEFEI, "nil")
    with hub.warehouse.batch() as connection:
        credentials.keep(connection, HEFEI, SECRETS[HEFEI])  # type: ignore[arg-type]
    monkeypatch.setenv("HUILIU_HTTP_CERTIFICATE", str(issued.http_certificate))
    monkeypatch.setenv("HUILIU_HTTP_KEY", str(issued.http_key))
    gateway = Gateway(hub, tmp_path)
    gateway.address = gateway.address.replace("http:", "https:")
    ca = ssl.create_default_context(cafile=issued.home / "tls" / "ca.pem")
    gateway.start()
    with httpx.Client(verify=ca, trust_env=False, base_url=gateway.address, headers=login(HEFEI)) as client:

        def ready() -> bool:
            try:
                return client.get("/ready").status_code == 200
            except httpx.TransportError:
                return False

        until(ready, "the gateway is ready over TLS")
        answer = client.post("/v1/events/nil", json=nil())
        assert (answer.status_code, answer.json()["sent"]) == (202, 1)
    with pytest.raises(httpx.ConnectError, match="certificate verify failed"):
        httpx.get(f"{gateway.address}/live", verify=ssl.create_default_context(), trust_env=False)
    with pytest.raises(httpx.TransportError):
        httpx.get(gateway.address.replace("https:", "http:") + "/live", trust_env=False)
    assert gateway.end(signal.SIGTERM) == 0


def test_files_that_no_server_can_use_are_refused_with_how_to_mend_them(issued: Settings, tmp_path: Path) -> None:
    good = issued.http_certificate
    assert good is not None
    tls_files.require(good, good, VARIABLES)
    other = certificates.own(tmp_path / "other", ["localhost"]).keystore
    loose = tmp_path / "loose.key"
    loose.write_bytes(good.read_bytes())
    loose.chmod(0o644)
    text, encrypted = tmp_path / "text", tmp_path / "encrypted.key"
    text.write_text("no PEM")
    text.chmod(0o600)
    made = ["openssl", "pkey", "-aes256", "-passout", "pass:x", "-in", str(good), "-out", str(encrypted)]
    subprocess.run(made, check=True, capture_output=True)
    encrypted.chmod(0o600)
    for certificate, key, variable, said in (
        (tmp_path / "none", good, VARIABLES[0], "ls -l"),
        (tmp_path, good, VARIABLES[0], "ls -l"),
        (text, good, VARIABLES[0], "BEGIN CERTIFICATE"),
        (good, other, VARIABLES[1], str(good)),
        (good, loose, VARIABLES[1], "chmod 600"),
        (good, text, VARIABLES[1], "openssl pkey"),
        (good, encrypted, VARIABLES[1], "openssl pkey"),
    ):
        with pytest.raises(SettingError) as refused:
            tls_files.require(certificate, key, VARIABLES)
        assert (refused.value.variable, said in refused.value.allowed) == (variable, True), str(refused.value)


def test_the_gateway_does_not_start_with_a_key_of_another_certificate(issued: Settings, tmp_path: Path) -> None:
    other = certificates.own(tmp_path / "other", ["localhost"]).keystore
    environ = {"HUILIU_KAFKA": "127.0.0.1:1", "HUILIU_DATABASE": "postgresql://nobody@127.0.0.1:1/x"}
    for more, code in (
        ({"HUILIU_HTTP_CERTIFICATE": str(issued.http_certificate), "HUILIU_HTTP_KEY": str(other)}, 2),
        ({"HUILIU_HTTP_CERTIFICATE": str(tmp_path / "none"), "HUILIU_HTTP_KEY": str(other)}, 2),
        ({"HUILIU_HTTP_TLS": "own"}, 2),
    ):
        run = subprocess.run(
            [sys.executable, "-m", "gateways.http"],
            env={**os.environ, **environ, **more}, capture_output=True, text=True, timeout=60,
        )  # fmt: skip
        assert (run.returncode, "Traceback" in run.stderr) == (code, False), run.stderr
        assert next(iter(more)) in run.stderr or "HUILIU_HTTP_KEY" in run.stderr


def test_a_renewed_certificate_is_taken_up_and_a_broken_one_is_not(issued: Settings) -> None:
    from gateways.http.certificate import Renewal

    path = issued.http_certificate
    assert path is not None
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(path)
    loaded: list[Path] = []

    class Seen(ssl.SSLContext):
        def load_cert_chain(self, certfile: Path, *more: object) -> None:  # type: ignore[override]
            loaded.append(certfile)

    renewal = Renewal(Seen(ssl.PROTOCOL_TLS_SERVER), path, path, pause=0.01)
    renewal.start()
    whole = path.read_bytes()
    path.write_bytes(whole[:100])
    until(lambda: renewal._seen[0] == renewal._state()[0], "the broken one is seen")
    assert loaded == []
    path.write_bytes(whole)
    until(lambda: loaded == [path], "the whole one is loaded")
    renewal.stop()
