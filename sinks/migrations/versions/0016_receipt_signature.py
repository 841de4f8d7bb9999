"""Signatures under receipts, for whoever asks for receipts.

Revision 0016, after 0015.
"""

from __future__ import annotations

from alembic import op

from sinks.migrations import run

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    run("0016_receipt_signature")


def downgrade() -> None:
    """Receipts by HTTP lose their signatures; those in the topics keep them."""
    op.execute("alter table receipt_key drop column word")
    op.execute("drop table receipt_signature")
