"""What is wrong with a row of a file, as the finding that the rules would give."""

from __future__ import annotations

from typing import Any

from gateways.files.json_lines import LineFault
from validators.rule import Severity


def finding_of(fault: LineFault) -> dict[str, Any]:
    """What is wrong with a line or row, as a finding with ``place``, the cell at fault."""
    return {
        "code": fault.code,
        "severity": Severity.ERROR.value,
        "field": fault.field or "value",
        "value": fault.value,
        "expected": fault.allowed,
        "difference": None,
        "suggestion": fault.suggestion,
        "place": fault.place,
    }
