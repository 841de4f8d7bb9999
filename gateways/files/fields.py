"""From the text of a cell to the value of a field, in frame types; what cannot be read is told, never guessed.

Texts of string fields stay as they are: whether an identifier is right is for the rules, which suggest and never
change.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any, Final

from gateways.files import moments, numbers
from gateways.files.numbers import plain
from gateways.files.unread import DAMAGED, Unread, cannot
from huiliu import division
from huiliu.errors import Malformed
from huiliu.period import parse
from schemas.contract import code_table, codes
from schemas.event_json import field_from_json
from schemas.field import Field
from schemas.value import Fault, allowed

Value = str | int | float | bool | list[Any]
Read = Callable[[str], Value | Unread]

_ROUNDED: Final = re.compile(r"[0-9](?:\.[0-9]+)?E\+?[0-9]{2}", re.IGNORECASE)
_ROUNDED_EXPECTED: Final = "文本，全部数位 text, all digits"
_TRUE: Final = frozenset({"是", "真", "对", "有", "true", "yes", "y", "1", "√", "✓"})
_FALSE: Final = frozenset({"否", "假", "错", "无", "false", "no", "n", "0", "×"})
_ERRORS: Final = frozenset({"#N/A", "#REF!", "#DIV/0!", "#VALUE!", "#NAME?", "#NUM!", "#NULL!"})

#: Fields of type string that hold a month or another period; a spreadsheet likes to make dates of them.
MONTHS: Final = frozenset({("project", "month")})
PERIODS: Final = frozenset({("indicator", "period")})


def reader(kind: str, field: Field, unit: int | None = None) -> Read:
    """How to read a field's cells. ``unit``: fen in one of the column's units, where the field is money."""
    read = _reader(kind, field, unit)

    def checked(text: str) -> Value | Unread:
        if text.strip() in _ERRORS:
            return cannot(text, "值：单元格公式出错 a value: the formula has failed")
        return read(text)

    return checked


def _reader(kind: str, field: Field, unit: int | None) -> Read:
    match field.type:
        case "int" | "long" if field.logical == "date":
            return moments.days
        case "long" if field.logical == "timestamp-millis":
            return moments.milliseconds
        case "long" if field.unit == "fen":
            return lambda text: numbers.fen(text, unit or 1)
        case "int" | "long":
            return lambda text: numbers.whole(text, field.type)
        case "double":
            return lambda text: numbers.double(text, per_cent=field.unit == "%")
        case "boolean":
            return _boolean
        case "enum":
            return lambda text: _code(field, text)
        case "array":
            return lambda text: _array(field, text)
    return _text(kind, field)


def _text(kind: str, field: Field) -> Read:
    if (kind, field.name) in MONTHS:
        return moments.month
    if (kind, field.name) in PERIODS:
        return _period
    if field.codes == "division":
        return _division
    return (lambda text: _listed(field, text)) if field.codes else _string


def _boolean(text: str) -> bool | Unread:
    word = plain(text).lower()
    if word in _TRUE or word in _FALSE:
        return word in _TRUE
    return cannot(text, "是 | 否 (true | false)")


@cache
def _words(name: str) -> Mapping[str, str]:
    """What people write for a code: its names, and code and name side by side; a name of two codes is left out."""
    found: dict[str, str] = {}
    twice: set[str] = set()
    for one in codes(name):
        for word in {one.code, one.zh, one.en, f"{one.code} {one.zh}", f"{one.code} {one.en}"}:
            key = plain(word).lower()
            if found.setdefault(key, one.code) != one.code:
                twice.add(key)
    return {word: code for word, code in found.items() if word not in twice}


def _code(field: Field, text: str) -> str | Unread:
    """A symbol, or the name of one as the code list has it."""
    if text in field.symbols:
        return text
    found = _words(field.codes).get(plain(text).lower()) if field.codes else None
    if found in field.symbols:
        return str(found)
    listed = " | ".join(f"{one.code} {one.zh}" for one in codes(field.codes)) if field.codes else allowed(field)
    return cannot(text, listed)


def _listed(field: Field, text: str) -> str | Unread:
    """A string from a code list: a name becomes its code, anything else is left to the rules."""
    name = str(field.codes)
    if text in code_table(name):
        return text
    found = _words(name).get(plain(text).lower())
    return found if found is not None else _string(text)


def _division(text: str) -> str | Unread:
    """A division's code, alone or before its name."""
    given = _string(text)
    if isinstance(given, Unread) or division.known(given):
        return given
    head, _, name = plain(given).partition(" ")
    return head if division.known(head) and name.strip() == division.name(head) else given


def _period(text: str) -> str | Unread:
    """A year, quarter or month as people write it; what is no period is left to the rules."""
    given = plain(text)
    quarter = re.fullmatch(r"([0-9]{4})(?:年?第?([1-4一二三四])季度|[-/ ]?Q([1-4]))", given, re.IGNORECASE)
    if quarter:
        return f"{quarter[1]}Q{quarter[3] or ('一二三四'.find(quarter[2]) + 1 or quarter[2])}"
    if re.fullmatch(r"[0-9]{4}年(?:度)?", given):
        return given[:4]
    found = moments.month(given)
    if isinstance(found, str):
        return found
    try:
        return parse(given).text
    except Malformed:
        return _string(text)


def _string(text: str) -> str | Unread:
    if _ROUNDED.fullmatch(plain(text)):
        return Unread(text, _ROUNDED_EXPECTED, None, DAMAGED)
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:  # bytes of the file that its encoding does not have
        return cannot(
            text.encode("utf-8", "backslashreplace").decode(), "文件编码中的字符 text in the encoding of the file"
        )
    return text


def _array(field: Field, text: str) -> list[Any] | Unread:
    """Records in a cell, as the JSON that the same field has in a file of JSON lines."""
    try:
        given = json.loads(text)
    except (ValueError, RecursionError):
        return cannot(text, "JSON: [{" + ", ".join(item.name for item in field.items) + "}]")
    read = field_from_json(field, given)
    if isinstance(read, Fault):
        return cannot(read.value or text, f"{read.field}: {read.expected}")
    return list(read)
