"""The error tree of the contracts.

    HuiliuError
    ├── ContractError         an event does not fit its contract, or a contract breaks the rules for contracts
    ├── ContainerError        what should be an Avro object container file of the hub's is none, or is damaged
    ├── ManifestError         what an export for the hub above says of itself does not hold
    └── ForeignContractError  events are under a contract that this hub does not have, or has otherwise

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


class ContainerError(HuiliuError):
    """What should be an Avro object container file is none, or is damaged."""


class ManifestError(HuiliuError):
    """What an export for the hub above says of itself does not hold, so nothing of it is taken."""

    def __init__(self, why: str) -> None:
        """``why`` is a text in the reader's language."""
        super().__init__(
            text(f"导出未被接受：{why}。请向下级重新索取，未导入任何内容。",
                 f"The export is refused: {why}. Ask for it again; nothing of it was imported.")
        )  # fmt: skip


class ForeignContractError(HuiliuError):
    """Events are under a contract version that this hub does not have, or whose fields are others here."""

    def __init__(self, kind: str, version: int) -> None:
        self.kind, self.version = kind, version
        super().__init__(
            text(
                f"事项采用 {kind} v{version} 契约，本枢纽没有，或字段不同。请先升级本枢纽再继续，位置已保留。",
                f"The events are under {kind} v{version}, a contract that this hub lacks or has otherwise."
                " Upgrade this hub, then go on: the place is kept.",
            )
        )
