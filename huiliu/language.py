"""The language of what people read: Chinese first, English second.

``HUILIU_LANGUAGE`` decides; else the locale (``LC_ALL``, ``LC_MESSAGES``, ``LANG``); else Chinese. A locale that names
no language (``C``, ``POSIX``) decides nothing; one that names a language other than Chinese gives English.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Literal

Language = Literal["zh", "en"]


def language(environ: Mapping[str, str] | None = None) -> Language:
    """The language in force. Read at each call, so that a test or a request can change it."""
    environ = os.environ if environ is None else environ
    wanted = environ.get("HUILIU_LANGUAGE", "").strip().lower()
    if wanted in ("zh", "en"):
        return "zh" if wanted == "zh" else "en"
    for variable in ("LC_ALL", "LC_MESSAGES", "LANG"):
        name = environ.get(variable, "").partition(".")[0].partition("_")[0].lower()
        if name and name not in ("c", "posix"):
            return "zh" if name == "zh" else "en"
    return "zh"


def text(zh: str, en: str) -> str:
    """The text in the language in force."""
    return zh if language() == "zh" else en
