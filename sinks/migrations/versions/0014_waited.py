"""Readings that waited for their registration, by the record that closed them.

Revision 0014, after 0013.
"""

from __future__ import annotations

from alembic import op

from sinks.migrations import run

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    run("0014_waited")


def downgrade() -> None:
    """The index goes, and with it the quick answer."""
    op.execute("drop index quarantine_closed")
