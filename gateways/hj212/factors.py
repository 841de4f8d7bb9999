"""Factor codes: which the standard knows, and what the codes of 2005 are called since 2017.

Water had three digits in 2005 (``011`` COD), flue gas two (``02`` SO2), flue-gas parameters ``S01`` to ``S08``, flow
``B01`` and ``B02``. Codes of tables B.5 and B.7 end in ``xx``: any two digits number the device.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from schemas.code_list import codes


@dataclass(frozen=True, slots=True)
class Factor:
    """A factor as a reading event names it. ``old`` where it was sent under its code of 2005."""

    code: str
    known: bool
    old: str | None = None


@cache
def old_codes() -> dict[str, str]:
    """Codes of 2005 and their successors of 2017."""
    return {entry.extra["old_code"]: entry.code for entry in codes("pollutant") if entry.extra.get("old_code")}


@cache
def _known() -> tuple[frozenset[str], re.Pattern[str]]:
    listed = frozenset(code.code for code in codes("pollutant"))
    families = [re.escape(code).replace("x", "[0-9]") for code in sorted(listed) if re.search(r"x+$", code)]
    return listed, re.compile("|".join(families) or r"(?!)")


@cache
def factor(sent: str) -> Factor:
    """What a factor code of a frame means; one nobody knows stays as it was sent."""
    successor = old_codes().get(sent)
    if successor is not None:
        return Factor(successor, known=True, old=sent)
    listed, families = _known()
    return Factor(sent, known=sent in listed or families.fullmatch(sent) is not None)
