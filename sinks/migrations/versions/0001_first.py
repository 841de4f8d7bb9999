"""The first schema: facts and their history, rollups, ledger, quarantine, outbox, register, publishers.

Revision 0001, after nothing.
"""

from __future__ import annotations

from sinks.migrations import run

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    run("0001_tables", "0001_functions", "0001_as_known")


def downgrade() -> None:
    """There is nothing before the first revision; facts are never dropped by a migration."""
    raise NotImplementedError("0001 is the first revision")
