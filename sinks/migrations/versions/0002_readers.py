"""Roles with as little as they need, and rows by division for readers.

Revision 0002, after 0001.
"""

from __future__ import annotations

from huiliu.language import text
from sinks.errors import Irreversible
from sinks.migrations import run

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    run("0002_scope", "0002_roles", "0002_policies")


def downgrade() -> None:
    """Not undone. Raises Irreversible."""
    raise Irreversible(
        revision, text("角色属于整个集群，且可能已有成员", "roles belong to the whole cluster and may have members")
    )
