"""The check of HJ 212, appendix A (the same in 2017 and 2025), and the plain Modbus CRC-16 that many senders use.

The standard's register keeps nothing of its old low byte: each step begins with ``crc = (crc >> 8) ^ byte``, where
Modbus begins with ``crc ^= byte``. Golden vectors: appendix A of 2017 ends in 1C80 (its prose misprints 1C08),
appendix A of 2025 in 2200.
"""

from __future__ import annotations

from typing import Final


def _shifted(register: int) -> int:
    """Eight shift steps with the polynomial 0xA001, as both checks do after taking in a byte."""
    for _ in range(8):
        register = (register >> 1) ^ (0xA001 if register & 1 else 0)
    return register


_STEP: Final = tuple(_shifted(byte) for byte in range(256))


def _power(times: int) -> tuple[int, ...]:
    """For each byte: what is left of it in the register's high byte after ``times`` further bytes."""
    table = tuple(range(256))
    for _ in range(times):
        table = tuple(_STEP[value] >> 8 for value in table)
    return table


_POWERS: Final = tuple(_power(times) for times in range(8))


#: Masks of so many groups of eight bytes, for what four digits can declare (9,999 bytes: 1,250 groups, half of them).
_WIDEST: Final = 1250 // 2 + 1
_MASKS: Final = tuple((1 << 64 * groups) - 1 for groups in range(_WIDEST))


def _mask(number: int, groups: int) -> int:
    """The lower groups of a number that no frame has."""
    return number & ((1 << 64 * groups) - 1)


def standard(segment: bytes) -> int:
    """The check of HJ 212 over a data segment (without header, length and check), 0..65535.

    A byte's trace in the register is linear and returns to itself after eight bytes, so all bytes at the same
    distance from the end, modulo eight, fold into one by XOR, here as halves of one long number: eight table look-ups
    instead of one for each byte.
    """
    length = len(segment)
    if not length:
        return 0xFFFF
    number, groups = int.from_bytes(segment, "big"), (length + 7) // 8
    while groups > 1:  # fold the upper half of the eight-byte groups onto the lower one
        groups = (groups + 1) // 2
        number = (number >> 64 * groups) ^ (number & _MASKS[groups] if groups < _WIDEST else _mask(number, groups))
    folded = number.to_bytes(8, "big")
    p0, p1, p2, p3, p4, p5, p6, p7 = _POWERS
    return _STEP[
        _POWERS[(length - 1) % 8][0xFF]
        ^ p0[folded[7]]
        ^ p1[folded[6]]
        ^ p2[folded[5]]
        ^ p3[folded[4]]
        ^ p4[folded[3]]
        ^ p5[folded[2]]
        ^ p6[folded[1]]
        ^ p7[folded[0]]
    ]


def modbus(segment: bytes) -> int:
    """Plain CRC-16/Modbus over the segment, 0..65535: not the standard's, but common in the field."""
    crc = 0xFFFF
    for byte in segment:
        crc = (crc >> 8) ^ _STEP[(crc ^ byte) & 0xFF]
    return crc


def swapped(check: int) -> int:
    """The check with its two bytes exchanged, as senders write it that put the low byte first."""
    return (check & 0xFF) << 8 | check >> 8
