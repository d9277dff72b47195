"""A whole console over a desk that stands still: real incidents in SQLite, real people, a real server on a free port."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import uvicorn
from people_in_memory import PeopleInMemory
from still_desk import JAKARTA, MAKASSAR, NOW_US, WEST_JAVA, WIB, StillDesk

from pulih.adapters.catalogue import load_catalogue
from pulih.adapters.gazetteer import load_gazetteer
from pulih.adapters.sql.engine import open_engine, sqlite_url
from pulih.adapters.sql.incident_store import SqlIncidentStore
from pulih.adapters.sql.planned_changes import SqlPlannedChanges
from pulih.adapters.sql.upgrading import upgrade
from pulih.model.actor import Actor
from pulih.model.clock import MICROS
from pulih.model.incident import Incident
from pulih.model.person import Person, Role
from pulih.service.incidents import Incidents
from pulih.service.passwords import Cost, Passwords
from pulih.service.people import People
from pulih.web.console import ROUTES, announce
from pulih.web.frame.app import build_app
from pulih.web.frame.rooms import Names, Province, Rooms, WebSettings

PASSWORD = "hujan di Bogor lagi"
STAFF: dict[str, Role] = {"sari": "duty", "budi": "approver", "tamu": "viewer"}


class SetClock:
    """A clock that a test sets."""

    def __init__(self, at_us: int) -> None:
        self.at_us = at_us

    def now_us(self) -> int:
        return self.at_us

    def pass_s(self, seconds: float) -> None:
        self.at_us += round(seconds * MICROS)


class World:
    """One desk with people who are signed in, served at `address`."""

    def __init__(self, folder: Path, *, quiet: bool = False) -> None:
        self.clock = SetClock(NOW_US)
        self.live = StillDesk(() if quiet else (JAKARTA, WEST_JAVA, MAKASSAR))
        self.people = People(PeopleInMemory(), self.clock, passwords=Passwords(Cost(passes=1, memory_kib=8, lanes=1)))
        self.sessions = _signed_in(self.people)
        engine = open_engine(sqlite_url(folder / "desk.db"), "desk")
        upgrade(engine, "desk")
        names = _names()
        self.incidents = Incidents(
            SqlIncidentStore(engine), self.clock, zone=WIB, changes=SqlPlannedChanges(engine),
            parents={code: code.rpartition(".")[0] for code in names.regions},
        )  # fmt: skip
        self.rooms = Rooms(
            clock=self.clock, people=self.people, incidents=self.incidents, live=self.live, names=names,
            settings=WebSettings(desk="Pulih", secure_cookies=False),
        )  # fmt: skip
        announce(self.rooms)
        self.address = ""

    def outage(self) -> Incident:
        """Let the desk open the incidents of its findings, join the two of Smartfren, and return what goes on."""
        opened = [self.incidents.open_for(found, self.live.verdict(found.id)) for found in self.live.findings()]
        into, other = opened[0], opened[1]
        admin = Actor("nur", "admin")
        return self.incidents.merge(other.id, into.id, actor=admin, version=other.version, reason="Gangguan yang sama")

    def cookie(self, name: str) -> dict[str, Any]:
        """Return the session of a person, as a browser keeps it."""
        return {"name": "pulih-session", "value": self.sessions[name], "url": self.address}


@contextmanager
def served(world: World) -> Iterator[World]:
    """Serve a world on a free port until the block ends."""
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        port = bound.getsockname()[1]
        server = uvicorn.Server(uvicorn.Config(build_app(world.rooms, ROUTES), log_config=None, lifespan="on"))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [bound]})
        thread.start()
        world.address = f"http://127.0.0.1:{port}"
        deadline = time.monotonic() + 20
        while not server.started and time.monotonic() < deadline:
            time.sleep(0.01)
        assert server.started, "the console did not start within 20 s"
        try:
            yield world
        finally:
            server.should_exit = True
            world.rooms.hub.close()
            thread.join(20)


def _signed_in(people: People) -> dict[str, str]:
    first = people.first_link()
    assert first is not None
    sessions = {"nur": people.accept(first, "nur", PASSWORD)}
    admin = Person(name="nur", role="admin")
    for name, role in STAFF.items():
        sessions[name] = people.accept(people.add(name, role, by=admin), name, PASSWORD)
    return sessions


def _names() -> Names:
    gazetteer, catalogue = load_gazetteer(), load_catalogue()
    provinces = tuple(
        Province(code=one.code, name=one.name, letters=one.short, column=one.tile[0], row=one.tile[1])
        for one in gazetteer.regions.values()
        if one.tile is not None
    )
    return Names(
        operators={one.id: one.name for one in catalogue.operators},
        regions={code: region.name for code, region in gazetteer.regions.items()},
        provinces=provinces,
    )
