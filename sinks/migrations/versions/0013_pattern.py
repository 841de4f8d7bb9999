"""The form of a finding's value, by which findings are grouped into causes.

Revision 0013, after 0012.
"""

from __future__ import annotations

from alembic import op

from sinks.migrations import run

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    run("0013_pattern")


def downgrade() -> None:
    """Nothing is lost: a form is found out from the value where none is kept."""
    op.execute("alter table finding drop column pattern")
    op.execute("drop aggregate few (bigint)")
    op.execute("drop function few_add, value_pattern")
