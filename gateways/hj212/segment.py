"""The fields of a data segment: ``QN=…;ST=…;CN=…;PW=…;MN=…;Flag=…;[PNUM=…;PNO=…;]CP=&&…&&``.

Keys and values stand verbatim, in their order, with their repetitions: what they mean is for ``readings``.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from gateways.hj212.doubt import Doubt

Pair = tuple[str, str]
Group = tuple[Pair, ...]

ORDER: Final = ("QN", "ST", "CN", "PW", "MN", "Flag", "PNUM", "PNO", "RF")
#: 2005 has the packet's numbers before ST.
ORDER_2005: Final = ("QN", "PNUM", "PNO", "ST", "CN", "PW", "MN", "Flag")
_FORMS: Final = {
    "QN": re.compile(r"[0-9]{17}"),
    "ST": re.compile(r"[0-9A-Z]{2}"),
    "CN": re.compile(r"[0-9]{4}"),
    "PW": re.compile(r".{6}"),
    "MN": re.compile(r"[0-9A-F]{24}|[0-9A-Z]{14}"),
    "Flag": re.compile(r"[0-9]{1,3}"),
    "PNUM": re.compile(r"[0-9]{1,9}"),
    "PNO": re.compile(r"[0-9]{1,8}"),
    "RF": re.compile(r"1"),
}
_WANTED: Final = {
    "QN": "YYYYMMDDhhmmsszzz",
    "ST": "2 × 0-9 A-Z",
    "CN": "4 digits",
    "PW": "6 characters",
    "MN": "24 hex (2017) / 14 (2005)",
    "Flag": "0..255",
    "PNUM": "digits",
    "PNO": "digits",
    "RF": "1",
}


class Edition(StrEnum):
    """Which edition the version bits of Flag name."""

    E2005 = "2005"
    E2017 = "2017"
    E2025 = "2025"


@dataclass(frozen=True, slots=True)
class Flag:
    """``Flag`` = version·4 + packet·2 + answer·1."""

    value: int

    @property
    def edition(self) -> Edition | None:
        """None for a version no edition has."""
        return _EDITIONS.get(self.value >> 2)

    @property
    def split(self) -> bool:
        """The message is split: PNUM and PNO are promised."""
        return bool(self.value & 2)

    @property
    def answer(self) -> bool:
        """An answer is wanted."""
        return bool(self.value & 1)


_EDITIONS: Final = dict(enumerate(Edition))


class Segment:
    """One data segment as read: head fields in their order, data groups, flag, doubts.

    ``data``: the data area's text where nothing in it is doubtful; its groups are then split off when asked for.
    """

    __slots__ = ("_cp", "_fields", "data", "doubts", "flag", "head")

    def __init__(
        self,
        head: tuple[Pair, ...],
        cp: tuple[Group, ...] | None,
        flag: Flag | None,
        doubts: tuple[Doubt, ...],
        data: str | None = None,
    ) -> None:
        self.head, self.flag, self.doubts, self.data = head, flag, doubts, data
        self._cp = cp
        self._fields = dict(reversed(head))  # of a field that is repeated the first counts

    @property
    def cp(self) -> tuple[Group, ...] | None:
        """The groups of the data area; None where there is no CP part at all."""
        if self._cp is None and self.data is not None:
            self._cp = tuple(
                tuple([(item[: (at := item.index("="))], item[at + 1 :]) for item in group.split(",")])
                for group in self.data.split(";")
            )
        return self._cp

    def field(self, name: str) -> str | None:
        """The first value of a head field, None where it is absent."""
        return self._fields.get(name)

    @property
    def edition(self) -> Edition | None:
        """The edition Flag names; None without a Flag, as most of 2005 is."""
        return self.flag.edition if self.flag else None

    def __eq__(self, other: object) -> bool:
        """The same fields and doubts; how they were read does not matter."""
        if not isinstance(other, Segment):
            return NotImplemented
        return (self.head, self.cp, self.flag, self.doubts) == (other.head, other.cp, other.flag, other.doubts)

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        return f"Segment({self.head!r}, {self.cp!r}, {self.flag!r}, {self.doubts!r})"


def build(head: Iterable[Pair], groups: Iterable[Group]) -> bytes:
    """The segment with these fields, as the standard writes it."""
    start = "".join(f"{key}={value};" for key, value in head)
    data = ";".join(",".join(f"{key}={value}" for key, value in group) for group in groups)
    return f"{start}CP=&&{data}&&".encode()


#: A segment with nothing doubtful in it, as most are: what else there may be is for the careful path.
_RIGHT = re.compile(
    r"QN=([0-9]{17});ST=([0-9A-Z]{2});CN=([0-9]{4});PW=([^;=]{6});MN=([0-9A-F]{24}|[0-9A-Z]{14});Flag=([014589]);"
    r"CP=&&((?:[A-Za-z0-9-]+=[A-Za-z0-9.+-]+[,;])*[A-Za-z0-9-]+=[A-Za-z0-9.+-]+)&&"
)
_NAMES = ("QN", "ST", "CN", "PW", "MN", "Flag")
_RIGHT_FLAGS: Final = {str(value): Flag(value) for value in (0, 1, 4, 5, 8, 9)}


def quick(segment: bytes) -> Segment | None:
    """What :func:`parse` gives, four times as fast, for a segment without doubts; None for any other."""
    form = _RIGHT.fullmatch(segment.decode("ascii")) if segment.isascii() else None
    if form is None:
        return None
    *head, data = form.groups()
    return Segment(tuple(zip(_NAMES, head, strict=True)), None, _RIGHT_FLAGS[head[5]], (), data)


def parse(segment: bytes) -> Segment:
    """Read a segment. Whatever the bytes are, this gives what can be read and lists what is doubtful."""
    return quick(segment) or careful(segment)


def careful(segment: bytes) -> Segment:
    """As :func:`parse`, one field after the other."""
    doubts: list[Doubt] = []
    text = _decoded(segment, doubts)
    before, opening, rest = text.partition("CP=&&")
    head = tuple(_pairs(before, ";", doubts))
    cp = _groups(rest, doubts) if opening else None
    if not opening:
        doubts.append(Doubt("HJ-SG-CP", "CP"))
    flag = _flag(head)
    doubts += _head_doubts(head, flag)
    return Segment(head, cp, flag, tuple(doubts))


_MN = re.compile(rb"(?:^|;)\s*MN=([^;]*);")


def mn_of(segment: bytes) -> str:
    """The monitor number of a segment that nobody has read yet; empty where it has none."""
    found = _MN.search(segment)
    return found.group(1).decode("utf-8", "backslashreplace") if found else ""


def _decoded(segment: bytes, doubts: list[Doubt]) -> str:
    """UTF-8, else GB 18030 as Chinese field machines write it, else with the odd bytes spelt out."""
    try:
        return segment.decode("utf-8")
    except UnicodeDecodeError:
        try:
            text = segment.decode("gb18030")
            doubts.append(Doubt("HJ-SG-ENCODING", "", "gb18030", "utf-8"))
        except UnicodeDecodeError:
            text = segment.decode("utf-8", errors="backslashreplace")
            doubts.append(Doubt("HJ-SG-ENCODING", "", "?", "utf-8"))
        return text


def _pairs(text: str, separator: str, doubts: list[Doubt]) -> Iterator[Pair]:
    items = text.split(separator)
    for place, item in enumerate(items):
        key, equals, value = item.partition("=")
        if not item:
            if 0 < place < len(items) - 1:
                doubts.append(Doubt("HJ-SG-TRAILING", "", separator))
            continue
        if not equals:
            doubts.append(Doubt("HJ-SG-ITEM", key))
        if key != key.strip():
            doubts.append(Doubt("HJ-SG-BLANK", key, key, key.strip()))
        yield key, value


def _groups(rest: str, doubts: list[Doubt]) -> tuple[Group, ...]:
    data, closing, after = rest.rpartition("&&")
    if not closing:
        data, after = rest, ""
        doubts.append(Doubt("HJ-SG-CP-OPEN", "CP", rest[-8:], "&&"))
    if after:
        doubts.append(Doubt("HJ-SG-AFTER", "CP", after))
    parts = data.split(";")
    if data and not all(parts):
        doubts.append(Doubt("HJ-SG-TRAILING", "CP", ";"))
    return tuple(tuple(_pairs(part, ",", doubts)) for part in parts if part)


def _flag(head: tuple[Pair, ...]) -> Flag | None:
    value = next((value for key, value in head if key == "Flag"), "")
    return Flag(int(value)) if _FORMS["Flag"].fullmatch(value) and int(value) <= 255 else None


def _head_doubts(head: tuple[Pair, ...], flag: Flag | None) -> Iterator[Doubt]:
    keys = [key for key, _ in head]
    known = [key for key in keys if key in ORDER]
    old = flag is None or flag.edition is Edition.E2005
    for name in ("ST", "CN", "PW", "MN", "QN", "Flag"):
        if name not in keys and not (name == "QN" and old):  # 2005: only requests and notices have one
            yield Doubt("HJ-SG-MISSING", name, "", _WANTED[name])
    for key in sorted(set(keys) - set(ORDER)):
        yield Doubt("HJ-SG-UNKNOWN", key, key)
    for key in sorted({key for key in keys if keys.count(key) > 1}):
        yield Doubt("HJ-SG-REPEATED", key, str(keys.count(key)), "1")
    wanted = sorted(known, key=ORDER.index)
    if known != wanted and not (old and known == sorted(known, key=[*ORDER_2005, "RF"].index)):
        yield Doubt("HJ-SG-ORDER", "", " ".join(known), " ".join(wanted))
    yield from _form_doubts(head, flag)


def _form_doubts(head: tuple[Pair, ...], flag: Flag | None) -> Iterator[Doubt]:
    for key, value in head:
        if key in _FORMS and not value:
            yield Doubt("HJ-SG-EMPTY", key, "", _WANTED[key])
        elif key in _FORMS and not _FORMS[key].fullmatch(value):
            yield Doubt("HJ-SG-FORM", key, value, _WANTED[key])
    if any(key == "Flag" and value for key, value in head) and (flag is None or flag.edition is None):
        yield Doubt("HJ-SG-FORM", "Flag", next(value for key, value in head if key == "Flag"), "0..11")
    numbered = any(key in ("PNUM", "PNO") for key, _ in head)
    told = flag is not None and flag.split
    if flag is not None and told != numbered and not (told and flag.edition is Edition.E2005):  # its examples do so
        yield Doubt("HJ-SG-PACKET", "Flag", str(flag.value), str(flag.value ^ 2))
