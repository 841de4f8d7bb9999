"""The error tree of the kernel; every package's own tree hangs on ``HuiliuError``.

    HuiliuError
    ├── SettingError    a setting has a value that is not allowed
    ├── Unavailable     a service cannot be reached, or is not running
    └── Malformed       a text is not the identifier or period that it should be

A message says what is wrong, where, and what to do. What a publisher sent is never reported by an exception that
leaves the pipeline: it becomes a finding.
"""

from __future__ import annotations

from huiliu.language import text


class HuiliuError(Exception):
    """Something went wrong that Huiliu can name."""


class SettingError(HuiliuError):
    """A setting has a value that is not allowed: names the variable, the value and what is allowed."""

    def __init__(self, variable: str, value: str, allowed: str) -> None:
        """``allowed`` is a text in the reader's language."""
        self.variable, self.value, self.allowed = variable, value, allowed
        super().__init__(
            text(
                f"设置 {variable} 的值 {value!r} 不可用，允许：{allowed}",
                f"{variable} is set to {value!r}, which is not allowed. Allowed: {allowed}",
            )
        )


class Unavailable(HuiliuError):  # noqa: N818 (a state, named as people say it)
    """A service cannot be reached; the message says which, where and how to start it."""


class Malformed(HuiliuError, ValueError):  # noqa: N818 (a quality of a text)
    """A text is not what it should be: names what was expected, the text and the allowed form."""

    def __init__(self, what: str, value: str, allowed: str) -> None:
        """``what`` and ``allowed`` are texts in the reader's language."""
        self.what, self.value, self.allowed = what, value, allowed
        super().__init__(
            text(f"{value!r} 不是有效的{what}，应为：{allowed}", f"{value!r} is not a {what}. Expected: {allowed}")
        )
