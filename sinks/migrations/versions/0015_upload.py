"""Files that were uploaded, for the reports that go back with them.

Revision 0015, after 0014.
"""

from __future__ import annotations

from alembic import op

from sinks.migrations import run

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    run("0015_upload")


def downgrade() -> None:
    """Reports can no longer be written; events, ledger, receipts and history stay."""
    op.execute("drop table upload_part, upload")
