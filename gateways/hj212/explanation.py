"""A frame in words: each field named in Chinese and English, codes and flags said, each doubt with what is expected."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from gateways.hj212 import crc, sm4
from gateways.hj212.code_doubts import CODED, TIMES, Field, code_doubts
from gateways.hj212.doubt import DOUBTS, Doubt
from gateways.hj212.frame import Check, Frame, Noise
from gateways.hj212.names import Name, of_command, of_factor, of_item, of_system, table
from gateways.hj212.readings import moment, of_segment
from gateways.hj212.segment import Edition, Flag, Segment, parse
from schemas.code_list import code_table

_TIME: Final = re.compile(r"([0-9]{4})([0-9]{2})([0-9]{2})([0-9]{2})([0-9]{2})([0-9]{2})([0-9]{3})?")


@dataclass(frozen=True, slots=True)
class Explanation:
    """What can be said about one frame. ``edition`` None: Flag names a version that no edition has."""

    edition: str | None
    declared: int | None
    actual: int
    given: str
    expected: str
    check: Check
    fields: tuple[Field, ...]
    doubts: tuple[Doubt, ...]

    @property
    def length_ok(self) -> bool:
        """The declared length is that of the data segment."""
        return self.declared == self.actual

    @property
    def crc_ok(self) -> bool:
        """The check is the standard's."""
        return self.check is Check.STANDARD


def explain(frame: Frame) -> Explanation:
    """Everything about a frame. A frame without Flag is taken for one of 2005, which did not always write it."""
    segment = parse(frame.segment)
    edition = segment.edition if segment.flag is not None else Edition.E2005
    doubts = list(frame.doubts + segment.doubts)
    fields = tuple(_fields(segment, edition))
    if sm4.sealed(frame.segment):
        doubts = [Doubt("HJ-SG-SEALED", "CP", "", "SM4")]  # the check is over the clear text, the rest is noise
        fields = tuple(field for field in fields if field.part == "head")
    else:
        doubts += of_segment(segment, "", 0).doubts
    doubted = {doubt.where for doubt in doubts}  # what is said of an item once is enough
    doubts += [doubt for field in fields if field.key not in doubted for doubt in code_doubts(field, edition)]
    return Explanation(
        edition=edition.value if edition else None,
        declared=frame.declared,
        actual=len(frame.segment),
        given=frame.given,
        expected=f"{crc.standard(frame.segment):04X}",
        check=frame.check,
        fields=fields,
        doubts=tuple(doubts),
    )


def _fields(segment: Segment, edition: Edition | None) -> Iterator[Field]:
    for key, value in segment.head:
        yield Field("head", None, key, value, table("head").get(key), _head_meaning(key, value, segment, edition))
    for place, group in enumerate(segment.cp or (), start=1):
        for key, value in group:
            yield Field("cp", place, key, value, of_item(key), _item_meaning(key.strip(), value, edition))


def _head_meaning(key: str, value: str, segment: Segment, edition: Edition | None) -> Name | None:
    if key == "QN":
        return _moment(value)
    if key == "ST":
        return of_system(value)
    if key == "CN":
        return of_command(value, edition)
    if key == "Flag" and segment.flag is not None:
        return _flag(segment.flag)
    if key == "RF" and value == "1":
        return Name("补发数据", "re-sent data")
    return None


def _flag(flag: Flag) -> Name:
    edition = flag.edition.value if flag.edition else f"? ({flag.value >> 2})"
    zh = f"{edition} 版，{'拆分包' if flag.split else '不拆分'}，{'需要应答' if flag.answer else '不需应答'}"
    packets, answer = "split into packets" if flag.split else "one packet", "" if flag.answer else "no "
    return Name(zh, f"edition {edition}, {packets}, {answer}answer wanted")


def _item_meaning(key: str, value: str, edition: Edition | None) -> Name | None:
    kind = key.rpartition("-")[2]
    if kind in TIMES:
        return _moment(value)
    if kind in CODED:
        return table(CODED[kind]).get(value)
    if kind == "Flag":
        return _data_flag(value, edition)
    if kind == "EFlag":
        return Name("厂家自定义，标准未规定", "the maker's own, not in the standard")
    return of_factor(value) if key in ("PolId", "InfoId") else None


def _data_flag(value: str, edition: Edition | None) -> Name | None:
    known = code_table("flag").get(value)
    fits = known is not None and (edition is None or edition is Edition.E2025 or edition in known.extra["editions"])
    return Name(known.zh, known.en) if known is not None and fits else None


def _moment(value: str) -> Name | None:
    form = _TIME.fullmatch(value)
    if form is None or moment(value) is None:
        return None
    year, month, day, hour, minute, second, milli = form.groups()
    told = f"{year}-{month}-{day} {hour}:{minute}:{second}" + (f".{milli}" if milli else "")
    return Name(told, told)


def as_json(found: Explanation) -> dict[str, Any]:
    """The explanation for programs."""
    return {
        "edition": found.edition,
        "length_ok": found.length_ok,
        "length_declared": found.declared,
        "length_actual": found.actual,
        "crc_ok": found.crc_ok,
        "crc_given": found.given,
        "crc_expected": found.expected,
        "crc_kind": found.check.value,
        "fields": [_field_json(one) for one in found.fields],
        "doubts": [_doubt_json(one) for one in found.doubts],
    }


def noise_json(noise: Noise) -> dict[str, Any]:
    """Bytes that are no frame, with the same keys: nothing in them is right."""
    doubt = Doubt("HJ-FR-NOISE", "", noise.data[:64].decode("utf-8", "backslashreplace"), "##")
    return {
        "edition": None,
        "length_ok": False,
        "length_declared": None,
        "length_actual": len(noise.data),
        "crc_ok": False,
        "crc_given": "",
        "crc_expected": f"{crc.standard(noise.data):04X}",
        "crc_kind": Check.NONE.value,
        "fields": [],
        "doubts": [_doubt_json(doubt)],
    }


def _field_json(one: Field) -> dict[str, Any]:
    name, meaning = one.name or Name("", ""), one.meaning or Name("", "")
    return {
        "part": one.part,
        "group": one.group,
        "key": one.key,
        "value": one.value,
        "zh": name.zh,
        "en": name.en,
        "unit": name.unit,
        "meaning_zh": meaning.zh,
        "meaning_en": meaning.en,
    }


def _doubt_json(one: Doubt) -> dict[str, str]:
    zh, en = DOUBTS[one.code]
    told = {"code": one.code, "where": one.where, "value": one.value, "expected": one.expected}
    return {**told, "zh": zh, "en": en}
