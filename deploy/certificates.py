"""The certificates of the embedded broker's door for publishers: the hub's own authority, and a server's signed by it.

The authority is made once for a home and signs nothing but this server; publishers are given its certificate
(``tls/ca.pem``) and trust nothing else of ours. The server's certificate is made anew when less than a third of its
time is left, when the name by which publishers reach the broker changes, or when it is gone. Curve P-256 (FIPS 186-5):
every TLS library of the last ten years reads it. The GM/T 0024 protocols (SM2) are not spoken by Kafka's brokers.
"""

from __future__ import annotations

import datetime as dt
import ipaddress
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from deploy.errors import CertificateError
from huiliu.clock import now_ms
from huiliu.language import text
from huiliu.private_file import private
from huiliu.settings import Settings

FOLDER: Final = "tls"
HTTP: Final = "http.pem"  #: key and certificates of the HTTP gateway
AUTHORITY_YEARS: Final = 20
SERVER_DAYS: Final = 397  #: as long as browsers trust one (CA/Browser Forum, ballot SC-31)
RENEW_DAYS: Final = SERVER_DAYS // 3  #: left, when it is made anew
_SKEW: Final = dt.timedelta(days=1)  # for publishers whose clocks are behind


@dataclass(frozen=True)
class Identity:
    """keystore: the server's key and certificates in one PEM file, for the broker only; ca: what publishers trust.

    ca is None where certificates were given that the publishers' systems trust anyway.
    """

    keystore: Path
    ca: Path | None


def own(home: Path, names: Sequence[str], server_name: str = "server.pem") -> Identity:
    """A server's identity under the hub's own authority, made or renewed where that is due.

    :param names: host names and addresses by which publishers reach the server, the first as the subject.
    :param server_name: of its file in the folder; the broker's unless said otherwise.
    :raises CertificateError: the authority's files cannot be read; they are never replaced by themselves, for every
        publisher trusts them.
    """
    folder = home / FOLDER
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    ca, ca_key, server = folder / "ca.pem", folder / "ca.key", folder / server_name
    if not ca.exists() and not ca_key.exists():
        _make_authority(ca, ca_key)
    try:
        authority = x509.load_pem_x509_certificate(ca.read_bytes())
        key = serialization.load_pem_private_key(ca_key.read_bytes(), None)
    except (OSError, ValueError) as fault:
        raise CertificateError(
            text(
                f"{folder} 中的 CA（ca.pem、ca.key）无法读取：{fault}。"
                "请从备份恢复；若删除二者重建，须把新的 ca.pem 发给所有报送单位。",
                f"The authority in {folder} (ca.pem, ca.key) cannot be read: {fault}. Restore it from a backup; if you "
                "delete both to have a new one made, every publisher must be given the new ca.pem.",
            )
        ) from fault
    if not isinstance(key, ec.EllipticCurvePrivateKey):
        raise CertificateError(
            text(
                f"{ca_key} 不是椭圆曲线密钥，不是汇流所建：请从备份恢复。",
                f"{ca_key} is not a key of an elliptic curve, so not the hub's own: restore it from a backup.",
            )
        )
    if not _serves(server, authority, names):
        _make_server(server, authority, key, names)
    return Identity(server, ca)


def for_http(settings: Settings) -> Settings:
    """The settings with certificate and key of the HTTP gateway, issued here where they ask for the hub's own.

    Raises CertificateError.
    """
    if settings.http_tls != "OWN":
        return settings
    names = [settings.publishers_host, urlsplit(settings.publishers_http or "").hostname, settings.http_host]
    known = [name for name in names if name and name not in ("0.0.0.0", "::")]  # noqa: S104 (no name of a server)
    issued = own(settings.home, [*known, "localhost", "127.0.0.1", "::1"], HTTP).keystore
    return replace(settings, http_tls=None, http_certificate=issued, http_key=issued)


