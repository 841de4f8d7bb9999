"""Two workers that bring the first reading of a month at once: the second waits for the first's partition and sees it.

Revision 0006, after 0005.
"""

from __future__ import annotations

from sinks.migrations import run

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    run("0006_month")


def downgrade() -> None:
    """The function that it replaces failed where this one waits: nobody wants that back."""
    raise NotImplementedError("0006 is not undone")
