"""Write the suites from the rules: ``python -m validators.suites``."""

from __future__ import annotations

import sys
from pathlib import Path

from validators.rule import ALL_KINDS
from validators.suites import text_of


def main() -> None:
    """Write every suite, naming each file that changed."""
    for kind in ALL_KINDS:
        path = Path(__file__).parent / f"{kind}.json"
        wanted = text_of(kind)
        if not path.exists() or path.read_text("utf-8") != wanted:
            path.write_text(wanted, "utf-8")
            sys.stdout.write(f"validators/suites/{kind}.json\n")


main()
