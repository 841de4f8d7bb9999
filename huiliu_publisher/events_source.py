"""The source of ``events.py``, written from the contracts.

Run ``python -m huiliu_publisher.events_source > huiliu_publisher/events.py``.
"""

from __future__ import annotations

import json
import sys
import unicodedata
from collections.abc import Iterator, Mapping
from typing import Any, Final

from schemas.contract import KINDS, Contract, code_table, contract
from schemas.field import REQUIRED, Field

_HEAD: Final = '''"""An event class for each kind, of its contract's newest version.

Generated; after a change of contracts: python -m huiliu_publisher.events_source > huiliu_publisher/events.py

Money is int, in fen (分, a hundredth of a yuan); a time is a datetime with zone, kept to the millisecond; a day is a
date. Each class refuses what its contract does not take (EventsRefused), with all that is wrong and what would do.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import ClassVar, Literal

from huiliu_publisher.event import Event, checked
'''
_TYPES: Final = {"string": "str", "int": "int", "long": "int", "double": "float", "boolean": "bool"}
_LOGICAL: Final = {"date": "date", "timestamp-millis": "datetime"}
_UNITS: Final = {
    "fen": "fen (分, 1/100 元)",
    "kg": "kg (千克)",
    "degree": "degree (度)",
    "byte": "byte (字节)",
}
_WIDTH: Final = 120


def source() -> str:
    """The module, as ruff formats it."""
    classes = [text for kind in KINDS for text in (*_records(contract(kind)), _event(contract(kind)))]
    return "\n\n".join([_HEAD, *classes])


def names() -> list[str]:
    """The classes of events, in the order of the kinds."""
    return [str(contract(kind).schema["name"]) for kind in KINDS]


def _event(of: Contract) -> str:
    zh, _, en = str(of.schema["doc"]).partition(" | ")
    doc = [
        f"{zh} | {en}.",
        "",
        f"Contract: {of.kind} version {of.version}, schema id {of.schema_id}, of {of.owner}.",
        f"Natural key: {', '.join(of.key)}.",
    ]
    lines = [f'    kind: ClassVar[str] = "{of.kind}"', ""]
    return _class(f'@checked("{of.kind}")', f"{of.schema['name']}(Event)", doc, [*lines, *_fields(of.fields, of)])


def _records(of: Contract) -> Iterator[str]:
    """The classes of records in arrays."""
    for field in of.fields:
        if field.type == "array":
            doc = [f"{field.zh} | {field.en}: one of {of.schema['name']}.{field.name}."]
            yield _class(
                f'@checked("{of.kind}", "{field.name}")', _item(of, field), doc, list(_fields(field.items, of))
            )


def _class(decorator: str, head: str, doc: list[str], body: list[str]) -> str:
    documented = [f'    """{doc[0]}' + ('"""' if len(doc) == 1 else "")]
    if len(doc) > 1:
        documented += [*(f"    {line}" if line else "" for line in doc[1:]), '    """']
    made = [decorator, "@dataclass(frozen=True, slots=True, kw_only=True)", f"class {head}:", *documented, "", *body]
    return "\n".join(made) + "\n"


def _fields(fields: tuple[Field, ...], of: Contract) -> Iterator[str]:
    for field in fields:
        yield f"    {field.name}: {_type(field, of)}{_default(field)}"
        yield from _documented([f"{field.zh} | {field.en}", *_more(field)])


def _documented(parts: list[str]) -> Iterator[str]:
    lines = [line for part in parts for line in _wrapped(part, _WIDTH - 10)]
    yield f'    """{lines[0]}' + ('"""' if len(lines) == 1 else "")
    if len(lines) > 1:
        yield from (f"    {line}" for line in lines[1:-1])
        yield f'    {lines[-1]}"""'


def _more(field: Field) -> Iterator[str]:
    if field.logical == "timestamp-millis":
        yield "Here a datetime with its zone."
    if field.unit is not None:
        yield f"Unit: {_UNITS.get(field.unit, field.unit)}."
    if field.codes and field.symbols:
        known = code_table(field.codes)
        yield "; ".join(f"{symbol} {known[symbol].zh} {known[symbol].en}" for symbol in field.symbols) + "."
    elif field.codes and field.codes != "division":
        yield f"Codes: schemas/codes/{field.codes}.json."


def _type(field: Field, of: Contract) -> str:
    if field.type == "array":
        plain = f"Sequence[{_item(of, field)}]"
    elif field.symbols:
        plain = f"Literal[{', '.join(json.dumps(symbol) for symbol in field.symbols)}]"
        if len(plain) + len(field.name) + 6 > _WIDTH:  # one a line, as ruff has it
            plain = "Literal[\n" + "".join(f"        {json.dumps(symbol)},\n" for symbol in field.symbols) + "    ]"
    else:
        plain = _LOGICAL[field.logical] if field.logical else _TYPES[field.type]
    return plain if field.null is None else f"{plain} | None"


def _default(field: Field) -> str:
    if field.default is REQUIRED:
        return ""
    return " = ()" if field.type == "array" else f" = {field.default!r}".replace("'", '"')


def _item(of: Contract, field: Field) -> str:
    declared: Mapping[str, Any] = next(one for one in of.schema["fields"] if one["name"] == field.name)
    return str(declared["type"]["items"]["name"])


def _wrapped(text: str, width: int) -> list[str]:
    """Lines no wider than so many columns; a Chinese character takes two. Breaks at spaces."""
    lines, line = [], ""
    for word in text.split(" "):
        longer = f"{line} {word}" if line else word
        if line and _columns(longer) > width:
            lines.append(line)
            line = word
        else:
            line = longer
    return [*lines, line]


def _columns(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(character) in "WFA" else 1 for character in text)


if __name__ == "__main__":
    sys.stdout.write(source())
