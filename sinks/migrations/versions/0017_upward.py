"""Upward reporting: how far lower hubs are carried.

Revision 0017, after 0016.
"""

from __future__ import annotations

from alembic import op

from sinks.migrations import run

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    run("0017_upward")


def downgrade() -> None:
    """Carrying begins anew: what comes twice counts once."""
    op.execute("drop table upward_source, upward_refused")
