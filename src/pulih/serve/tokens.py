"""Tokens made on the command line, beside a desk that runs or not."""

from __future__ import annotations

from pathlib import Path

from pulih.adapters.data_folder import known_layout
from pulih.adapters.sql.people_store import SqlPeopleStore
from pulih.model.person import TokenRole
from pulih.serve.clocks import WorldClock
from pulih.serve.storage import open_storage, settings_of
from pulih.service.tokens import Tokens

# Who made it, as the audit log says.
_BY = "command line"


def create_token(
    data: Path, config: Path | None, *, role: TokenRole, name: str, source: str = "", days: int = 90
) -> str:
    """Make a token and return its secret.

    Args:
        data: folder of the desk.
        config: its settings, None for those in the folder.
        role, name, source, days: as `Tokens.create`.

    Raises: RefusedInput; OutsideFailed.
    """
    layout = known_layout(data)
    engine = open_storage(layout, settings_of(data, config), "desk")
    try:
        return Tokens(SqlPeopleStore(engine), WorldClock()).create(name, role, by=_BY, days=days, source=source).secret
    finally:
        engine.dispose()
