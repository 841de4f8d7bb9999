"""Submissions: what was handed in at once, by any way in, and where its records went.

Revision 0007, after 0006.
"""

from __future__ import annotations

from alembic import op

from sinks.migrations import run

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    run("0007_submission")


def downgrade() -> None:
    """The history is lost; events, ledger and receipts stay."""
    op.execute("drop table submission")
