"""The error tree of the files gateway.

    HuiliuError
    └── FileRefused    a file as a whole cannot be taken: what it is, why, and how to mend it

A single bad row or cell is no error: it is told with its place and holds nothing up.
"""

from __future__ import annotations

from huiliu.errors import HuiliuError


class FileRefused(HuiliuError):  # noqa: N818 (what became of it, as people say it)
    """The file as a whole cannot be taken; the message says why and how to mend it."""
