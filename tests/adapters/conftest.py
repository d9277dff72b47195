"""Databases for every suite that must hold on both: SQLite in a file, and a real PostgreSQL."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest
from postgres_server import address, running_postgres
from sqlalchemy import text

from pulih.adapters.sql.engine import open_engine, sqlite_url


@pytest.fixture(scope="session")
def postgres_socket() -> Iterator[str]:
    """Give the socket of a PostgreSQL server that runs as long as the tests."""
    with running_postgres() as socket:
        yield socket


@pytest.fixture
def postgres_url(postgres_socket: str) -> str:
    """Give the address of an empty PostgreSQL database."""
    name = f"t{uuid4().hex}"
    engine = open_engine(address(postgres_socket, "postgres"), "desk")
    with engine.execution_options(isolation_level="AUTOCOMMIT").connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
    engine.dispose()
    return address(postgres_socket, name)


@pytest.fixture(params=["sqlite", "postgres"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Give the address of an empty database, of each kind in turn."""
    if request.param == "sqlite":
        return sqlite_url(tmp_path / "pulih.db")
    url: str = request.getfixturevalue("postgres_url")
    return url
