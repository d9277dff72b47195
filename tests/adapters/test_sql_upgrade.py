"""Databases come to today's shape by themselves, on SQLite and on PostgreSQL, and keep their manners."""

from __future__ import annotations

import importlib
import pkgutil
import threading
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Engine, inspect, text
from sqlalchemy.exc import DatabaseError, IntegrityError

import pulih.adapters.sql
from pulih.adapters.sql.engine import open_engine, reading, sqlite_url, writing
from pulih.adapters.sql.schema import DESK, INTAKE
from pulih.adapters.sql.upgrading import shape, upgrade, version_table
from pulih.model.errors import OutsideFailed, RefusedInput

TABLES = [
    module.name for module in pkgutil.iter_modules(pulih.adapters.sql.__path__) if module.name.endswith("_tables")
]


@pytest.fixture
def engine(database_url: str) -> Iterator[Engine]:
    engine = open_engine(database_url, "desk")
    yield engine
    engine.dispose()


def test_the_steps_make_what_the_tables_say(engine: Engine) -> None:
    for name in TABLES:
        importlib.import_module(f"pulih.adapters.sql.{name}")
    versions = {version_table("desk"), version_table("intake")}
    upgrade(engine, "desk")
    upgrade(engine, "intake")
    with reading(engine) as connection:
        options = {"include_name": lambda name, kind, _: kind != "table" or name not in versions}
        context = MigrationContext.configure(connection, opts={"compare_type": True, **options})
        assert compare_metadata(context, [DESK, INTAKE]) == []  # type: ignore[arg-type]


def test_no_name_of_a_table_occurs_in_both_catalogues() -> None:
    for name in TABLES:
        importlib.import_module(f"pulih.adapters.sql.{name}")
    assert set(DESK.tables).isdisjoint(INTAKE.tables)


def test_upgrading_twice_changes_nothing(engine: Engine) -> None:
    upgrade(engine, "desk")
    before = sorted(inspect(engine).get_table_names())
    upgrade(engine, "desk")
    assert sorted(inspect(engine).get_table_names()) == before


def test_a_database_of_a_newer_version_is_refused_in_a_sentence(engine: Engine) -> None:
    assert shape(engine, "desk") == "none"
    upgrade(engine, "desk")
    assert shape(engine, "desk") == "today"
    with writing(engine) as connection:
        connection.execute(text(f"DELETE FROM {version_table('desk')} WHERE version_num = 'works_0001'"))
    assert shape(engine, "desk") == "older"
    with writing(engine) as connection:
        connection.execute(text(f"INSERT INTO {version_table('desk')} VALUES ('works_0999')"))
    for look in (shape, upgrade):
        with pytest.raises(RefusedInput, match=r"newer version of Pulih.*works_0999.*nothing was changed"):
            look(engine, "desk")


def failed_together(work: Callable[[Engine], object], engines: Sequence[Engine]) -> list[BaseException]:
    """Do something with each engine in a thread of its own, all at once; return what went wrong."""
    failed: list[BaseException] = []
    together = threading.Barrier(len(engines))

    def run(engine: Engine) -> None:
        together.wait(60)
        try:
            work(engine)
        except BaseException as error:
            failed.append(error)

    threads = [threading.Thread(target=run, args=(engine,)) for engine in engines]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return failed


def connect(engine: Engine) -> None:
    with reading(engine):
        pass


def test_two_processes_that_start_at_once_upgrade_one_after_the_other(database_url: str) -> None:
    engines = [open_engine(database_url, "desk") for _ in range(4)]
    assert failed_together(lambda engine: upgrade(engine, "desk"), engines) == []
    with reading(engines[0]) as connection:
        heads = connection.execute(text(f"SELECT version_num FROM {version_table('desk')}")).scalars().all()
    assert "incidents_0001" in heads
    for engine in engines:
        engine.dispose()


@pytest.mark.parametrize(("role", "synchronous"), [("desk", 2), ("intake", 1)])
def test_sqlite_writes_ahead_and_waits_for_others(tmp_path: Path, role: str, synchronous: int) -> None:
    engine = open_engine(sqlite_url(tmp_path / "a.db"), role)  # type: ignore[arg-type]
    with reading(engine) as connection:
        asked = ("journal_mode", "synchronous", "foreign_keys", "busy_timeout")
        told = [connection.exec_driver_sql(f"PRAGMA {name}").scalar() for name in asked]
    engine.dispose()
    assert told == ["wal", synchronous, 1, 10_000]


def test_who_opens_a_new_file_beside_others_waits_for_them(tmp_path: Path) -> None:
    for again in range(100):
        engines = [open_engine(sqlite_url(tmp_path / f"{again}.db"), "desk") for _ in range(4)]
        assert failed_together(connect, engines) == []
        for engine in engines:
            engine.dispose()


def test_a_failing_write_leaves_nothing_behind(engine: Engine) -> None:
    upgrade(engine, "desk")
    row = "INSERT INTO maintenance_windows (id, start_us, end_us, body) VALUES ('a', 1, 2, '{}')"
    with pytest.raises(IntegrityError), writing(engine) as connection:
        connection.execute(text(row))
        connection.execute(text(row))
    with reading(engine) as connection:
        assert connection.execute(text("SELECT count(*) FROM maintenance_windows")).scalar() == 0


def test_an_address_of_another_kind_is_refused_with_what_would_be_right() -> None:
    with pytest.raises(RefusedInput, match="must begin with sqlite or postgresql"):
        open_engine("mysql://host/name", "desk")
    with pytest.raises(RefusedInput, match="sqlite:///FILE"):
        open_engine("no address", "desk")


def test_a_folder_that_cannot_be_used_is_an_outside_failure(tmp_path: Path) -> None:
    with (
        pytest.raises(OutsideFailed, match="could not be used"),
        reading(open_engine(sqlite_url(tmp_path / "nowhere" / "a.db"), "desk")),
    ):
        pass


def test_a_file_that_is_no_database_any_more_is_an_outside_failure(tmp_path: Path) -> None:
    (tmp_path / "a.db").write_bytes(b"no database " * 100)
    with (
        pytest.raises(OutsideFailed, match=r"file is not a database.*bring it back from a backup"),
        reading(open_engine(sqlite_url(tmp_path / "a.db"), "desk")),
    ):
        pass


def test_a_server_that_hangs_up_is_an_outside_failure_and_a_wrong_statement_is_not(postgres_url: str) -> None:
    engine = open_engine(postgres_url, "desk")
    with pytest.raises(OutsideFailed, match="could not be used"), reading(engine) as connection:
        connection.execute(text("SELECT pg_terminate_backend(pg_backend_pid())"))
    with pytest.raises(DatabaseError), reading(engine) as connection:
        connection.execute(text("SELECT nothing FROM nowhere"))
    with reading(engine) as connection:
        assert connection.execute(text("SELECT 1")).scalar() == 1
    engine.dispose()


def test_a_password_is_never_in_a_message(tmp_path: Path) -> None:
    url = f"postgresql://desk:s3cret@/none?unix_sock={tmp_path}/nobody"
    with pytest.raises(OutsideFailed) as refused, reading(open_engine(url, "desk")):
        pass
    assert "s3cret" not in str(refused.value)
