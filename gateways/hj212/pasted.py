r"""Frames as people paste them: without CR LF, with ``\r\n`` spelt out, as hex, out of a log line, wrapped.

What was lost in copying is put back before reading, so that only what the sender did wrong is a doubt.
"""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import pairwise
from typing import Final

from gateways.hj212.cutter import cut
from gateways.hj212.doubt import Doubt
from gateways.hj212.frame import HEADER, TAIL, Check, Frame, Noise, Opener, read

_ENDS: Final = re.compile(rb"\r\n|\\r\\n|\n|\r|\\n|\\r|\\x0[dD]\\x0[aA]|<CR><LF>")
_HEX: Final = re.compile(rb"(?:0[xX])?[0-9A-Fa-f]{2}(?:[\s,:-]*(?:0[xX])?[0-9A-Fa-f]{2})+")
_HEADLESS: Final = re.compile(rb"#?([0-9]{4}(?:QN|ST|CN|MN|PW)=.*)", re.DOTALL)
#: A check with blanks before it or between its bytes, at a line's end.
_SPREAD: Final = re.compile(rb"(&&)(?=[ \t]|[0-9A-Fa-f]{2}[ \t])[ \t]*([0-9A-Fa-f]{2})[ \t]*([0-9A-Fa-f]{2})[ \t]*\Z")
_QUOTES: Final = b" \t'\"`\xe2\x80\x9c\xe2\x80\x9d"


def frames(given: bytes, opener: Opener | None = None) -> list[Frame | Noise]:
    """All frames in what somebody pasted, and what is none, in order."""
    verbatim = cut(given, opener=opener)
    if _right(verbatim):
        return verbatim
    unhexed = _unhexed(given)
    if unhexed is not None:
        return frames(unhexed, opener)
    lines = [line for line in (part.strip(_QUOTES) for part in _ENDS.split(given)) if line]
    found = [piece for line in lines for piece in _line(line, opener)]
    if len(lines) > 1 and not _right(found):
        unwrapped = _line(b"".join(lines), opener)
        if _right(unwrapped):
            return unwrapped
    return found or verbatim


def _line(line: bytes, opener: Opener | None) -> list[Frame | Noise]:
    spread = _SPREAD.search(line)
    if spread is not None:
        found = _line(line[: spread.start()] + spread.group(1) + spread.group(2) + spread.group(3), opener)
        if _right(found) and isinstance(found[-1], Frame):
            doubt = Doubt("HJ-FR-CRC-BLANK", "crc", spread.group().decode("ascii"), found[-1].given)
            return [*found[:-1], replace(found[-1], doubts=(*found[-1].doubts, doubt))]
    headless = _HEADLESS.fullmatch(line) if HEADER not in line else None
    if headless is not None:
        line = HEADER + headless.group(1)
    if HEADER not in line and b"=" in line and b"&&" in line:
        return [read(line + TAIL, opener=opener)]
    starts = [at.start() for at in re.finditer(HEADER + rb"(?=[0-9])", line)]
    bare = [line[a:b].rstrip() for a, b in pairwise([*starts, len(line)])]
    if len(bare) > 1 and all(read(one + TAIL, opener=opener).check is not Check.NONE for one in bare):
        before: list[Frame | Noise] = [Noise(line[: starts[0]])] if starts[0] else []
        return [*before, *(read(one + TAIL, opener=opener) for one in bare)]
    return cut(line + TAIL, opener=opener)


def _unhexed(given: bytes) -> bytes | None:
    """The bytes that hex digits spell, where they hold a frame's header."""
    text = given.strip(_QUOTES + b"\r\n")
    if HEADER in text or not _HEX.fullmatch(text):
        return None
    digits = re.sub(rb"0[xX]|[\s,:-]", b"", text)
    data = bytes.fromhex(digits.decode("ascii")) if len(digits) % 2 == 0 else b""
    return data if HEADER in data else None


def _right(found: list[Frame | Noise]) -> bool:
    """Every piece is a frame with a check that is right and its line end."""
    return bool(found) and all(
        isinstance(one, Frame) and one.check is not Check.NONE and one.raw.endswith(TAIL) for one in found
    )
