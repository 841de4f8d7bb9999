"""Obligations: what was granted on them, and since when a publisher owes reports.

Revision 0020, after 0019.
"""

from __future__ import annotations

from huiliu.language import text
from sinks.errors import Irreversible
from sinks.migrations import run

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    run("0020_obligation")


def downgrade() -> None:
    """Not undone. Raises Irreversible."""
    raise Irreversible(revision, text("已批准的免报与延期会丢失", "exemptions and extensions granted would be lost"))
