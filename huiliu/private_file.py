"""Files that only their owner reads: keys, passwords, records of an instance."""

from __future__ import annotations

import os
from pathlib import Path


def private(path: Path, content: str | bytes) -> None:
    """Write a file that only its owner reads (0600), whole or not at all; text in UTF-8."""
    fresh = path.with_name(f"{path.name}.{os.getpid()}.new")
    with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
        file.write(content.encode() if isinstance(content, str) else content)
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(path)
