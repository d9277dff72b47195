"""A database in a file with today's shape: its steps are run once in a process, and each further one is a copy."""

from __future__ import annotations

import tempfile
from functools import cache
from pathlib import Path

from sqlalchemy import Engine

from pulih.adapters.sql.engine import open_engine, sqlite_url
from pulih.adapters.sql.schema import Role
from pulih.adapters.sql.upgrading import upgrade


def database_in(file: Path, role: Role = "desk") -> Engine:
    """Open the database of a file, which is made when it is missing."""
    if not file.exists():
        file.write_bytes(_empty(role))
    return open_engine(sqlite_url(file), role)


@cache
def _empty(role: Role) -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "empty.db"
        engine = open_engine(sqlite_url(file), role)
        upgrade(engine, role)
        # The last connection that is closed puts what it wrote into the file itself.
        engine.dispose()
        return file.read_bytes()
