"""The natural key of an answer has its division.

Revision 0023, after 0022.
"""

from __future__ import annotations

from alembic import op

from sinks.migrations import run

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    run("0023_response_key")


def downgrade() -> None:
    """Refused by the database where two divisions answered with one case and sequence: nothing is lost."""
    op.execute("alter table response drop constraint response_pkey")
    op.execute("alter table response add constraint response_pkey primary key (case_number, sequence)")
    op.execute("drop index response_history_key")
    op.execute("create index response_history_key on response_history (case_number, sequence)")
