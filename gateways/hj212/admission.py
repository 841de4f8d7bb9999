"""Who may speak: monitor number, password, address and check against the register, held in memory.

A password is proved once by its verifier, which costs milliseconds, and afterwards by a fingerprint that is worth
nothing outside this process.
"""

from __future__ import annotations

import hmac
import ipaddress
import secrets
from collections.abc import Iterable, Mapping
from enum import StrEnum
from functools import lru_cache
from typing import Final

from gateways.hj212.answers import QnRtn
from gateways.hj212.frame import Check
from sinks.credentials import stored_key
from sinks.devices import Device

#: Longest password that is looked at, characters; the standard has 6.
_LONGEST: Final = 64


class Refusal(StrEnum):
    """Why a frame is not taken."""

    CRC = "crc"  #: its check is wrong, or of a kind that the monitor may not use
    UNKNOWN_MN = "unknown_mn"
    WRONG_PW = "wrong_pw"
    ADDRESS = "address"
    SUSPENDED = "suspended"
    NO_COMMAND = "no_command"  #: no CN: nobody can say what it is
    PACKET = "packet"  #: PNUM and PNO are no packet's numbers
    SEALED = "sealed"  #: encrypted, and the gateway has no key for it

    @property
    def answer(self) -> QnRtn:
        """How the standard says it."""
        return _ANSWERS.get(self, QnRtn.REFUSED)


_ANSWERS: Final = {
    Refusal.CRC: QnRtn.CRC,
    Refusal.UNKNOWN_MN: QnRtn.MN,
    Refusal.WRONG_PW: QnRtn.PW,
    Refusal.NO_COMMAND: QnRtn.CN,
    Refusal.PACKET: QnRtn.FLAG,
    Refusal.SEALED: QnRtn.UNKNOWN,
}


class Admission:
    """The register as last read. ``keys``: SM4 keys by name."""

    def __init__(self, keys: Mapping[str, bytes]) -> None:
        self._keys = keys
        self._devices: dict[str, Device] = {}
        self._proved: dict[str, tuple[bytes, bytes]] = {}  # MN: fingerprint of its password, of its verifier
        self._own = secrets.token_bytes(32)

    def __len__(self) -> int:
        return len(self._devices)

    def replace(self, devices: Iterable[Device]) -> None:
        """Take the register as it is now."""
        self._devices = {device.mn: device for device in devices}
        self._proved = {mn: proof for mn, proof in self._proved.items() if mn in self._devices}

    def device(self, mn: str) -> Device | None:
        """The monitor of this number, also one that may not speak."""
        return self._devices.get(mn)

    def key(self, mn: str) -> bytes | None:
        """The SM4 key of a monitor."""
        device = self._devices.get(mn)
        return self._keys.get(device.sm4_key) if device is not None and device.sm4_key is not None else None

    def judge(self, mn: str, address: str, check: Check) -> Device | Refusal:
        """Everything but the password."""
        device = self._devices.get(mn)
        if device is None:
            return Refusal.UNKNOWN_MN
        if device.suspended:
            return Refusal.SUSPENDED
        if (device.allow or device.deny) and not _reachable(address, device.allow, device.deny):
            return Refusal.ADDRESS
        if check is Check.NONE or check.value not in ("standard", device.crc):
            return Refusal.CRC
        return device

    def proved(self, device: Device, password: str) -> bool:
        """Whether this password was proved before, and the verifier is still the same."""
        if device.verifier is None:
            return True
        known = self._proved.get(device.mn)
        return (
            known is not None
            and hmac.compare_digest(known[0], self._print(password))
            and (known[1] == device.verifier.stored_key)
        )

    def prove(self, device: Device, password: str) -> bool:
        """Check a password by its verifier: milliseconds, so run it in a thread."""
        verifier = device.verifier
        if verifier is None:
            return True
        if not 0 < len(password) <= _LONGEST:
            return False
        found = stored_key(password, verifier.salt, verifier.iterations)
        if not hmac.compare_digest(found, verifier.stored_key):
            return False
        self._proved[device.mn] = self._print(password), verifier.stored_key
        return True

    def _print(self, password: str) -> bytes:
        return hmac.digest(self._own, password.encode("utf-8", "backslashreplace"), "sha256")


@lru_cache(maxsize=65_536)
def _reachable(address: str, allow: tuple[str, ...], deny: tuple[str, ...]) -> bool:
    """Whether an address is in a network that is allowed (all, where none is named) and in none that is refused."""
    try:
        at = ipaddress.ip_address(address)
    except ValueError:
        return False
    if isinstance(at, ipaddress.IPv6Address) and at.ipv4_mapped is not None:
        at = at.ipv4_mapped
    within = [[at in ipaddress.ip_network(one) for one in networks] for networks in (allow, deny)]
    return (any(within[0]) or not allow) and not any(within[1])
