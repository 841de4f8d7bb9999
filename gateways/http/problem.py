"""What goes wrong, said as RFC 9457 problem details, in both languages, each with how to mend it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from gateways.http.answer import Answer
from huiliu.language import Language

MEDIA_TYPE: Final = "application/problem+json"


@dataclass(frozen=True)
class Words:
    """A text in both languages."""

    zh: str
    en: str

    def of(self, language: Language) -> str:
        """In one of them."""
        return self.zh if language == "zh" else self.en


@dataclass(eq=False)
class Problem(Exception):  # noqa: N818 (RFC 9457's word)
    """A request that is not done. ``code``: a stable word for programs; ``more``: members beside the standard ones."""

    status: int
    code: str
    title: Words
    detail: Words
    mend: Words
    more: Mapping[str, Any] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)

    def answer(self, request_id: str, language: Language) -> Answer:
        """The answer: title, detail and mend in the asker's language, and all of it in both."""
        told = {"title": self.title, "detail": self.detail, "mend": self.mend}
        body = {
            "type": f"urn:huiliu:problem:{self.code}",
            "status": self.status,
            "code": self.code,
            **{name: words.of(language) for name, words in told.items()},
            "zh": {name: words.zh for name, words in told.items()},
            "en": {name: words.en for name, words in told.items()},
            "request": request_id,
            **self.more,
        }
        headers = {"Cache-Control": "no-store", "Content-Language": language, **self.headers}
        return Answer(body, self.status, headers, MEDIA_TYPE)


def language_of(accepted: str | None) -> Language:
    """The better of our two languages by Accept-Language (RFC 9110 section 12.5.4); Chinese where nothing is said."""
    best: tuple[float, Language] = (0.0, "zh")
    for part in (accepted or "").lower().split(",")[:20]:
        tag, _, weight = part.strip().partition(";")
        number = _weight(weight)
        if tag[:2] in ("zh", "en") and number > best[0]:
            best = number, "zh" if tag[:2] == "zh" else "en"
    return best[1]


def _weight(given: str) -> float:
    name, _, number = given.strip().partition("=")
    try:
        return min(1.0, float(number)) if name.strip() == "q" else 1.0
    except ValueError:
        return 0.0
