"""A server's certificate and key as files: looked at before a server starts with them, refused with how to mend."""

from __future__ import annotations

import ssl
import stat
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from huiliu.clock import now_ms
from huiliu.errors import SettingError
from huiliu.language import text

#: Rights that nobody but the owner may have on a key: the group may read (a secret that an orchestrator mounts).
_FORBIDDEN: Final = stat.S_IWGRP | stat.S_IXGRP | stat.S_IRWXO


def require(certificate: Path, key: Path, variables: tuple[str, str]) -> None:
    """Raise SettingError unless a server can use them: both readable PEM, the key the certificate's, in its time.

    ``variables``: the settings that name them, certificate and key.
    """
    for path, variable in ((certificate, variables[0]), (key, variables[1])):
        try:
            path.read_bytes()
        except OSError as fault:
            raise SettingError(variable, str(path), _readable(path, str(fault.strerror))) from fault
    if (mode := key.stat().st_mode) & _FORBIDDEN:
        raise SettingError(
            variables[1], str(key),
            text(f"只有属主可读的密钥文件（现为 {stat.S_IMODE(mode):04o}）。请执行：chmod 600 {key}",
                 f"a key that its owner alone may read (its mode is {stat.S_IMODE(mode):04o}). Run: chmod 600 {key}"),
        )  # fmt: skip
    _require_certificate(certificate, variables[0])
    _require_pair(certificate, key, variables)


def _readable(path: Path, reason: str) -> str:
    return text(
        f"可以读取的 PEM 文件（{reason}）。请核对路径，并让运行汇流的用户可读：ls -l {path}",
        f"a PEM file that can be read ({reason}). Check the path, and that the user who runs this may read it: "
        f"ls -l {path}",
    )


def _require_certificate(certificate: Path, variable: str) -> None:
    from cryptography import x509

    try:
        first = x509.load_pem_x509_certificates(certificate.read_bytes())[0]
    except ValueError as fault:
        told = text(
            "PEM 证书链，服务器证书在前（-----BEGIN CERTIFICATE-----）",
            "a chain of certificates in PEM, the server's first (-----BEGIN CERTIFICATE-----)",
        )
        raise SettingError(variable, str(certificate), told) from fault
    now = datetime.fromtimestamp(now_ms() / 1000, UTC)
    if not first.not_valid_before_utc <= now < first.not_valid_after_utc:
        span = f"{first.not_valid_before_utc:%Y-%m-%d} – {first.not_valid_after_utc:%Y-%m-%d}"
        told = text(f"在有效期内的证书（这一张为 {span}）。请换用续期后的证书，或核对本机时钟",
                    f"a certificate in its time (this is {span}). Use the renewed one, or check the clock")  # fmt: skip
        raise SettingError(variable, str(certificate), told)


def _require_pair(certificate: Path, key: Path, variables: tuple[str, str]) -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    try:
        context.load_cert_chain(certificate, key, password=lambda: "")  # never asks at the terminal
    except ssl.SSLError as fault:
        if fault.reason == "KEY_VALUES_MISMATCH":
            told = text(
                f"与证书 {certificate} 成对的私钥。请核对两个文件是否同一次签发",
                f"the key of the certificate {certificate}. Check that both files were issued together",
            )
        else:
            told = text(
                f"不加密的 PEM 私钥（{fault.reason or fault}）。去掉口令：openssl pkey -in {key} -out new.key",
                f"a key in PEM without a passphrase ({fault.reason or fault}). Take the passphrase away: "
                f"openssl pkey -in {key} -out new.key",
            )
        raise SettingError(variables[1], str(key), told) from fault
