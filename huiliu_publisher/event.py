"""What the typed events share: they are refused where they are made, by the same rules that decode what is sent.

``events.py`` is generated from the contracts; here is what makes its classes more than names: a value of the wrong
type, a missing field or an unknown one raises EventsRefused at the line that makes the event.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import wraps
from typing import Any, ClassVar, Final, TypeVar

from huiliu.language import text
from huiliu_publisher.errors import EventFault, EventsRefused
from schemas.contract import contract
from schemas.field import Field
from schemas.value import Fault, completed, faults, shown

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND: Final = timedelta(milliseconds=1)


class Event:
    """An event of the newest version of its kind's contract; immutable, its fields by name only."""

    __slots__ = ()

    kind: ClassVar[str]

    def in_frame_types(self) -> dict[str, Any]:
        """Its fields as contracts count: times UTC milliseconds (finer is cut off), dates days since 1970-01-01."""
        fields = contract(self.kind).fields
        return completed(fields, _plain(fields, _given(self, fields)))


@dataclass(frozen=True)
class _Unfit:
    """Stands for a value that has no frame type; ``expected``: the Python type that has."""

    value: object
    expected: str


T = TypeVar("T")


def checked(kind: str, part: str = "") -> Callable[[type[T]], type[T]]:
    """Let a class refuse values that its contract does not take. ``part``: it is a record of this array of the kind."""
    fields = contract(kind).field(part).items if part else contract(kind).fields

    def decorate(made: type[T]) -> type[T]:
        initialise = made.__init__

        @wraps(initialise)
        def made_whole(self: T, *positions: object, **values: object) -> None:
            wrong = [EventFault(0, fault) for fault in _faults(fields, positions, values)]
            if wrong:
                raise EventsRefused(kind, wrong, made=made.__name__)
            initialise(self, **values)

        made.__init__ = made_whole  # type: ignore[assignment]
        return made

    return decorate


def _faults(fields: tuple[Field, ...], positions: Sequence[object], values: Mapping[str, object]) -> Iterator[Fault]:
    for one in positions:
        yield Fault(text("（无名的值）", "(a value without a name)"), shown(one), "name=value")
    plain = _plain(fields, values)
    unfit = dict(_unfit(plain, ""))
    for path, wrong in unfit.items():
        yield Fault(path, shown(wrong.value), wrong.expected)
    yield from (fault for fault in faults(fields, plain) if fault.field not in unfit)


def _unfit(plain: Mapping[str, Any], path: str) -> Iterator[tuple[str, _Unfit]]:
    for name, value in plain.items():
        if isinstance(value, _Unfit):
            yield f"{path}{name}", value
        elif isinstance(value, list):
            for at, item in enumerate(value):
                if isinstance(item, _Unfit):
                    yield f"{path}{name}[{at}]", item
                elif isinstance(item, Mapping):
                    yield from _unfit(item, f"{path}{name}[{at}].")


def _given(of: object, fields: Sequence[Field]) -> dict[str, Any]:
    return {field.name: getattr(of, field.name) for field in fields}


def _plain(fields: Sequence[Field], values: Mapping[str, Any]) -> dict[str, Any]:
    """Values as contracts count; what cannot be counted becomes _Unfit; unknown names stay."""
    known = {field.name: field for field in fields}
    return {name: _value(known[name], value) if name in known else value for name, value in values.items()}


def _value(field: Field, value: Any) -> Any:
    if value is None:
        return None
    if field.logical == "timestamp-millis":
        return _milliseconds(value)
    if field.logical == "date":
        fits = isinstance(value, date) and not isinstance(value, datetime)
        return (value - _EPOCH.date()).days if fits else _Unfit(value, "datetime.date")
    if field.type == "array" and isinstance(value, tuple | list):
        return [_item(field, item) for item in value]
    return value


def _item(field: Field, item: object) -> Any:
    """A record of an array: its class is known by its fields."""
    if all(hasattr(item, inner.name) for inner in field.items):
        return _plain(field.items, _given(item, field.items))
    return _Unfit(item, f"record of {', '.join(inner.name for inner in field.items)}")


def _milliseconds(value: object) -> Any:
    if not isinstance(value, datetime) or value.utcoffset() is None:
        return _Unfit(value, "datetime.datetime, tzinfo=datetime.UTC or ZoneInfo('Asia/Shanghai')")
    return (value - _EPOCH) // _MILLISECOND
