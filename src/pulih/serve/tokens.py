"""Tokens made, renewed and taken back on the command line, beside a desk that runs or not."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from pulih.adapters.data_folder import known_layout, read_secret
from pulih.adapters.sql.people_store import SqlPeopleStore
from pulih.model.actor import COMMAND_LINE
from pulih.model.person import TokenRole
from pulih.serve.clocks import WorldClock
from pulih.serve.storage import open_beside, settings_of
from pulih.service.probe_tokens import is_probe
from pulih.service.tokens import Tokens


def create_token(
    data: Path, config: Path | None, *, role: TokenRole, name: str, source: str = "", days: int = 90, person: str = ""
) -> str:
    """Make a token and return its secret.

    Args:
        data: folder of the desk.
        config: its settings, None for those in the folder.
        role, name, source, days, person: as `Tokens.create`.

    Raises: RefusedInput; OutsideFailed.
    """
    with _tokens(data, config) as tokens:
        return tokens.create(name, role, by=COMMAND_LINE, days=days, source=source, person=person).secret


def renew_token(data: Path, config: Path | None, token_id: str) -> str:
    """Make another token like one of a probe, and return its secret. Raises: RefusedInput; OutsideFailed."""
    with _tokens(data, config) as tokens:
        return tokens.renew(token_id, by=COMMAND_LINE).secret


def revoke_token(data: Path, config: Path | None, which: str) -> int:
    """Take a token back by its id, or all of one probe by its source; return how many.

    Raises: RefusedInput; OutsideFailed.
    """
    with _tokens(data, config) as tokens:
        if is_probe(which):
            return tokens.revoke_source(which, by=COMMAND_LINE)
        tokens.revoke(which, by=COMMAND_LINE)
        return 1


@contextmanager
def _tokens(data: Path, config: Path | None) -> Iterator[Tokens]:
    layout = known_layout(data)
    engine = open_beside(layout, settings_of(data, config), "desk")
    try:
        yield Tokens(SqlPeopleStore(engine), WorldClock(), key=read_secret(layout.secret))
    finally:
        engine.dispose()
