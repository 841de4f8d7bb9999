"""The id that Kafka gave a topic when it was first read.

Revision 0003, after 0002.
"""

from __future__ import annotations

from sinks.migrations import run

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    run("0003_topics")


def downgrade() -> None:
    """What was seen is not forgotten: a topic made again would pass for the first one."""
    raise NotImplementedError("0003 is not undone")
