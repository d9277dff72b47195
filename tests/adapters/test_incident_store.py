"""One contract for the store of timelines and of planned changes, on SQLite and on a real PostgreSQL."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from msgspec.structs import replace
from sqlalchemy import Engine

from pulih.adapters.sql.engine import open_engine
from pulih.adapters.sql.incident_store import SqlIncidentStore
from pulih.adapters.sql.planned_changes import SqlPlannedChanges
from pulih.adapters.sql.upgrading import upgrade
from pulih.confirm.timeline import follow
from pulih.model.entry import (
    Confirmed,
    Entry,
    Fact,
    FindingJoined,
    HelpSet,
    MergedInto,
    NoticeDrafted,
    Opened,
    Rejected,
    TookOver,
)
from pulih.model.errors import StaleVersion
from pulih.model.incident import Incident
from pulih.model.scope import Scope
from pulih.ports.incidents import Grown, Head
from pulih.ports.live import PlannedChange

SCOPE = Scope(operator="sf", service="mobile_data", region="31", symptom="no_internet")


@pytest.fixture
def engine(database_url: str) -> Iterator[Engine]:
    engine = open_engine(database_url, "desk")
    upgrade(engine, "desk")
    yield engine
    engine.dispose()


@pytest.fixture
def store(engine: Engine) -> SqlIncidentStore:
    return SqlIncidentStore(engine)


def _opened(name: str = "20251003-ab12", *, onset_us: int = 0, findings: tuple[str, ...] = ()) -> Grown:
    fact = Opened(operator="sf", onset_us=onset_us, scopes=(SCOPE,), findings=findings)
    entry = Entry(incident=name, number=1, at_us=1_759_455_600_000_000, actor="desk", reason="Sebab: “ñ”\n", fact=fact)
    return Grown(entry, follow(None, entry))


def _next(incident: Incident, fact: Fact, actor: str = "sari") -> Grown:
    number = incident.version + 1
    entry = Entry(incident=incident.id, number=number, at_us=number, actor=actor, reason="", fact=fact)
    return Grown(entry, follow(incident, entry))


def test_entries_come_back_as_they_were_written_and_in_order(store: SqlIncidentStore) -> None:
    first = _opened()
    help_set = HelpSet(
        emergency_calls="reachable", priority_customers=("RS Cipto",), alternatives_id="a", alternatives_en="b"
    )
    second = _next(first.incident, help_set)
    third = _next(second.incident, NoticeDrafted(notice="n1", kind="holding", text_id="é" * 3000, text_en="b"))
    for grown in (first, second, third):
        store.append([grown])
    assert store.entries("20251003-ab12") == [first.entry, second.entry, third.entry]
    assert store.entries("20251003-ab12", after=2) == [third.entry]
    assert store.entries("20251003-none") == []


def test_a_number_is_written_once_by_whoever_is_first(store: SqlIncidentStore) -> None:
    first = _opened()
    store.append([first])
    won, lost = _next(first.incident, Confirmed(), "sari"), _next(first.incident, Rejected(), "budi")
    store.append([won])
    with pytest.raises(StaleVersion, match=r"Entry 2 of 20251003-ab12"):
        store.append([lost])
    with pytest.raises(StaleVersion):
        store.append([_opened()])
    assert store.entries("20251003-ab12") == [first.entry, won.entry]
    assert store.heads({"confirmed"}, limit=9) == [Head("20251003-ab12", 2)]


def test_no_number_is_left_out(store: SqlIncidentStore) -> None:
    first = _opened()
    store.append([first])
    ahead = _next(replace(first.incident, version=2), Confirmed())
    with pytest.raises(StaleVersion):
        store.append([ahead])
    assert len(store.entries("20251003-ab12")) == 1


def test_entries_of_several_incidents_are_written_all_or_none(store: SqlIncidentStore) -> None:
    one, other = _opened("20251003-aaaa"), _opened("20251003-bbbb")
    store.append([one, other])
    store.append([_next(other.incident, Confirmed())])
    into = TookOver(incident="20251003-aaaa", scopes=(SCOPE,))
    stale = _next(other.incident, into)
    with pytest.raises(StaleVersion):
        store.append([_next(one.incident, MergedInto(incident="20251003-bbbb")), stale])
    assert len(store.entries("20251003-aaaa")) == 1


def test_a_finding_belongs_to_one_incident_and_moves_only_when_taken_over(store: SqlIncidentStore) -> None:
    one, other = _opened("20251003-aaaa", findings=("f1",)), _opened("20251003-bbbb")
    store.append([one])
    store.append([other])
    with pytest.raises(StaleVersion):
        store.append([_next(other.incident, FindingJoined(finding="f1"))])
    with pytest.raises(StaleVersion):
        store.append([_opened("20251003-cccc", findings=("f1",))])
    assert store.incident_of("f1") == "20251003-aaaa"
    assert store.incident_of("f9") is None
    gone = _next(one.incident, MergedInto(incident="20251003-bbbb"))
    took = _next(other.incident, TookOver(incident="20251003-aaaa", scopes=(SCOPE,), findings=("f1",)))
    store.append([gone, took])
    assert store.incident_of("f1") == "20251003-bbbb"


def test_heads_are_those_asked_for_latest_onset_first_without_merged_ones(store: SqlIncidentStore) -> None:
    for name, onset_us in (("20251003-aaaa", 10), ("20251003-bbbb", 30), ("20251003-cccc", 20)):
        store.append([_opened(name, onset_us=onset_us)])
    assert [head.incident[-4:] for head in store.heads({"suspected"}, limit=9)] == ["bbbb", "cccc", "aaaa"]
    assert [head.incident[-4:] for head in store.heads({"suspected"}, limit=1, before_us=30)] == ["cccc"]
    assert store.heads({"confirmed", "restored"}, limit=9) == []
    merged = _next(_opened("20251003-bbbb", onset_us=30).incident, MergedInto(incident="20251003-cccc"))
    store.append([merged])
    assert [head.incident[-4:] for head in store.heads({"suspected"}, limit=9)] == ["cccc", "aaaa"]


def test_planned_changes_are_found_by_when_they_are(engine: Engine) -> None:
    changes = SqlPlannedChanges(engine)
    night = PlannedChange(
        id="kerja-1", operator="sf", start_us=100, end_us=200, region="31", text="Pemeliharaan “inti”"
    )
    later = PlannedChange(id="kerja-2", operator="xl", start_us=150, end_us=300)
    changes.put([later, night])
    changes.put([])
    assert changes.between(0, 100) == []
    assert changes.between(199, 200) == [night, later]
    assert changes.between(200, 999) == [later]
    moved = replace(night, start_us=500, end_us=600)
    changes.put([night, moved])
    assert changes.get("kerja-1") == moved
    changes.drop(["kerja-1"])
    assert changes.get("kerja-1") is None
