"""By who said it, where a source may take back all that somebody said."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "live_0004"
down_revision = "live_0003"
branch_labels = None


def upgrade() -> None:
    """Add an index of the rows of such sources."""
    some = sa.text("key IS NOT NULL")
    op.create_index("live_signals_by_author", "live_signals", ["author"], sqlite_where=some, postgresql_where=some)
