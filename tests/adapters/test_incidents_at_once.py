"""Two who act at once: one wins, the other is told what happened; on SQLite and on a real PostgreSQL."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from datetime import UTC
from itertools import count

import pytest
from sqlalchemy import Engine

from pulih.adapters.sql.engine import open_engine
from pulih.adapters.sql.incident_store import SqlIncidentStore
from pulih.adapters.sql.planned_changes import SqlPlannedChanges
from pulih.adapters.sql.upgrading import upgrade
from pulih.communicate.speech import Speech
from pulih.model.actor import Actor
from pulih.model.entry import Confirmed, Noted, Opened, Rejected
from pulih.model.errors import ForbiddenMove, StaleVersion
from pulih.model.finding import Finding
from pulih.model.incident import Incident
from pulih.model.scope import Scope
from pulih.service.incidents import Incidents

SARI, BUDI = Actor("sari", "duty"), Actor("budi", "approver")
SCOPE = Scope(operator="sf", service="mobile_data", region="31", symptom="no_internet")


class Ticking:
    """A clock that goes on a microsecond whenever it is read, in any thread."""

    def __init__(self) -> None:
        self._ticks = count(1_759_455_600_000_000)

    def now_us(self) -> int:
        """Return the next microsecond."""
        return next(self._ticks)


def _desk(engine: Engine) -> Incidents:
    """Return a desk of its own, as a second process on the same database would have."""
    return Incidents(SqlIncidentStore(engine), Ticking(), speech=Speech(zone=UTC), changes=SqlPlannedChanges(engine))


@pytest.fixture
def desks(database_url: str) -> Iterator[tuple[Incidents, Incidents]]:
    engines = [open_engine(database_url, "desk") for _ in range(2)]
    upgrade(engines[0], "desk")
    yield _desk(engines[0]), _desk(engines[1])
    for engine in engines:
        engine.dispose()


def _at_once(*acts: Callable[[], Incident]) -> list[Incident | Exception]:
    """Do all at the same moment, each in a thread of its own, and return what came of each."""
    gate = threading.Barrier(len(acts))
    came: list[Incident | Exception] = [RuntimeError("nothing came of it")] * len(acts)

    def do(position: int) -> None:
        gate.wait()
        try:
            came[position] = acts[position]()
        except Exception as error:
            came[position] = error

    threads = [threading.Thread(target=do, args=(position,)) for position in range(len(acts))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return came


def _finding(name: str) -> Finding:
    return Finding(
        id=name, incident=name, operator="sf", operator_name="Smartfren", service="mobile_data", region="31",
        region_name="DKI Jakarta", symptom="no_internet", onset_us=1_759_455_000_000_000,
        alarm_us=1_759_455_500_000_000, peak_us=None, cleared_us=None, signals=9, expected=1.0, evidence_nats=20.0,
        false_alarms_per_week=0.1, why="Nine reports.", mengapa="Sembilan laporan.",
    )  # fmt: skip


def _opened(desk: Incidents) -> Incident:
    fact = Opened(operator="sf", onset_us=1_759_455_000_000_000, scopes=(SCOPE,))
    return desk.open(fact, actor=SARI, reason="telepon pelanggan")


def test_of_two_who_decide_at_once_one_wins_and_the_other_is_told(desks: tuple[Incidents, Incidents]) -> None:
    one, other = desks
    for _ in range(10):
        name = _opened(one).id
        came = _at_once(
            lambda name=name: one.act(name, Confirmed(), actor=SARI, version=1, reason="diukur"),
            lambda name=name: other.act(name, Rejected(), actor=BUDI, version=1, reason="promosi"),
        )
        lost = [each for each in came if isinstance(each, Exception)]
        won = [each for each in came if isinstance(each, Incident)]
        assert len(won) == len(lost) == 1, came
        assert isinstance(lost[0], StaleVersion)
        said, reason = ("sari confirmed", "diukur") if won[0].state == "confirmed" else ("budi rejected", "promosi")
        assert said in str(lost[0])
        assert reason in str(lost[0])
        assert [entry.number for entry in one.timeline(name)] == [1, 2]
        assert one.get(name) == other.get(name) == won[0]


def test_many_who_note_at_once_are_each_written_once_or_told(desks: tuple[Incidents, Incidents]) -> None:
    one, other = desks
    name = _opened(one).id
    acts = [
        lambda desk=desk, number=number: desk.act(
            name, Noted(), actor=Actor(f"orang{number}", "duty"), version=1, reason=f"catatan {number}"
        )
        for number, desk in enumerate([one, other] * 4)
    ]
    came = _at_once(*acts)
    assert sum(isinstance(each, Incident) for each in came) == 1
    assert all(isinstance(each, Incident | StaleVersion) for each in came), came
    assert len(one.timeline(name)) == 2


def test_a_finding_told_twice_at_once_opens_one_incident(desks: tuple[Incidents, Incidents]) -> None:
    one, other = desks
    came = _at_once(lambda: one.open_for(_finding("f1")), lambda: other.open_for(_finding("f1")))
    assert all(isinstance(each, Incident) for each in came), came
    assert len(one.current()) == 1
    assert one.current()[0].findings == ("f1",)


def test_what_the_desk_adds_meanwhile_stops_no_person(desks: tuple[Incidents, Incidents]) -> None:
    one, other = desks
    incident = one.open_for(_finding("f1"))
    came = _at_once(
        lambda: one.act(incident.id, Confirmed(), actor=SARI, version=1, reason="diukur"),
        lambda: other.open_for(_finding("f2")),
        lambda: other.clear("f1") or incident,
    )
    assert all(isinstance(each, Incident) for each in came), came
    now = one.get(incident.id)
    assert now is not None
    assert now.version == 4
    assert now.state == "confirmed"
    assert set(now.findings) == {"f1", "f2"}


def test_two_merges_in_a_ring_leave_one_incident(desks: tuple[Incidents, Incidents]) -> None:
    one, other = desks
    for _ in range(20):
        first, second = _opened(one).id, _opened(one).id
        came = _at_once(
            lambda a=first, b=second: one.merge(a, b, actor=SARI, version=1, reason="sama"),
            lambda a=first, b=second: other.merge(b, a, actor=BUDI, version=1, reason="sama"),
        )
        assert sum(isinstance(each, Incident) for each in came) == 1, came
        # Refused by the table of moves, and not by two transactions that waited for each other.
        assert sum(isinstance(each, ForbiddenMove) for each in came) == 1, came
        merged = [name for name in (first, second) if (found := one.get(name)) and found.merged_into]
        assert len(merged) == 1
