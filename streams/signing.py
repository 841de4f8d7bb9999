"""The hub's signature under receipts: Ed25519 (RFC 8032), by a key that is a file only its owner reads.

What is signed are these lines in UTF-8, each ended by a line feed:

    huiliu-receipt-1
    <hash of the receipt, hexadecimal>
    <recorded_at, as the receipt has it>
    <id of the key>

The id of a key is the first 16 hexadecimal digits of the SHA-256 of the 32 bytes of the public key. A key that takes
the place of another brings the other's word for it (``succeeds``), a signature of the former key under these lines:

    huiliu-receipt-key-1
    <id of the former key>
    <public key that follows, hexadecimal>
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import stat
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from huiliu.language import text
from huiliu.private_file import private
from huiliu.settings import Settings
from schemas.receipt import signature_by
from streams.errors import KeyFileError

#: Name of the key in the folder of an instance; beside it, with this ending, what the former key said of it.
KEY_NAME: Final = "receipt_key.pem"
_SUCCESSION: Final = ".succession.json"

#: Rights that nobody but the owner may have: the group may read (a secret that an orchestrator mounts).
_FORBIDDEN: Final = stat.S_IWGRP | stat.S_IXGRP | stat.S_IRWXO
_LONGEST: Final = 4096


@dataclass(frozen=True)
class Signer:
    """A private key ready to sign; ``succeeds`` is the former key's word for it, as receipts carry it."""

    private: Ed25519PrivateKey
    succeeds: Mapping[str, str] | None = None

    @cached_property
    def public(self) -> str:
        """The public key, 64 hexadecimal digits."""
        return _public(self.private)

    @cached_property
    def key_id(self) -> str:
        return key_id(self.public)

    def signature(self, digest: str, recorded_at: str) -> dict[str, Any]:
        """What a receipt with this hash and time carries under ``signature``."""
        value = self.private.sign(receipt_lines(digest, recorded_at, self.key_id)).hex()
        return signature_by(self.key_id, self.public, value, self.succeeds)


def _public(key: Ed25519PrivateKey) -> str:
    return key.public_key().public_bytes_raw().hex()


def key_id(public: str) -> str:
    """The id of a public key given as hexadecimal digits."""
    return hashlib.sha256(bytes.fromhex(public)).hexdigest()[:16]


def receipt_lines(digest: str, recorded_at: str, key: str) -> bytes:
    """What is signed of a receipt."""
    return f"huiliu-receipt-1\n{digest}\n{recorded_at}\n{key}\n".encode()


def succession_lines(former: str, public: str) -> bytes:
    """What a former key (its id) signs of the public key that follows it."""
    return f"huiliu-receipt-key-1\n{former}\n{public}\n".encode()


def holds(public: str, signature: str, content: bytes) -> bool:
    """Whether the signature (hexadecimal) is that of the public key under this content."""
    try:
        Ed25519PublicKey.from_public_bytes(bytes.fromhex(public)).verify(bytes.fromhex(signature), content)
    except (InvalidSignature, ValueError):
        return False
    return True


def load(path: Path) -> Signer:
    """The signer of a key file (PEM, PKCS #8). Raises KeyFileError."""
    try:
        mode = path.stat().st_mode
        content = path.read_bytes()[: _LONGEST + 1]
    except OSError as fault:
        raise KeyFileError(path, str(fault.strerror)) from fault
    if mode & _FORBIDDEN:
        raise KeyFileError(path, f"mode {stat.S_IMODE(mode):04o}: chmod 600 {path}")
    try:
        key = serialization.load_pem_private_key(content, password=None)
    except (ValueError, TypeError) as fault:
        raise KeyFileError(path, "openssl genpkey -algorithm ed25519") from fault
    if not isinstance(key, Ed25519PrivateKey):
        raise KeyFileError(path, f"{type(key).__name__}: openssl genpkey -algorithm ed25519")
    return Signer(key, _succession(path, key))


def _succession(path: Path, key: Ed25519PrivateKey) -> Mapping[str, str] | None:
    """What a former key said of this one; None where nothing is said, or it is said of another. Raises KeyFileError."""
    beside = path.with_name(path.name + _SUCCESSION)
    if not beside.exists():
        return None
    public = _public(key)
    try:
        told: dict[str, str] = json.loads(beside.read_text("utf-8"))
        said = holds(told["public_key"], told["value"], succession_lines(key_id(told["public_key"]), public))
    except (OSError, ValueError, KeyError, TypeError) as fault:
        reason = text(f"{beside.name} 损坏，请从备份恢复", f"{beside.name} is damaged: restore it from a backup")
        raise KeyFileError(path, reason) from fault
    return told if said else None


def ensure(path: Path) -> Signer:
    """The signer of a key file, which is made first if it is not there; of several who make it one wins."""
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        fresh = path.with_name(f"{path.name}.{os.getpid()}.own")
        private(fresh, _pem(Ed25519PrivateKey.generate()))
        with contextlib.suppress(FileExistsError):
            os.link(fresh, path)
        fresh.unlink()
    return load(path)


def rotate(path: Path) -> Signer:
    """Put a new key in the place of the one in the file, with the former one's word for it. Raises KeyFileError.

    1. The former key's word is written first: read with the former key it says nothing. 2. Then the new key, at once.
    """
    former, key = load(path), Ed25519PrivateKey.generate()
    public = _public(key)
    value = former.private.sign(succession_lines(former.key_id, public)).hex()
    told = {"key": former.key_id, "public_key": former.public, "value": value}
    private(path.with_name(path.name + _SUCCESSION), json.dumps(told))  # 1
    private(path, _pem(key))  # 2
    return load(path)


def _pem(key: Ed25519PrivateKey) -> bytes:
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )


def key_file(settings: Settings) -> Path:
    """Where the key is that signs receipts."""
    return settings.receipt_key or settings.home / KEY_NAME


class Keeper:
    """Hands out the signer of a key file, anew once the file has changed: a rotation needs no restart."""

    def __init__(self, path: Path) -> None:
        """Make the key if it is not there. Raises KeyFileError."""
        self._path = path
        self._seen, self._signer = self._state(), ensure(path)

    def _state(self) -> tuple[int, int] | None:
        try:
            seen = self._path.stat()
        except OSError:
            return None
        return seen.st_mtime_ns, seen.st_ino

    def signer(self) -> Signer:
        """The signer as the file has it now; the former one while the file is away. Raises KeyFileError."""
        state = self._state()
        if state is not None and state != self._seen:
            self._signer, self._seen = load(self._path), state
        return self._signer
