"""Declared stops, outages and repairs of outlets.

Revision 0009, after 0008.
"""

from __future__ import annotations

from huiliu.language import text
from sinks.errors import Irreversible
from sinks.migrations import run

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    run("0009_declarations")


def downgrade() -> None:
    """Not undone. Raises Irreversible."""
    raise Irreversible(revision, text("已申报的内容会丢失", "what was declared would be lost"))
