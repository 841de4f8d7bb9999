"""What a rejected record waits for, what it corrects, what closed it; readings released by registrations.

Revision 0010, after 0009.
"""

from __future__ import annotations

from huiliu.language import text
from sinks.errors import Irreversible
from sinks.migrations import run

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    run("0010_corrections")


def downgrade() -> None:
    """Not undone. Raises Irreversible."""
    raise Irreversible(revision, text("隔离记录由谁办结的记载会丢失", "what closed each rejected record would be lost"))
