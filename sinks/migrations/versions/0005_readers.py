"""Readers: the hub may put on their rights, and their policies cost once for a statement, not once for a row.

Revision 0005, after 0004.
"""

from __future__ import annotations

from huiliu.language import text
from sinks.errors import Irreversible
from sinks.migrations import run

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    run("0005_readers")


def downgrade() -> None:
    """Not undone. Raises Irreversible."""
    raise Irreversible(revision, text("成员关系属于整个集群", "memberships belong to the whole cluster"))
