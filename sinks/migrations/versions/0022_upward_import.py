"""Upward reporting: which files of lower hubs were imported.

Revision 0022, after 0021.
"""

from __future__ import annotations

from alembic import op

from sinks.migrations import run

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    run("0022_upward_import")


def downgrade() -> None:
    """Files may be imported again: what comes twice counts once."""
    op.execute("drop table upward_import")
