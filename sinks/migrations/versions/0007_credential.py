"""What proves that somebody is a publisher, for the ways in that are not Kafka.

Revision 0007, after 0006.
"""

from __future__ import annotations

from huiliu.language import text
from sinks.errors import Irreversible
from sinks.migrations import run

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    run("0007_credential")


def downgrade() -> None:
    """Not undone. Raises Irreversible."""
    raise Irreversible(
        revision,
        text(
            "报送单位将无法接入，其凭据无法找回",
            "no publisher could come in any more, and the secrets cannot be had back",
        ),
    )
