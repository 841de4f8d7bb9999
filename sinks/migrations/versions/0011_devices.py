"""Monitors that may speak to the HJ 212 gateway.

Revision 0011, after 0010.
"""

from __future__ import annotations

from sinks.migrations import run

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    run("0011_devices")


def downgrade() -> None:
    """The monitors would have to be registered anew, and their passwords cannot be had back."""
    raise NotImplementedError("0011 is not undone")
