"""Cutting a stream of bytes into HJ 212 frames: ``##`` + four digits of length + data segment + CRC + CR LF.

The declared length is tried first. Where it does not lead to a right check, the frame ends where the next right
frame begins or at the line's end: after noise or a broken frame the cutter is in step again with the next frame,
and what was broken is handed on with its doubts.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

from gateways.hj212 import crc
from gateways.hj212.doubt import Doubt

HEADER: Final = b"##"
TAIL: Final = b"\r\n"
LONGEST: Final = 9999  #: what four digits can declare, bytes
SEGMENT_LIMIT: Final = 1024  #: what the standard allows, bytes

_HEX = re.compile(rb"[0-9A-Fa-f]{4}")
_DIGITS = re.compile(rb"[0-9]{0,4}")


class Check(StrEnum):
    """Which check the four hex digits are."""

    STANDARD = "standard"
    MODBUS = "modbus"  #: plain Modbus, high byte first
    MODBUS_SWAPPED = "modbus, low byte first"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Frame:
    """One frame: its data segment, what was declared about it, and what is doubtful.

    ``raw`` is every byte of it as it came. ``segment`` is the data segment verbatim, or decrypted when it was sealed.
    """

    segment: bytes
    declared: int | None  #: length as written, None where no digits stood
    given: str  #: check as written, empty where none stood
    check: Check
    doubts: tuple[Doubt, ...]
    raw: bytes = field(default=b"", compare=False, repr=False)
    sealed: bool = False  #: the data area came encrypted and was opened with a key

    @property
    def expected(self) -> str:
        """The check the standard asks for, four upper-case hex digits."""
        return f"{crc.standard(self.segment):04X}"


@dataclass(frozen=True, slots=True)
class Noise:
    """Bytes that belong to no frame."""

    data: bytes


def build(segment: bytes, *, check: Check = Check.STANDARD) -> bytes:
    """The frame around a data segment. ``ValueError`` where four digits cannot declare its length.

    ``KeyError`` for ``Check.NONE``: a frame has a check.
    """
    if len(segment) > LONGEST:
        raise ValueError(f"a segment of {len(segment)} bytes: at most {LONGEST} can be declared")
    return b"%s%04d%s%04X%s" % (HEADER, len(segment), segment, _CHECKS[check](segment), TAIL)


_CHECKS: Final[dict[Check, Callable[[bytes], int]]] = {
    Check.STANDARD: crc.standard,
    Check.MODBUS: crc.modbus,
    Check.MODBUS_SWAPPED: lambda segment: crc.swapped(crc.modbus(segment)),
}


def identify(segment: bytes, given: bytes, *, modbus: bool = True) -> Check:
    """Which check ``given`` (four hex digits) is over the segment."""
    if not _HEX.fullmatch(given):
        return Check.NONE
    value = int(given, 16)
    if value == crc.standard(segment):
        return Check.STANDARD
    plain = crc.modbus(segment) if modbus else None
    if value == plain:
        return Check.MODBUS
    return Check.MODBUS_SWAPPED if plain is not None and value == crc.swapped(plain) else Check.NONE


#: Opens a sealed data segment: gives the clear one, or None where the segment is not sealed or nobody has its key.
Opener = Callable[[bytes], bytes | None]


def read(line: bytes, *, modbus: bool = True, opener: Opener | None = None) -> Frame:
    """One frame from a piece already cut (a log line, a datagram), with or without its CR LF. Never raises."""
    body = line[:-2] if line.endswith(TAIL) else line
    digits = _DIGITS.match(body, len(HEADER)) if body.startswith(HEADER) else None
    number = digits.group() if digits else b""
    rest = body[len(HEADER) + len(number) :] if digits else body
    given = rest[-4:] if _HEX.fullmatch(rest[-4:]) else b""
    segment = rest[: len(rest) - len(given)]
    clear = opener(segment) if opener is not None else None
    segment = segment if clear is None else clear  # the check is over the clear text (HJ 212-2025 6.4)
    check = identify(segment, given, modbus=modbus)
    doubts = tuple(_doubts(segment, number, given, check, tail=line.endswith(TAIL)))
    return Frame(
        segment, int(number) if number else None, given.decode("ascii"), check, doubts, line, clear is not None
    )


def _doubts(segment: bytes, number: bytes, given: bytes, check: Check, *, tail: bool) -> Iterator[Doubt]:
    if len(number) != 4:
        yield Doubt("HJ-FR-DIGITS", "length", number.decode("ascii"), "dddd")
    if number and int(number) != len(segment):
        yield Doubt("HJ-FR-LENGTH", "length", number.decode("ascii"), f"{len(segment):04d}")
    if not given:
        yield Doubt("HJ-FR-CRC-MISSING", "crc", "", f"{crc.standard(segment):04X}")
    elif check is Check.NONE:
        yield Doubt("HJ-FR-CRC", "crc", given.decode("ascii"), f"{crc.standard(segment):04X}")
    elif check is not Check.STANDARD:
        yield Doubt("HJ-FR-MODBUS", "crc", given.decode("ascii"), f"{crc.standard(segment):04X}")
    if len(segment) > SEGMENT_LIMIT:
        yield Doubt("HJ-FR-LONG", "segment", str(len(segment)), f"<= {SEGMENT_LIMIT}")
    if not tail:
        yield Doubt("HJ-FR-TAIL")
