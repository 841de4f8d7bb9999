"""The error tree of the contracts.

    HuiliuError
    └── ContractError    an event does not fit its contract, or a contract breaks the rules for contracts

Raised to a programmer who encodes. What arrives from a publisher is refused as data, never by an exception.
"""

from __future__ import annotations

from huiliu.errors import HuiliuError
from huiliu.language import text


class ContractError(HuiliuError, ValueError):
    """A value does not fit: names the field (dotted path), the value and what is allowed."""

    def __init__(self, field: str, value: object, allowed: str) -> None:
        """``allowed`` is a text in the reader's language."""
        self.field, self.value, self.allowed = field, value, allowed
        shown = repr(value)
        shown = shown if len(shown) <= 80 else shown[:77] + "..."
        super().__init__(
            text(
                f"字段 {field} 的值 {shown} 不符合契约，允许：{allowed}",
                f"{field} is {shown}, which the contract does not allow. Allowed: {allowed}",
            )
        )
