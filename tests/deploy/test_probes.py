"""The probes of doctor, over real sockets: certificates that are wrong in each way, registries out of step, clocks."""

from __future__ import annotations

import json
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import ip_address
from pathlib import Path
from socket import create_server
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from deploy.probes import clocks, listeners, loading, web
from huiliu.client_file import ClientFileError, read
from huiliu.kafka import Cluster
from schemas.contract import contract

NOW = datetime.now(UTC)


class Authority:
    """Signs certificates for a test; its own is ``ca.pem``."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(exist_ok=True)
        self.folder, self.key = folder, ec.generate_private_key(ec.SECP256R1())
        self.name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, f"CA {folder.name}")])
        made = self._builder(self.name, self.key, NOW - timedelta(days=400), NOW + timedelta(days=400))
        made = made.add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        self.ca = folder / "ca.pem"
        self.ca.write_bytes(made.sign(self.key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM))

    def _builder(self, name: x509.Name, key: Any, since: datetime, until: datetime) -> x509.CertificateBuilder:
        builder = x509.CertificateBuilder().subject_name(name).issuer_name(self.name).public_key(key.public_key())
        builder = builder.serial_number(x509.random_serial_number())
        return builder.not_valid_before(since).not_valid_after(until)

    def context(self, until: datetime, address: str = "127.0.0.1") -> ssl.SSLContext:
        """A server's, with a certificate for this address that ends then."""
        key = ec.generate_private_key(ec.SECP256R1())
        name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "server")])
        made = self._builder(name, key, NOW - timedelta(days=300), until)
        made = made.add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address(address))]), critical=False)
        file = self.folder / "server.pem"
        pem = serialization.Encoding.PEM
        plain = serialization.NoEncryption()
        file.write_bytes(
            key.private_bytes(pem, serialization.PrivateFormat.PKCS8, plain)
            + made.sign(self.key, hashes.SHA256()).public_bytes(pem)
        )
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(file)
        return context


@contextmanager
def serving(context: ssl.SSLContext | None) -> Iterator[tuple[str, int]]:
    """A port that accepts one connection after the other, with TLS or with a few bytes that are none."""
    with create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0.1)
        over = threading.Event()

        def serve() -> None:
            while not over.is_set():
                try:
                    connection, _ = server.accept()
                except TimeoutError:
                    continue
                connection.settimeout(2)
                try:
                    if context is None:
                        connection.sendall(b"hello, I speak no TLS\n")
                        connection.close()
                    else:
                        context.wrap_socket(connection, server_side=True).close()
                except OSError:
                    connection.close()

        thread = threading.Thread(target=serve)
        thread.start()
        try:
            yield server.getsockname()
        finally:
            over.set()
            thread.join()


def look(server: tuple[str, int], ca: Path) -> Any:
    cluster = Cluster(f"{server[0]}:{server[1]}", "SSL", ca=ca)
    return listeners.listener(server, cluster)


