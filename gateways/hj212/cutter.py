"""In step with a stream that loses bytes: which bytes are frames, which are noise, which must wait for more."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from enum import Enum

from gateways.hj212.frame import HEADER, LONGEST, SEGMENT_LIMIT, TAIL, Check, Frame, Noise, Opener, identify, read

_FORM = re.compile(rb"##([0-9]{4})")
_WINDOW = len(HEADER) + 4 + LONGEST + 4 + len(TAIL)
#: Headers tried inside one broken line: more than these are an attack, and each trial costs a check.
_TRIALS = 64


class _Found(Enum):
    REFUTED = "no right frame begins here"
    OPEN = "more bytes are needed to know"


@dataclass(slots=True)
class Cutter:
    """Feed it what the line gives, in pieces of any size; it gives back frames and noise in their order.

    ``modbus`` decides whether a plain Modbus check counts as right when looking for a frame's end; ``opener`` decrypts
    sealed data areas, in which a line's end or a header may stand by chance. At most one undecided stretch (about
    10 kB) is kept between two feeds.
    """

    modbus: bool = True
    opener: Opener | None = None
    _buffer: bytes = b""
    _seen: dict[int, int | _Found] = field(default_factory=dict)
    _known: dict[int, Frame] = field(default_factory=dict)  # by where they begin: frames that leave no doubt

    @property
    def undecided(self) -> int:
        """Bytes that wait for more."""
        return len(self._buffer)

    def feed(self, data: bytes) -> list[Frame | Noise]:
        """What the bytes so far have decided."""
        self._buffer += data
        return self._cut(final=False)

    def end(self) -> list[Frame | Noise]:
        """What is left when the line is closed."""
        return self._cut(final=True)

    def _cut(self, *, final: bool) -> list[Frame | Noise]:
        found: list[Frame | Noise] = []
        buffer, place = self._buffer, 0
        self._seen, self._known = {}, {}
        while place < len(buffer):
            header = buffer.find(HEADER, place)
            if header < 0:
                kept = 0 if final else int(buffer.endswith(HEADER[:1]))
                _noise(found, buffer[place : len(buffer) - kept])
                place = len(buffer) - kept
                break
            _noise(found, buffer[place:header])
            end = self._end(header, final=final)
            right = isinstance(end, int)
            if end is _Found.REFUTED:
                end = self._broken_end(header, final=final)
            if isinstance(end, _Found):
                place = header
                break
            known = self._known.get(header) if right else None
            if known is not None:
                found.append(known)
            else:
                self._piece(found, buffer[header:end], right=right)
            place = end
        self._buffer = buffer[place:]
        return found

    def _piece(self, found: list[Frame | Noise], piece: bytes, *, right: bool) -> None:
        """A right frame, or a broken one where there is a field in it at all, or noise."""
        if right or b"=" in piece:
            found.append(read(piece, modbus=self.modbus, opener=self.opener))
        else:
            _noise(found, piece)

    def _end(self, header: int, *, final: bool) -> int | _Found:
        """Where a right frame that begins at ``header`` ends, if one does."""
        if header not in self._seen:
            self._seen[header] = self._judge(header, final=final)
        return self._seen[header]

    def _judge(self, header: int, *, final: bool) -> int | _Found:
        declared = self._declared_end(header, final=final)
        if isinstance(declared, int):
            return declared
        line = self._line_end(header)
        if isinstance(line, int):
            return line
        waiting = declared is _Found.OPEN and not final and not self._abandoned(header)
        return _Found.OPEN if waiting else _Found.REFUTED

    def _declared_end(self, header: int, *, final: bool) -> int | _Found:
        """Where the declared length leads, if the check there is right."""
        buffer = self._buffer
        form = _FORM.match(buffer, header)
        if form is None:
            digits = buffer[header + len(HEADER) : header + len(HEADER) + 4]
            complete = header + len(HEADER) + len(digits) < len(buffer)
            return _Found.REFUTED if complete or not (digits.isdigit() or not digits) else _Found.OPEN
        start = form.end()
        end = start + int(form.group(1))
        if len(buffer) < end + 4:
            return _Found.OPEN
        segment = buffer[start:end]
        clear = self.opener(segment) if self.opener is not None else None
        segment = segment if clear is None else clear
        check = identify(segment, buffer[end : end + 4], modbus=self.modbus)
        if check is Check.NONE:
            return _Found.REFUTED
        tail = buffer[end + 4 : end + 4 + len(TAIL)]
        if tail == TAIL:
            if check is Check.STANDARD and clear is None and len(segment) <= SEGMENT_LIMIT:
                given, raw = buffer[end : end + 4].decode("ascii"), buffer[header : end + 4 + len(TAIL)]
                self._known[header] = Frame(segment, len(segment), given, check, (), raw)
            return end + 4 + len(TAIL)
        return _Found.OPEN if TAIL.startswith(tail) and not final else end + 4

    def _line_end(self, header: int) -> int | _Found:
        """The line's end, if the four digits before it are a right check in spite of a wrong length."""
        line = self._buffer.find(TAIL, header, header + _WINDOW)
        if line < 0 or self._buffer.find(HEADER, header + len(HEADER), line) >= 0:
            return _Found.REFUTED
        piece = self._buffer[header:line]
        frame = read(piece, modbus=self.modbus, opener=self.opener)
        return line + len(TAIL) if frame.check is not Check.NONE and b"=" in piece else _Found.REFUTED

    def _abandoned(self, header: int) -> bool:
        """A line's end with a new header right behind it: the sender has gone on."""
        line = self._buffer.find(TAIL, header)
        return line >= 0 and self._buffer.startswith(HEADER, line + len(TAIL))

    def _broken_end(self, header: int, *, final: bool) -> int | _Found:
        """Where what begins at ``header``, and is no right frame, ends: before the next that is or may become one."""
        line = self._buffer.find(TAIL, header, header + _WINDOW)
        limit = line + len(TAIL) if line >= 0 else min(len(self._buffer), header + _WINDOW)
        following = self._buffer.find(HEADER, header + 1, limit)
        for _ in range(_TRIALS):
            if following < 0:
                break
            if self._end(following, final=final) is not _Found.REFUTED:
                return following
            following = self._buffer.find(HEADER, following + 1, limit)
        undecided = line < 0 and not final and limit < header + _WINDOW
        return _Found.OPEN if undecided else limit


def _noise(found: list[Frame | Noise], data: bytes) -> None:
    """Noise behind noise is one piece; a lone line end between frames is nothing."""
    if not data.strip(TAIL):
        return
    if found and isinstance(found[-1], Noise):
        data = found.pop().data + data  # type: ignore[union-attr]
    found.append(Noise(data))


def cut(data: bytes, *, modbus: bool = True, opener: Opener | None = None) -> list[Frame | Noise]:
    """All frames and noise in bytes that are complete, such as a file."""
    cutter = Cutter(modbus, opener)
    return cutter.feed(data) + cutter.end()
