"""What a rejected record waits for, what it corrects, what closed it; readings released by registrations.

Revision 0008, after 0007.
"""

from __future__ import annotations

from sinks.migrations import run

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    run("0008_corrections")


def downgrade() -> None:
    """What was closed by what would be forgotten."""
    raise NotImplementedError("0008 is not undone")
