"""One contract for the store of planned works, on SQLite and on a real PostgreSQL."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from msgspec.structs import replace

from pulih.adapters.sql.engine import open_engine
from pulih.adapters.sql.upgrading import upgrade
from pulih.adapters.sql.work_store import SqlWorkStore
from pulih.model.errors import StaleVersion
from pulih.model.work import PlannedWork

WORK = PlannedWork(id="w1", operator="xl", start_us=10, end_us=20, title_id="a", title_en="b", regions=("31",))


@pytest.fixture
def store(database_url: str) -> Iterator[SqlWorkStore]:
    engine = open_engine(database_url, "desk")
    upgrade(engine, "desk")
    yield SqlWorkStore(engine)
    engine.dispose()


def test_a_work_is_read_back_as_it_was_written(store: SqlWorkStore) -> None:
    store.put(WORK)
    assert store.get("w1") == WORK
    assert store.get("w2") is None


def test_each_version_is_written_once_by_whoever_is_first(store: SqlWorkStore) -> None:
    store.put(WORK)
    store.put(replace(WORK, end_us=30, version=2))
    for late in (WORK, replace(WORK, end_us=40, version=2), replace(WORK, version=4)):
        with pytest.raises(StaleVersion):
            store.put(late)
    assert store.get("w1") == replace(WORK, end_us=30, version=2)


def test_what_is_not_over_is_found_whenever_it_was(store: SqlWorkStore) -> None:
    store.put(WORK)
    store.put(replace(WORK, id="w2", done_us=15))
    store.put(replace(WORK, id="w3", start_us=50, end_us=60, cancelled_us=1))
    assert [one.id for one in store.between(15, 16)] == ["w1", "w2"]
    assert [one.id for one in store.between(20, 51)] == ["w1", "w3"]
    assert [one.id for one in store.between(90, 99)] == ["w1"]
