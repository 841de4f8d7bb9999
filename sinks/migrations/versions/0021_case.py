"""Cases of oversight, their events, the answers to them and what divisions are told.

Revision 0021, after 0020.
"""

from __future__ import annotations

from huiliu.language import text
from sinks.errors import Irreversible
from sinks.migrations import run

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    run("0021_case")


def downgrade() -> None:
    """Not undone. Raises Irreversible."""
    raise Irreversible(revision, text("督办记录不可删除", "what was done in oversight is never taken away"))
