"""The public keys that sign receipts.

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
    run("0011_receipt_key")


def downgrade() -> None:
    """Receipts that were signed could no longer be checked."""
    raise NotImplementedError("0011 is not undone")