@pytest.mark.parametrize(
    ("days", "address", "outcome", "named"),
    [
        (200, "127.0.0.1", "good", "TLS"),
        (10, "127.0.0.1", "warning", "renew the certificate within"),
        (-1, "127.0.0.1", "failed", "has expired"),
        (200, "127.0.0.2", "failed", "does not have this name"),
    ],
)
def test_a_certificate_is_judged_by_its_term_and_its_name(
    days: int, address: str, outcome: str, named: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HUILIU_LANGUAGE", "en")
    authority = Authority(tmp_path / "one")
    with serving(authority.context(NOW + timedelta(days=days), address)) as server:
        check = look(server, authority.ca)
    assert check.outcome == outcome
    assert named in f"{check.found} {check.mend}"


def test_an_unknown_authority_and_a_port_without_tls_are_told_apart(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HUILIU_LANGUAGE", "en")
    one, other = Authority(tmp_path / "one"), Authority(tmp_path / "other")
    with serving(one.context(NOW + timedelta(days=200))) as server:
        assert "nobody trusted" in look(server, other.ca).found
    with serving(None) as server:
        check = look(server, one.ca)
    assert (check.outcome, "no TLS there" in check.mend) == ("failed", True)


def test_names_and_ports_that_lead_nowhere(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HUILIU_LANGUAGE", "en")
    nowhere = Cluster("broker.invalid:9092")
    assert "cannot be resolved" in listeners.listener(("broker.invalid", 9092), nowhere).found
    with create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    advertised = listeners.listener(("127.0.0.1", port), Cluster("hub.example:9092"), advertised=True)
    assert (advertised.outcome, "advertised.listeners" in advertised.mend) == ("failed", True)


@contextmanager
def web_server(answer: Callable[[str, str | None], tuple[int, bytes]], date: datetime | None = None) -> Iterator[str]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            status, body = answer(self.path, self.headers.get("Authorization"))
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def date_time_string(self, timestamp: float | None = None) -> str:
            return format_datetime(date or datetime.now(UTC), usegmt=True)

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.05,))
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()


def shipped(path: str, _: str | None) -> tuple[int, bytes]:
    known = dict(web._shipped())
    return 200, json.dumps({"schema": json.dumps(known[int(path.rsplit("/", 1)[1])])}).encode()


PLAIN = Cluster("127.0.0.1:1")


def test_a_registry_is_equal_to_ours_or_named_where_it_differs() -> None:
    def altered(path: str, login: str | None) -> tuple[int, bytes]:
        return (404, b"{}") if path.endswith(f"/{contract('reading').schema_id}") else shipped(path, login)

    with web_server(shipped) as url:
        good = list(web.registry(url + "/", PLAIN))
    assert [check.outcome for check in good] == ["good", "good"]
    with web_server(altered) as url:
        differs, _ = web.registry(url, PLAIN)
    assert (differs.outcome, f"{contract('reading').schema_id} (404)" in differs.found) == ("failed", True)
    with web_server(lambda *_: (200, b"<html>")) as url:
        assert next(web.registry(url, PLAIN)).outcome == "failed"
    (silent,) = web.registry(url, PLAIN)
    assert silent.outcome == "failed"


@pytest.mark.parametrize(("minutes", "outcome"), [(0, "good"), (0.2, "warning"), (-5, "failed")])
def test_clocks_apart_are_found_by_the_date_of_an_answer(minutes: float, outcome: str) -> None:
    with web_server(shipped, datetime.now(UTC) + timedelta(minutes=minutes)) as url:
        *_, clock = web.registry(url, PLAIN)
    assert (clock.name, clock.outcome) == ("clock registry", outcome)


def test_clocks_within_what_the_asking_took_are_together() -> None:
    at = datetime(2026, 5, 1, tzinfo=UTC)
    assert clocks.compared("clock", at + timedelta(seconds=9), at, at + timedelta(seconds=12)).outcome == "good"
    assert clocks.compared("clock", at + timedelta(seconds=70), at, at).outcome == "failed"


def test_a_gateway_must_be_ready_ask_who_one_is_and_take_our_secret() -> None:
    def proper(path: str, login: str | None) -> tuple[int, bytes]:
        return (200, b"{}") if path == "/ready" or login == "Basic dTpzZWNyZXQ=" else (401, b"{}")

    def outcomes(answer: Any, login: str | None) -> list[str]:
        with web_server(answer) as url:
            return [check.outcome for check in web.gateway(url, PLAIN, login)]

    assert outcomes(proper, "u:secret") == ["good", "good", "good"]
    assert outcomes(proper, "u:wrong") == ["good", "failed", "good"]
    assert outcomes(proper, None) == ["good", "skipped", "good"]
    assert outcomes(lambda *_: (200, b""), "u:secret") == ["good", "failed", "good"]
    assert outcomes(lambda *_: (503, b"draining"), "u:secret")[0] == "failed"


def test_a_division_that_has_ended_is_named_with_its_successor(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HUILIU_LANGUAGE", "en")
    assert loading.claim("340104").outcome == "good"
    ended = loading.claim("340221")
    assert (ended.outcome, "340210" in ended.mend) == ("failed", True)
    assert [loading.claim(code).outcome for code in ("999999", "340101", "x")] == ["failed"] * 3


def test_retention_that_loses_records_is_a_fault_and_what_goes_out_is_a_choice() -> None:
    assert loading.retention({"intake.340100.reading": {"retention.ms": "-1"}}).outcome == "good"
    lost = loading.retention({"intake.340100.reading": {"retention.ms": "86400000"}})
    assert (lost.outcome, "retention.ms=-1" in lost.mend) == ("failed", True)
    assert loading.retention({"province.reading": {"retention.ms": "1000"}}).outcome == "warning"
    assert [loading.lag(*told).outcome for told in ((0, 0), (5, 1), (5, 0), (500_000, 2))] == [
        "good", "good", "failed", "warning",
    ]  # fmt: skip


def test_a_client_file_is_read_as_it_was_handed_over_and_never_shows_its_secret(tmp_path: Path) -> None:
    (tmp_path / "ca.pem").write_text("x")
    (tmp_path / "kcat.conf").write_text(
        "# publisher-340100\nbootstrap.servers=hub:9093\nsecurity.protocol=SASL_SSL\nsasl.mechanism=SCRAM-SHA-512\n"
        "sasl.username=publisher-340100\nsasl.password=tops=cret\nssl.ca.location=/elsewhere/ca.pem\n"
    )
    client = read(tmp_path)
    assert (client.servers, client.user, client.password()) == ([("hub", 9093)], "publisher-340100", "tops=cret")
    assert client.ca == tmp_path / "ca.pem"
    assert "tops" not in repr(client)
    assert read(tmp_path, "127.0.0.1:1").servers == [("127.0.0.1", 1)]
    for wrong in ("", "bootstrap.servers=hub\n", "bootstrap.servers=hub:1\nsecurity.protocol=SASL_SSL\n"):
        (tmp_path / "kcat.conf").write_text(wrong)
        with pytest.raises(ClientFileError) as refused:
            read(tmp_path)
        assert "kcat.conf" in str(refused.value)
