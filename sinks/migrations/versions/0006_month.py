"""Two workers that bring the first reading of a month at once: the second waits for the first's partition and sees it.

Revision 0006, after 0005.
"""

from __future__ import annotations

from huiliu.language import text
from sinks.errors import Irreversible
from sinks.migrations import run

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    run("0006_month")


def downgrade() -> None:
    """Not undone. Raises Irreversible."""
    raise Irreversible(
        revision, text("被替换的函数会出错，而现在的会等待", "the function that it replaces fails where this one waits")
    )