def given(home: Path, certificate: Path, key: Path, ca: Path | None) -> Identity:
    """The broker's identity from files of somebody else's authority.

    :param certificate: the server's certificate and what leads up to its authority, PEM; :param key: PEM, PKCS 8.
    :raises CertificateError: they cannot be read, do not belong together, or have expired.
    """
    try:
        chain = x509.load_pem_x509_certificates(certificate.read_bytes())
        secret = serialization.load_pem_private_key(key.read_bytes(), None)
    except (OSError, ValueError, TypeError) as fault:
        raise CertificateError(
            text(
                f"证书 {certificate} 或密钥 {key} 无法读取：{fault}。须为 PEM，密钥不加密。",
                f"The certificate {certificate} or its key {key} cannot be read: {fault}. PEM is wanted, the key "
                "without a passphrase.",
            )
        ) from fault
    if chain[0].public_key() != secret.public_key():
        raise CertificateError(
            text(
                f"密钥 {key} 不属于证书 {certificate}：请把 HUILIU_TLS_KEY 设为该证书的密钥。",
                f"The key {key} is not that of the certificate {certificate}: set HUILIU_TLS_KEY to the one that is.",
            )
        )
    if chain[0].not_valid_after_utc <= _now():
        until = chain[0].not_valid_after_utc
        raise CertificateError(
            text(
                f"证书 {certificate} 已于 {until:%Y-%m-%d} 过期：请换上新的。",
                f"{certificate} expired on {until:%Y-%m-%d}: put a new one in its place.",
            )
        )
    folder = home / FOLDER
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    keystore = folder / "given.pem"
    private(keystore, _pem_key(secret) + "".join(_pem(one) for one in chain))
    return Identity(keystore, ca)


def _serves(server: Path, authority: x509.Certificate, names: Sequence[str]) -> bool:
    """Whether a certificate is there that this authority signed, for these names, with time left."""
    try:
        found = x509.load_pem_x509_certificates(server.read_bytes())[0]
        found.verify_directly_issued_by(authority)
        said = found.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except (OSError, ValueError, TypeError, InvalidSignature, x509.ExtensionNotFound):
        return False
    left = found.not_valid_after_utc - _now()
    return left > dt.timedelta(days=RENEW_DAYS) and said == _alternatives(names)


def _make_authority(ca: Path, ca_key: Path) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    name = _named(f"Huiliu hub CA {x509.random_serial_number() % 10**6:06d}")
    built = (
        _builder(name, name, key.public_key(), dt.timedelta(days=365 * AUTHORITY_YEARS))
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_usage(signs=True), critical=True)
    )
    private(ca_key, _pem_key(key))
    ca.write_text(_pem(built.sign(key, hashes.SHA256())), encoding="ascii")  # everybody may read it


def _make_server(
    server: Path, authority: x509.Certificate, ca_key: ec.EllipticCurvePrivateKey, names: Sequence[str]
) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    name = _named(names[0][:64])
    built = (
        _builder(name, authority.subject, key.public_key(), dt.timedelta(days=SERVER_DAYS))
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_usage(signs=False), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .add_extension(_alternatives(names), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(ca_key.public_key()), critical=False)
    )
    private(server, _pem_key(key) + _pem(built.sign(ca_key, hashes.SHA256())) + _pem(authority))


def _builder(
    subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePublicKey, valid: dt.timedelta
) -> x509.CertificateBuilder:
    begun = _now()
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(begun - _SKEW)
        .not_valid_after(begun + valid)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key), critical=False)
    )


def _named(name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])


def _usage(*, signs: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not signs, key_cert_sign=signs, crl_sign=signs, content_commitment=False,
        key_encipherment=False, data_encipherment=False, key_agreement=False, encipher_only=False, decipher_only=False,
    )  # fmt: skip


def _alternatives(names: Sequence[str]) -> x509.SubjectAlternativeName:
    found: list[x509.GeneralName] = []
    for name in dict.fromkeys(names):
        try:
            found.append(x509.IPAddress(ipaddress.ip_address(name)))
        except ValueError:
            found.append(x509.DNSName(name))
    return x509.SubjectAlternativeName(found)


def _pem(certificate: x509.Certificate) -> str:
    return certificate.public_bytes(serialization.Encoding.PEM).decode("ascii")


def _pem_key(key: object) -> str:
    written: bytes = key.private_bytes(  # type: ignore[attr-defined]  # any kind of private key
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    return written.decode("ascii")


def _now() -> dt.datetime:
    return dt.datetime.fromtimestamp(now_ms() / 1000, dt.UTC)
