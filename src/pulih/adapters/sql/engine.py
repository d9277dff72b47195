"""Opens a database and holds its manners: what a commit promises, who waits for whom, and how a failure is told.

SQLite runs with a write-ahead log, so that readers and the one writer do not wait for each other. A commit of the desk
is on the disk before it returns (synchronous FULL): it is a person's word. A commit of the intake may be lost with
power (NORMAL, never corrupt), since the journal has it and is read again.
Source: https://sqlite.org/wal.html and https://sqlite.org/pragma.html#pragma_synchronous.
"""

from __future__ import annotations

import importlib.util
import logging
import sqlite3
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import URL, make_url
from sqlalchemy.engine.interfaces import DBAPIConnection, DBAPICursor
from sqlalchemy.exc import (
    ArgumentError,
    DatabaseError,
    DataError,
    IntegrityError,
    InterfaceError,
    NotSupportedError,
    ProgrammingError,
)
from sqlalchemy.pool import ConnectionPoolEntry

from pulih.adapters.sql.schema import Role
from pulih.model.errors import OutsideFailed, RefusedInput

# How long a statement waits for another writer before it gives up.
BUSY_TIMEOUT_S: Final = 10
_AGAIN_S: Final = 0.01
_SYNCHRONOUS: Final[Mapping[Role, str]] = {"intake": "NORMAL", "desk": "FULL"}
_WRITES: Final = "pulih_writes"
_AWAY: Final = "Its disk must have room and be writable, its server must run; then the same call works again."
_DAMAGED: Final = (
    "It is damaged: bring it back from a backup (pulih restore), as docs/operate.md says of each part, and look at the "
    "disk."
)


def sqlite_url(path: Path) -> str:
    """Return the address of a SQLite file.

    >>> sqlite_url(Path("/srv/pulih/desk.db"))
    'sqlite:////srv/pulih/desk.db'
    """
    return URL.create("sqlite", database=str(path)).render_as_string()


def open_engine(url: str, role: Role) -> Engine:
    """Return an engine for a database; nothing is connected before the first use.

    Args:
        url: `sqlite:///file` or `postgresql://user:password@host/database`.
        role: which tables it is for.

    Raises: RefusedInput for any other address; OutsideFailed when the driver of PostgreSQL is not installed.
    """
    address = _address(url)
    if address.get_backend_name() == "postgresql":
        # That one which the server closed cannot be closed in good order is no news, and a page of it each.
        logging.getLogger("sqlalchemy.pool").setLevel(logging.CRITICAL)
        # A connection that the server closed meanwhile is noticed before it is used.
        return create_engine(address, pool_pre_ping=True)
    engine = create_engine(address, connect_args={"timeout": BUSY_TIMEOUT_S})
    _teach_sqlite(engine, _SYNCHRONOUS[role])
    return engine


@contextmanager
def reading(engine: Engine) -> Iterator[Connection]:
    """Give a connection in a transaction that only reads.

    Raises: OutsideFailed when the database cannot be reached or used.
    """
    with told(engine), engine.connect() as connection:
        yield connection


@contextmanager
def writing(engine: Engine) -> Iterator[Connection]:
    """Give a connection in a transaction that is committed at the end, or undone by an exception.

    On SQLite it takes the place of the writer at once: what it reads cannot change before it writes, and it never
    fails half-way because another was quicker.

    Raises: OutsideFailed when the database cannot be reached or used, or another writer held it too long.
    """
    with told(engine), engine.execution_options(**{_WRITES: True}).begin() as connection:
        yield connection


@contextmanager
def told(engine: Engine) -> Iterator[None]:
    """Tell a failure of the database as one of the outside. Raises: OutsideFailed."""
    try:
        yield
    except (DatabaseError, InterfaceError) as error:
        if _is_ours(error):
            raise
        what = f"The database {engine.url.render_as_string()} could not be used: {error.orig}."
        raise OutsideFailed(f"{what} {_DAMAGED if _is_damaged(error.orig) else _AWAY}") from error
    except ConnectionError as error:
        # The driver lets one through as it is, when its server ends a session while it reads.
        raise OutsideFailed(
            f"The database {engine.url.render_as_string()} could not be used: {error}. {_AWAY}"
        ) from error


def _is_damaged(problem: BaseException | None) -> bool:
    # The upper bytes of a code say more of the same (https://sqlite.org/rescode.html).
    return getattr(problem, "sqlite_errorcode", 0) & 0xFF in {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB}


def _is_ours(error: DatabaseError | InterfaceError) -> bool:
    """Tell whether a statement was at fault, and not the world around the database.

    The driver of PostgreSQL tells most faults as one kind and says in its code which: 22 and 23 are values that cannot
    be, 42 a statement that cannot be (https://www.postgresql.org/docs/current/errcodes-appendix.html).
    """
    if isinstance(error, DataError | IntegrityError | NotSupportedError | ProgrammingError):
        return True
    told = error.orig.args[0] if error.orig is not None and error.orig.args else None
    return isinstance(told, dict) and str(told.get("C", "")).startswith(("22", "23", "42"))


def _address(url: str) -> URL:
    try:
        address = make_url(url)
    except ArgumentError as error:
        raise RefusedInput(
            "The database address cannot be read; it must be like sqlite:///FILE or postgresql://USER@HOST/NAME."
        ) from error
    if address.drivername == "sqlite":
        return address
    if address.drivername not in {"postgres", "postgresql", "postgresql+pg8000"}:
        raise RefusedInput(
            f"The database address begins with {address.drivername}; it must begin with sqlite or postgresql."
        )
    if importlib.util.find_spec("pg8000") is None:
        raise OutsideFailed("PostgreSQL needs a driver that is not installed; run: pip install 'pulih[postgres]'")
    return address.set(drivername="postgresql+pg8000")


def _teach_sqlite(engine: Engine, synchronous: str) -> None:
    """Set what every connection does, and begin transactions ourselves: Python's own way begins them too late."""

    @event.listens_for(engine, "connect")
    def _connected(connection: DBAPIConnection, _: ConnectionPoolEntry) -> None:
        connection.isolation_level = None
        cursor = connection.cursor()
        _write_ahead(cursor)
        for pragma in (f"synchronous={synchronous}", "foreign_keys=ON"):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    @event.listens_for(engine, "begin")
    def _begun(connection: Connection) -> None:
        writes = connection.get_execution_options().get(_WRITES, False)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def _write_ahead(cursor: DBAPICursor) -> None:
    """Turn the write-ahead log on; who opens a new file beside others waits for them here.

    Turning it on needs the file for oneself and takes it from a lock that one has already: SQLite answers "locked"
    at once then, whatever its timeout says, for two that wait so would wait for ever
    (https://sqlite.org/c3ref/busy_handler.html).
    """
    until = time.monotonic() + BUSY_TIMEOUT_S
    while True:
        try:
            cursor.execute("PRAGMA journal_mode=WAL")
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode != sqlite3.SQLITE_BUSY or time.monotonic() > until:
                raise
            time.sleep(_AGAIN_S)
        else:
            return
