"""What a rejected record waits for, what it corrects, what closed it; readings released by registrations.

Revision 0007, after 0006.
"""

from __future__ import annotations

from sinks.migrations import run

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    run("0007_corrections")


def downgrade() -> None:
    """What was closed by what would be forgotten."""
    raise NotImplementedError("0007 is not undone")
