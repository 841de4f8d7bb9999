"""What proves that somebody is a publisher, for the ways in that are not Kafka.

Revision 0007, after 0006.
"""

from __future__ import annotations

from sinks.migrations import run

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    run("0007_credential")


def downgrade() -> None:
    """Nobody could come in any more, and the secrets cannot be had back."""
    raise NotImplementedError("0007 is not undone")
