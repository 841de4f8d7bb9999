"""Reports: frozen snapshots and what was issued of them.

Revision 0018, after 0017.
"""

from __future__ import annotations

from huiliu.language import text
from sinks.errors import Irreversible
from sinks.migrations import run

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    run("0018_report")


def downgrade() -> None:
    """Not undone. Raises Irreversible."""
    raise Irreversible(revision, text("已印发的报告不可删除", "issued reports are never taken away"))
