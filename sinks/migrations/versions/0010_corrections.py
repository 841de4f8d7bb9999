"""What a rejected record waits for, what it corrects, what closed it; readings released by registrations.

Revision 0010, after 0009.
"""

from __future__ import annotations

from sinks.migrations import run

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    run("0010_corrections")


def downgrade() -> None:
    """What was closed by what would be forgotten."""
    raise NotImplementedError("0010 is not undone")
