"""Declared stops, outages and repairs of outlets.

Revision 0009, after 0008.
"""

from __future__ import annotations

from sinks.migrations import run

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    run("0009_declarations")


def downgrade() -> None:
    """What was declared is not forgotten."""
    raise NotImplementedError("0009 is not undone")
