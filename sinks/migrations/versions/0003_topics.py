"""The id that Kafka gave a topic when it was first read.

Revision 0003, after 0002.
"""

from __future__ import annotations

from huiliu.language import text
from sinks.errors import Irreversible
from sinks.migrations import run

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    run("0003_topics")


def downgrade() -> None:
    """Not undone. Raises Irreversible."""
    raise Irreversible(
        revision,
        text(
            "会忘记见过的主题，重建的主题将被当作原来的",
            "topics seen would be forgotten, and one made again would pass for the first one",
        ),
    )
