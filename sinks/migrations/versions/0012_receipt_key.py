"""The public keys that sign receipts.

Revision 0012, after 0011.
"""

from __future__ import annotations

from huiliu.language import text
from sinks.errors import Irreversible
from sinks.migrations import run

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    run("0012_receipt_key")


def downgrade() -> None:
    """Not undone. Raises Irreversible."""
    raise Irreversible(
        revision, text("已签名的回执将无法再核验", "receipts that were signed could no longer be checked")
    )
