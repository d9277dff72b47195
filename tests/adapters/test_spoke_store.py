"""One contract for the store of when sources spoke, on SQLite and on a real PostgreSQL."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from pulih.adapters.sql.engine import open_engine
from pulih.adapters.sql.spoke_store import SqlSpokeStore
from pulih.adapters.sql.upgrading import upgrade
from pulih.learn.usefulness import Spoke

NOC = Spoke("noc", "alarm", "xl", 100)
IODA = Spoke("ioda", "afar", "", 101)


@pytest.fixture
def store(database_url: str) -> Iterator[SqlSpokeStore]:
    engine = open_engine(database_url, "desk")
    upgrade(engine, "desk")
    yield SqlSpokeStore(engine)
    engine.dispose()


def test_hours_are_kept_with_how_far_was_looked_at_and_once_however_often_they_are_given(store: SqlSpokeStore) -> None:
    assert (store.until_hour(), store.spoke()) == (None, [])
    store.learn([NOC, IODA], 102)
    store.learn([NOC], 103)
    store.learn([], 110)
    assert (store.until_hour(), store.spoke()) == (110, [IODA, NOC])


def test_old_hours_are_forgotten_and_how_far_was_looked_at_is_not(store: SqlSpokeStore) -> None:
    store.learn([NOC, IODA], 102)
    store.forget(101)
    assert (store.until_hour(), store.spoke()) == (102, [IODA])
