"""The form of a finding's value, by which findings are grouped into causes.

Revision 0013, after 0012.
"""

from __future__ import annotations

from sinks.migrations import run

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    run("0013_pattern")


def downgrade() -> None:
    """Nothing would be gained."""
    raise NotImplementedError("0013 is not undone")
