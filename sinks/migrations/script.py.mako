"""${message}.

Revision ${up_revision}, after ${down_revision}.
"""

from __future__ import annotations

${imports if imports else "import sqlalchemy as sa\nfrom alembic import op"}

revision = ${repr(up_revision)}
down_revision = ${repr(down_revision)}
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    ${upgrades if upgrades else "pass"}


def downgrade() -> None:
    """Undo."""
    ${downgrades if downgrades else "pass"}
