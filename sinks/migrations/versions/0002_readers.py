"""Roles with as little as they need, and rows by division for readers.

Revision 0002, after 0001.
"""

from __future__ import annotations

from sinks.migrations import run

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    run("0002_scope", "0002_roles", "0002_policies")


def downgrade() -> None:
    """Roles belong to the whole cluster and may have members: they are not taken away by a migration."""
    raise NotImplementedError("0002 is not undone")
