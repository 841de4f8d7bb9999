"""Submissions: what was handed in at once, by any way in, and where its records went.

Revision 0008, after 0007.
"""

from __future__ import annotations

from alembic import op

from sinks.migrations import run

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    run("0008_submission")


def downgrade() -> None:
    """The history is lost; events, ledger and receipts stay."""
    op.execute("drop table submission")
