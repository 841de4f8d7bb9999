"""The public keys that sign receipts.

Revision 0012, after 0011.
"""

from __future__ import annotations

from sinks.migrations import run

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    run("0012_receipt_key")


def downgrade() -> None:
    """Receipts that were signed could no longer be checked."""
    raise NotImplementedError("0012 is not undone")
