"""Places in a list as a text that the asker hands back unread."""

from __future__ import annotations

import base64
import binascii
import uuid
from collections.abc import Mapping

import orjson

from gateways.http import problems
from gateways.http.problem import Problem, Words

#: A place in all partitions that a publisher could have; longer is none of ours, characters.
_LONGEST = 16_384


def bad() -> Problem:
    """The text is no place in this list."""
    return problems.bad_parameter("after", Words("上一页 next 中的 after", "after, as next of the page before has it"))


def of_offsets(places: Mapping[int, int]) -> str:
    """Next offsets by intake."""
    return _written([number for pair in sorted(places.items()) for number in pair])


def offsets(given: str | None) -> dict[int, int]:
    """Read again. Raises Problem 400."""
    numbers = _read(given) if given else []
    if len(numbers) % 2:
        raise bad()
    return dict(zip(numbers[::2], numbers[1::2], strict=True))


def of_pair(first: int, second: int) -> str:
    """Two numbers."""
    return _written([first, second])


def pair(given: str | None) -> tuple[int, int] | None:
    """Read again. Raises Problem 400."""
    if not given:
        return None
    numbers = _read(given)
    if len(numbers) != 2:
        raise bad()
    return numbers[0], numbers[1]


def identity(given: str | None) -> uuid.UUID | None:
    """A submission's id. Raises Problem 400."""
    if not given:
        return None
    try:
        return uuid.UUID(given)
    except ValueError:
        raise bad() from None


def _written(numbers: list[int]) -> str:
    return base64.urlsafe_b64encode(orjson.dumps(numbers)).decode().rstrip("=")


def _read(given: str) -> list[int]:
    if len(given) > _LONGEST:
        raise bad()
    try:
        numbers = orjson.loads(base64.urlsafe_b64decode(given + "=" * (-len(given) % 4)))
    except (binascii.Error, ValueError):
        raise bad() from None
    if not (isinstance(numbers, list) and all(type(one) is int and 0 <= one < 1 << 62 for one in numbers)):
        raise bad()
    if any(one >= 1 << 31 for one in numbers[::2]):
        raise bad()
    return numbers
