"""What listening must know after a restart, on SQLite and PostgreSQL: how sources spoke, costs, what is forgotten."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import Engine

from pulih.adapters.sql.engine import open_engine
from pulih.adapters.sql.listening_store import SqlListeningStore
from pulih.adapters.sql.upgrading import upgrade
from pulih.ports.listening import FilterPast, Missing, SourcePast


@pytest.fixture
def engine(database_url: str) -> Iterator[Engine]:
    engine = open_engine(database_url, "desk")
    upgrade(engine, "desk")
    yield engine
    engine.dispose()


def test_how_sources_spoke_comes_back_as_it_was_kept_last(engine: Engine) -> None:
    store = SqlListeningStore(engine)
    assert store.pasts() == {}
    store.keep([])
    one = SourcePast(
        source="x",
        sign_us=5,
        hours=((1, 2),),
        delays_s=(0.5,),
        missing=(Missing(3, "cut"),),
        filters=(FilterPast(name="xl", items=9, last_us=4, gaps=((1, 30.0),)),),
    )
    store.keep([one, SourcePast(source="y")])
    store.keep([SourcePast(source="y", item_us=7)])
    assert SqlListeningStore(engine).pasts() == {"x": one, "y": SourcePast(source="y", item_us=7)}


def test_costs_add_up_by_source_and_month(engine: Engine) -> None:
    store = SqlListeningStore(engine)
    assert store.spent("x", "2026-11") == 0
    for micros in (2_000_000, 5):
        assert store.spend("x", "2026-11", micros, most=2_000_005)
    assert store.spend("x", "2026-12", 1, most=1)
    assert store.spend("y", "2026-11", 9, most=10)
    assert not store.spend("x", "2026-11", 1, most=2_000_005)
    assert not store.spend("z", "2026-11", 2, most=1)
    again = SqlListeningStore(engine)
    assert [again.spent(*one) for one in (("x", "2026-11"), ("x", "2026-12"), ("y", "2026-11"))] == [2_000_005, 1, 9]
    assert again.spend("y", "2026-11", -5, most=0) and again.spent("y", "2026-11") == 4
    assert again.spend("y", "2026-11", -9, most=0) and again.spent("y", "2026-11") == 0


def test_who_spends_one_budget_at_the_same_time_spends_it_once(engine: Engine) -> None:
    store = SqlListeningStore(engine)

    def spend(_: int) -> int:
        return sum(store.spend("x", "2026-11", 3, most=100) for _ in range(10))

    with ThreadPoolExecutor(8) as many:
        taken = sum(many.map(spend, range(8)))
    assert (taken, store.spent("x", "2026-11")) == (33, 99)


def test_what_is_forgotten_stays_forgotten_with_what_was_quoted_first(engine: Engine) -> None:
    store = SqlListeningStore(engine)
    store.forget({}, 1)
    store.forget({-(2**63): 7, 5: 0}, 1)
    store.forget({5: 9, 6: 1}, 2)
    assert SqlListeningStore(engine).forgotten() == {-(2**63): 7, 5: 0, 6: 1}
