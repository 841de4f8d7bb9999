"""Readings that waited for their registration, by the record that closed them.

Revision 0013, after 0012.
"""

from __future__ import annotations

from sinks.migrations import run

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    run("0013_waited")


def downgrade() -> None:
    """An index only; leaving it does no harm."""
    raise NotImplementedError("0013 is not undone")
