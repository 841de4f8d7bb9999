"""JSON of what senders wrote: bytes that their encoding does not have are shown as escapes, as in the other reports."""

from __future__ import annotations

import json
import re
from typing import Final

_SURROGATE: Final = re.compile("[\ud800-\udfff]")


def dumped(told: object) -> str:
    r"""As JSON that every parser reads; what is no JSON type as text.

    >>> print(dumped("\udcff"))
    "\\udcff"
    """
    whole = json.dumps(told, ensure_ascii=False, separators=(",", ":"), default=str)
    return _SURROGATE.sub(lambda found: f"\\\\u{ord(found[0]):04x}", whole)
