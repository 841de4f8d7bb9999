"""How a report is issued: by whom, when, under which number, to whom. With the snapshot it makes the document."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any, Final

from huiliu.language import text
from oversight.reports.errors import ReportError

ADDRESSEE: Final = "各市工业和信息化主管部门、生态环境主管部门"
LONGEST: Final = 60  #: characters of an organ, a number or an addressee's name


@dataclass(frozen=True, slots=True, kw_only=True)
class Imprint:
    """``number``: the hub's own running number. ``document_number``: 发文字号 as the organ gives it, may be empty.

    ``issued_at``: ISO 8601 with +08:00, to the second. ``issuer``: the person who is answerable for it.
    """

    number: int
    organ: str
    issuer: str
    issued_at: str
    document_number: str = ""
    addressee: str = ADDRESSEE
    copies: str = ""

    def told(self) -> dict[str, Any]:
        """As JSON."""
        return asdict(self)


def fitting(name: str, given: str, *, needed: bool = True, longest: int = LONGEST) -> str:
    """A text of an imprint, trimmed. Raises ReportError where it is empty, too long, or holds control characters."""
    told = given.strip()
    if (needed and not told) or len(told) > longest or not told.isprintable():
        raise ReportError(
            text(
                f"{name} 应为 {'1' if needed else '0'} 至 {longest} 个可见字符，给出的是 {given!r}",
                f"{name} takes up to {longest} visible characters{'' if needed else ' or none'}, not {given!r}",
            )
        )
    return told
