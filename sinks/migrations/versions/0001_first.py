"""The first schema: facts and their history, rollups, ledger, quarantine, outbox, register, publishers.

Revision 0001, after nothing.
"""

from __future__ import annotations

from huiliu.language import text
from sinks.errors import Irreversible
from sinks.migrations import run

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    run("0001_tables", "0001_functions", "0001_as_known")


def downgrade() -> None:
    """Not undone. Raises Irreversible."""
    raise Irreversible(
        revision, text("事实数据从不由迁移删除", "it is the first one, and facts are never dropped by a migration")
    )
