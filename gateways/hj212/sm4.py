"""Sealed data areas of HJ 212-2025 (6.4, appendix A.2, second-hand): SM4 in ECB without padding.

What stands between ``CP=&&`` and the closing ``&&`` is encrypted by groups of 16 bytes; a rest shorter than 16 bytes
stays clear. The check is made over the clear text first. The mode is the standard's: equal groups look equal, so this
hides values from a passing reader and proves nothing about who sent them.
"""

from __future__ import annotations

import re
from typing import Final

GROUP: Final = 16
_AREA: Final = re.compile(rb"CP=&&(.*)&&\Z", re.DOTALL)
_VERSION_2: Final = re.compile(rb"(?:^|;)Flag=(?:8|9|10|11);")
_CLEAR: Final = re.compile(rb"[\x20-\x7E]*\Z")


def key(text: str) -> bytes:
    """A key as people write it: 32 hex digits, or 16 characters. ValueError for anything else."""
    given = text.strip()
    if re.fullmatch(r"[0-9A-Fa-f]{32}", given):
        return bytes.fromhex(given)
    raw = given.encode()
    if len(raw) != GROUP:
        raise ValueError("an SM4 key has 16 bytes: 32 hex digits or 16 characters")
    return raw


def sealed(segment: bytes) -> bool:
    """Whether a segment's data area is encrypted: Flag says 2025, and the area is no printable text."""
    if segment.isascii() and segment.decode("ascii").isprintable():  # as most are: nothing of it is encrypted
        return False
    area = _AREA.search(segment)
    return (
        area is not None
        and len(area.group(1)) >= GROUP
        and _CLEAR.match(area.group(1)) is None
        and _VERSION_2.search(segment, 0, area.start()) is not None
        and not _utf8(area.group(1))
    )


def opened(segment: bytes, secret: bytes) -> bytes | None:
    """The segment with its data area decrypted; None where it is not sealed."""
    return _changed(segment, secret, decrypt=True) if sealed(segment) else None


def seal(segment: bytes, secret: bytes) -> bytes:
    """The segment with its data area encrypted; unchanged where it has none of a group's length."""
    return _changed(segment, secret, decrypt=False)


def _changed(segment: bytes, secret: bytes, *, decrypt: bool) -> bytes:
    area = _AREA.search(segment)
    if area is None:
        return segment
    start, end = area.span(1)
    whole = start + (end - start) // GROUP * GROUP
    return segment[:start] + _groups(segment[start:whole], secret, decrypt=decrypt) + segment[whole:]


def _groups(data: bytes, secret: bytes, *, decrypt: bool) -> bytes:
    from cryptography.hazmat.primitives.ciphers import Cipher, modes
    from cryptography.hazmat.primitives.ciphers.algorithms import SM4

    cipher = Cipher(SM4(secret), modes.ECB())  # noqa: S305 (the mode that the standard orders)
    way = cipher.decryptor() if decrypt else cipher.encryptor()
    return way.update(data) + way.finalize()


def _utf8(data: bytes) -> bool:
    try:
        return data.decode().isprintable()
    except UnicodeDecodeError:
        return False
