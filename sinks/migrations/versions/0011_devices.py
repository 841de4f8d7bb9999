"""Monitors that may speak to the HJ 212 gateway.

Revision 0011, after 0010.
"""

from __future__ import annotations

from huiliu.language import text
from sinks.errors import Irreversible
from sinks.migrations import run

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    run("0011_devices")


def downgrade() -> None:
    """Not undone. Raises Irreversible."""
    raise Irreversible(
        revision,
        text(
            "设备须重新登记，其密码无法找回",
            "monitors would have to be added anew, and their passwords cannot be had back",
        ),
    )
