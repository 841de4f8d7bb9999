"""What a command refuses before it does anything.

HuiliuError
└── CommandError   the command cannot do what was asked; the message says why, and what to ask instead
"""

from __future__ import annotations

from huiliu.errors import HuiliuError


class CommandError(HuiliuError):
    """The command cannot do what was asked."""
