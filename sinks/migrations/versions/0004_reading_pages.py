"""Totals of partitions, and the indexes that readers' pages stand on.

Revision 0004, after 0003.
"""

from __future__ import annotations

from sinks.migrations import run

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    run("0004_reading_pages")


def downgrade() -> None:
    """The ledger still has what the totals add up; going back would only make reading slow."""
    raise NotImplementedError("0004 is not undone")
