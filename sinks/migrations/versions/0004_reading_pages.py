"""Totals of partitions, and the indexes that readers' pages stand on.

Revision 0004, after 0003.
"""

from __future__ import annotations

from huiliu.language import text
from sinks.errors import Irreversible
from sinks.migrations import run

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    run("0004_reading_pages")


def downgrade() -> None:
    """Not undone. Raises Irreversible."""
    raise Irreversible(
        revision,
        text(
            "合计可由台账得出，回退只会让读取变慢",
            "the ledger still has what the totals add up; going back would only make reading slow",
        ),
    )
