"""Approval that climbs.

Revision 0019, after 0018.
"""

from __future__ import annotations

from huiliu.language import text
from sinks.errors import Irreversible
from sinks.migrations import run

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    run("0019_approval")


def downgrade() -> None:
    """What was confirmed and accepted would be lost."""
    raise Irreversible("0019", text("会丢失确认与受理记录", "confirmations and acceptances would be lost"))
