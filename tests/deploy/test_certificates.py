"""The broker's certificates: one authority for ever, a server's renewed in time, given ones checked."""

from __future__ import annotations

import datetime as dt
import stat
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from deploy import certificates
from deploy.errors import CertificateError
from huiliu import clock

NAMES = ["hub.ah.gov.cn", "127.0.0.1", "::1"]
DAY_MS = 86_400_000


def server(home: Path) -> x509.Certificate:
    return x509.load_pem_x509_certificates((home / "tls" / "server.pem").read_bytes())[0]


def test_the_server_is_signed_for_its_names_by_an_authority_that_signs_nothing_else(tmp_path: Path) -> None:
    identity = certificates.own(tmp_path, NAMES)
    assert identity.ca is not None
    authority = x509.load_pem_x509_certificate(identity.ca.read_bytes())
    found = server(tmp_path)
    found.verify_directly_issued_by(authority)
    said = found.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    assert said.get_values_for_type(x509.DNSName) == ["hub.ah.gov.cn"]
    assert [str(one) for one in said.get_values_for_type(x509.IPAddress)] == ["127.0.0.1", "::1"]
    limits = authority.extensions.get_extension_for_class(x509.BasicConstraints).value
    assert (limits.ca, limits.path_length) == (True, 0)
    assert not found.extensions.get_extension_for_class(x509.BasicConstraints).value.ca


def test_keys_are_private_and_what_publishers_need_is_not(tmp_path: Path) -> None:
    certificates.own(tmp_path, NAMES)
    modes = {path.name: stat.S_IMODE(path.stat().st_mode) & 0o077 for path in (tmp_path / "tls").iterdir()}
    assert modes["ca.key"] == modes["server.pem"] == 0
    assert b"PRIVATE" not in (tmp_path / "tls" / "ca.pem").read_bytes()


def test_it_is_made_once_and_anew_when_names_change_or_time_runs_out_or_it_is_broken(tmp_path: Path) -> None:
    certificates.own(tmp_path, NAMES)
    first, authority = server(tmp_path), (tmp_path / "tls" / "ca.pem").read_bytes()
    certificates.own(tmp_path, NAMES)
    assert server(tmp_path) == first
    certificates.own(tmp_path, [*NAMES, "localhost"])
    second = server(tmp_path)
    assert second != first
    later = clock.now_ms() + (certificates.SERVER_DAYS - certificates.RENEW_DAYS + 1) * DAY_MS
    with clock.using(clock.at(later)):
        certificates.own(tmp_path, [*NAMES, "localhost"])
    third = server(tmp_path)
    assert third.not_valid_after_utc > second.not_valid_after_utc + dt.timedelta(days=200)
    (tmp_path / "tls" / "server.pem").write_text("torn")
    certificates.own(tmp_path, NAMES)
    assert server(tmp_path) != third
    assert (tmp_path / "tls" / "ca.pem").read_bytes() == authority


@pytest.mark.parametrize("file", ["ca.pem", "ca.key"])
def test_an_authority_that_is_half_there_is_never_replaced(tmp_path: Path, file: str) -> None:
    certificates.own(tmp_path, NAMES)
    other = {"ca.pem": "ca.key", "ca.key": "ca.pem"}[file]
    kept = (tmp_path / "tls" / other).read_bytes()
    (tmp_path / "tls" / file).unlink()
    with pytest.raises(CertificateError, match=r"ca\.pem"):
        certificates.own(tmp_path, NAMES)
    assert (tmp_path / "tls" / other).read_bytes() == kept


def test_given_certificates_are_checked_before_the_broker_is_told_of_them(tmp_path: Path) -> None:
    certificates.own(tmp_path / "a", NAMES)
    certificates.own(tmp_path / "b", NAMES)
    content = (tmp_path / "a" / "tls" / "server.pem").read_text()
    key, chain = tmp_path / "key.pem", tmp_path / "chain.pem"
    cut = content.index("-----BEGIN CERTIFICATE")
    key.write_text(content[:cut])
    chain.write_text(content[cut:])
    identity = certificates.given(tmp_path / "home", chain, key, None)
    written = identity.keystore.read_bytes()
    assert load_pem_private_key(written, None)
    assert len(x509.load_pem_x509_certificates(written)) == 2
    assert stat.S_IMODE(identity.keystore.stat().st_mode) == 0o600
    with pytest.raises(CertificateError, match=r"ca\.key"):
        certificates.given(tmp_path / "home", chain, tmp_path / "b" / "tls" / "ca.key", None)
    with pytest.raises(CertificateError, match="PEM"):
        certificates.given(tmp_path / "home", tmp_path / "b" / "tls" / "ca.key", key, None)
    late = clock.at(clock.now_ms() + 500 * DAY_MS)
    with clock.using(late), pytest.raises(CertificateError, match="20"):
        certificates.given(tmp_path / "home", chain, key, None)
