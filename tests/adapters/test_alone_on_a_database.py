"""One desk has a database of PostgreSQL for itself, through restarts of its server too, and stops when it has not."""

from __future__ import annotations

import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Connection, Engine, text

from pulih.adapters.sql.alone import Alone
from pulih.adapters.sql.engine import open_engine, reading
from pulih.model.errors import ForbiddenMove, OutsideFailed

ALL_OTHERS = text(
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
    " WHERE pid <> pg_backend_pid() AND datname = current_database()"
)
LOCK = text("SELECT pg_try_advisory_lock(7085202, hashtext(current_schema()))")


@pytest.fixture
def engine(postgres_url: str) -> Iterator[Engine]:
    engine = open_engine(postgres_url, "desk")
    yield engine
    engine.dispose()


@pytest.fixture
def other(postgres_url: str) -> Iterator[Connection]:
    """A session of somebody else."""
    engine = open_engine(postgres_url, "desk").execution_options(isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        yield connection
    engine.dispose()


def ended(other: Connection) -> None:
    """End all other sessions, as a restart of the server does."""
    other.execute(ALL_OTHERS)
    until = time.monotonic() + 10
    while other.execute(ALL_OTHERS).first() is not None:
        assert time.monotonic() < until
        time.sleep(0.01)


def taken(other: Connection) -> None:
    """Have another desk take the database in the moment in which a restart of the server lets go of it."""
    until = time.monotonic() + 20
    while not other.scalar(LOCK):
        assert time.monotonic() < until
        other.execute(ALL_OTHERS)


def used_again(engine: Engine) -> None:
    """Use a database whose sessions were ended; it may be noticed by a call that fails."""
    for last in (False, True):
        try:
            with reading(engine) as connection:
                assert connection.scalar(text("SELECT 1")) == 1
        except OutsideFailed:
            if last:
                raise
        else:
            return


def test_after_a_restart_of_the_server_the_database_is_taken_again_before_it_is_used(
    engine: Engine, other: Connection
) -> None:
    alone = Alone([engine])
    with reading(engine) as connection:
        assert connection.scalar(text("SELECT 1")) == 1
    ended(other)
    used_again(engine)
    assert not other.scalar(LOCK), "what is used is held"
    ended(other)
    alone.keep()
    assert not other.scalar(LOCK), "what is looked after is held"
    alone.let_go()
    until = time.monotonic() + 10
    while not other.scalar(LOCK):
        assert time.monotonic() < until, "it was let go of"
        time.sleep(0.01)


def test_a_desk_whose_database_another_one_took_uses_it_no_more_and_says_so_once(
    engine: Engine, other: Connection
) -> None:
    alone, told = Alone([engine]), list[str]()
    alone.on_lost(lambda: told.append(alone.lost))
    taken(other)
    for _ in range(2):
        with (
            pytest.raises(OutsideFailed, match=r"Another desk has the database postgresql.*Stop that one"),
            reading(engine),
        ):
            pass
        with pytest.raises(ForbiddenMove, match="Another desk has the database"):
            alone.look(0)
    assert told == [alone.lost]
    alone.let_go()


def test_a_session_of_its_own_whose_way_was_cut_is_no_other_desk(engine: Engine, other: Connection) -> None:
    alone = Alone([engine])
    # The server knows nothing of it yet.
    cut, alone._session = alone._session, None
    alone.keep()
    assert not other.scalar(LOCK)
    assert cut is not None
    cut.invalidate()
    cut.close()
    alone.let_go()


def test_a_desk_stops_with_a_sentence_when_another_one_took_its_database(
    tmp_path: Path, postgres_url: str, other: Connection
) -> None:
    config = tmp_path / "pulih.toml"
    config.write_text(f'[storage]\ndatabase = "{postgres_url}"\n[site]\non = false\n[reading]\nworkers = 1\n')
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    words = ["serve", "--data", str(tmp_path / "desk"), "--config", str(config), "--port", str(port)]
    running = subprocess.Popen(
        [sys.executable, "-m", "pulih.cli", *words], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    try:
        assert running.stdout is not None
        assert running.stdout.readline(), "it listens"
        taken(other)
        _, wrong = running.communicate(timeout=60)
    finally:
        running.kill()
        running.communicate()
    assert (running.returncode, "Traceback" in wrong) == (2, False), wrong
    assert "pulih: Another desk has the database postgresql" in wrong.splitlines()[-1]
