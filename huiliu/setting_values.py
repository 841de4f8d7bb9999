"""How the values of settings are read from text: each function raises ValueError for one that is not allowed."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit

from huiliu import division
from huiliu.language import Language


def whole(lowest: int, highest: int) -> Callable[[str], int]:
    """Reads a whole number from the lowest to the highest, both allowed."""

    def read(given: str) -> int:
        if not (given.isascii() and given.isdecimal() and lowest <= int(given) <= highest):
            raise ValueError(given)
        return int(given)

    return read


def language(given: str) -> Language:
    if given not in ("zh", "en"):
        raise ValueError(given)
    return "zh" if given == "zh" else "en"


def bootstrap(given: str) -> str:
    """Servers host:port, separated by commas."""
    for server in given.split(","):
        host, colon, port = server.strip().rpartition(":")
        if not (host and colon):
            raise ValueError(given)
        whole(1, 65_535)(port)
    return given


def database(given: str) -> str:
    address = urlsplit(given)
    if address.scheme not in ("postgresql", "postgres") or not (address.hostname or address.query):
        raise ValueError(given)
    return given


def province(given: str) -> str:
    if not division.known(given) or division.level(division.DivisionCode(given)) != "province":
        raise ValueError(given)
    return given


def folder(given: str) -> Path:
    """A folder, or where one can be made."""
    path = Path(given).expanduser()
    if path.exists() and not path.is_dir():
        raise ValueError(given)
    return path


def existing_folder(given: str) -> Path:
    path = Path(given).expanduser()
    if not path.is_dir():
        raise ValueError(given)
    return path


def host(given: str) -> str:
    if any(character.isspace() or character in "/?#@" for character in given):
        raise ValueError(given)
    return given.strip("[]")


def file(given: str) -> Path:
    path = Path(given).expanduser()
    if not path.is_file():
        raise ValueError(given)
    return path


def one_of(allowed: tuple[str, ...]) -> Callable[[str], str]:
    """Reads one of these words, in any case."""

    def read(given: str) -> str:
        if given.upper() not in allowed:
            raise ValueError(given)
        return given.upper()

    return read


def user(given: str) -> str:
    """A name that Kafka's own tools can write down: they separate by blanks, commas and equals signs."""
    if len(given) > 256 or any(character.isspace() or character in ",=" for character in given):
        raise ValueError(given)
    return given


def url(given: str) -> str:
    """An address of the web, without what follows its path; a slash at its end is left out."""
    address = urlsplit(given)
    if address.scheme not in ("http", "https") or not address.hostname or address.query or address.fragment:
        raise ValueError(given)
    return given.rstrip("/")


def step(given: str) -> str:
    if not given.replace("-", "").replace("_", "").replace(".", "").isalnum():
        raise ValueError(given)
    return given
