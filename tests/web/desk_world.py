"""A desk for tests of pages: people in a real database, invented incidents and counts, a clock that a test may set."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path

import msgspec
from database_here import database_in
from sqlalchemy import Engine

from pulih.adapters.sql.people_store import SqlPeopleStore
from pulih.model.clock import MICROS
from pulih.model.incident import Incident, ScopeState
from pulih.model.notice import Notice
from pulih.model.person import Person, Role
from pulih.model.scope import Scope
from pulih.service.passwords import Cost, Passwords
from pulih.service.people import People
from pulih.service.view import OperatorNow, SourceNow
from pulih.web.frame.rooms import Names, Rooms, WebSettings

# 3 October 2025, 09.12 WIB.
NOW_US = 1_759_457_520 * MICROS
MINUTE_US = 60 * MICROS
PASSWORD = "hujan sore di bogor"
ENDED = {"restored", "rejected"}
ADMIN = Person(name="ayu", role="admin")


class SetClock:
    """A clock that stands where a test puts it."""

    def __init__(self, now_us: int = NOW_US) -> None:
        self.at_us = now_us

    def now_us(self) -> int:
        return self.at_us


class Incidents:
    """Invented incidents."""

    def __init__(self, *incidents: Incident) -> None:
        self.incidents = list(incidents)

    def current(self, limit: int = 100) -> Sequence[Incident]:
        return [one for one in self.incidents if one.state not in ENDED][:limit]

    def past(self, limit: int = 50) -> Sequence[Incident]:
        return [one for one in self.incidents if one.state in ENDED][:limit]


class Live:
    """Invented counts."""

    def __init__(self, operators: Sequence[OperatorNow] = (), sources: Sequence[SourceNow] = ()) -> None:
        self._operators, self._sources = operators, sources

    def operators(self) -> Sequence[OperatorNow]:
        return self._operators

    def sources(self) -> Sequence[SourceNow]:
        return self._sources


def people_in(folder: Path, clock: SetClock, *, groups: Mapping[str, Role] | None = None) -> People:
    """Return people in a database of that folder; passwords cost next to nothing."""
    return _people(database_in(folder / "desk.db"), clock, groups)


def _people(engine: Engine, clock: SetClock, groups: Mapping[str, Role] | None = None) -> People:
    cheap = Passwords(Cost(passes=1, memory_kib=8, lanes=1))
    return People(SqlPeopleStore(engine), clock, key=b"k" * 32, passwords=cheap, groups=groups)


def everybody_in(folder: Path, clock: SetClock) -> People:
    """Return people like `people_in`, one of each role, all with `PASSWORD`: ayu, citra, dewi and eko."""
    (folder / "desk.db").write_bytes(_everybody(clock.at_us))
    return people_in(folder, clock)


@cache
def _everybody(at_us: int) -> bytes:
    """Make them once in a process; each further desk has a copy."""
    with tempfile.TemporaryDirectory() as made:
        engine = database_in(Path(made) / "desk.db")
        people = _people(engine, SetClock(at_us))
        first = people.first_link()
        assert first is not None
        people.accept(first, "ayu", PASSWORD)
        for name, role in (("citra", "approver"), ("dewi", "duty"), ("eko", "viewer")):
            people.accept(people.add(name, role, by=ADMIN), "", PASSWORD)  # type: ignore[arg-type]
        # The last connection that is closed puts what it wrote into the file itself.
        engine.dispose()
        return (Path(made) / "desk.db").read_bytes()


def rooms(people: People, clock: SetClock, **more: object) -> Rooms:
    """Return the rooms of a desk that hears of an outage at Smartfren; `more` replaces any of them."""
    usual = Rooms(
        clock=clock,
        people=people,
        incidents=Incidents(outage()),
        live=Live(operators(), (source("keluhan", "live"),)),
        settings=WebSettings(desk="Meja Contoh"),
        names=Names(
            operators={"smartfren": "Smartfren", "telkomsel": "Telkomsel"},
            regions={"31": "DKI Jakarta", "32": "Jawa Barat"},
        ),
    )
    return msgspec.structs.replace(usual, **more)


def outage(**more: object) -> Incident:
    """Return a confirmed outage with a published holding statement."""
    notice = Notice(
        id="n1",
        kind="holding",
        text_id="Internet seluler Smartfren terganggu di DKI Jakarta dan Jawa Barat sejak 08.48 WIB.",
        text_en="Smartfren mobile internet is disrupted in DKI Jakarta and Jawa Barat since 08:48 WIB.",
        state="published",
        drafted_by="dewi",
        published_us=NOW_US - 6 * MINUTE_US,
        next_update_by_us=NOW_US + 54 * MINUTE_US,
    )
    scopes = tuple(
        ScopeState(Scope(operator="smartfren", service="mobile_data", region=region), "confirmed")
        for region in ("31", "32")
    )
    usual = Incident(
        id="20251003-a1b2",
        version=4,
        opened_us=NOW_US - 20 * MINUTE_US,
        onset_us=NOW_US - 24 * MINUTE_US,
        operator="smartfren",
        scopes=scopes,
        state="confirmed",
        emergency_calls="reachable",
        alternatives_id="telepon dan SMS",
        alternatives_en="calls and text messages",
        notices=(notice,),
    )
    return msgspec.structs.replace(usual, **more)


def operators() -> tuple[OperatorNow, ...]:
    """Return what is heard of two operators."""
    return (
        OperatorNow(operator="smartfren", name="Smartfren", reports=412, usual=9.0),
        OperatorNow(operator="telkomsel", name="Telkomsel", reports=21, usual=20.0),
    )


def source(name: str, liveness: str) -> SourceNow:
    """Return a source that is live, silent or unknown."""
    return SourceNow(
        source=name,
        heard=433,
        counted=433,
        refused=0,
        repeated=0,
        late=0,
        last_heard_us=NOW_US,
        usual_gap_s=30.0,
        liveness=liveness,  # type: ignore[arg-type]
    )
