"""A whole console over a live desk that stands still: real incidents and people in SQLite, all pages there are."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from desk_world import SetClock, everybody_in
from litestar.types import ASGIApp
from sqlalchemy import Engine
from still_desk import JAKARTA, MAKASSAR, NOW_US, WEST_JAVA, WIB, StillDesk
from still_listening import StillListening
from still_recovery import StillView
from still_usefulness import StillUsefulness

from pulih.adapters.catalogue import load_catalogue
from pulih.adapters.gazetteer import load_gazetteer
from pulih.adapters.sql.engine import open_engine, sqlite_url
from pulih.adapters.sql.incident_store import SqlIncidentStore
from pulih.adapters.sql.override_store import SqlOverrideStore
from pulih.adapters.sql.planned_changes import SqlPlannedChanges
from pulih.adapters.sql.work_store import SqlWorkStore
from pulih.model.actor import Actor
from pulih.model.clock import MICROS
from pulih.model.incident import Incident
from pulih.model.on_call import Contact, Shift
from pulih.service.courier import CourierNow
from pulih.service.evidence import evidence_of
from pulih.service.incidents import Incidents
from pulih.service.listening.calls import Calls
from pulih.service.on_call import OnCall, Rota
from pulih.service.publishing import PublishingNow
from pulih.service.recovery import Recoveries
from pulih.service.works import Works
from pulih.web.console import ROUTES, announce
from pulih.web.console.asking import speech_of
from pulih.web.frame.rooms import Names, Province, Rooms, WebSettings
from pulih.web.site import site

ADMIN = Actor("ayu", "admin")

# A site of which one place is well, one was not put to yet, and one does not answer.
PUBLISHED = PublishingNow(
    made_us=NOW_US,
    pages=3_305,
    places=(
        CourierNow(name="own site", put_us=NOW_US, pages=9_120),
        CourierNow(name="cermin (rsync)", waiting=3_305),
        CourierNow(
            name="cdn (s3)",
            put_us=NOW_US - 600_000_000,
            pages=7_001,
            waiting=44,
            failures=4,
            says="cdn (s3): Could not connect to the endpoint URL: https://s3.example.id/status; it is tried again.",
        ),
    ),
)


def rota_in(engine: Engine, clock: SetClock) -> OnCall:
    """Return a rota of two people, one of whom stands in now."""
    contacts = {
        name: Contact(name=name, channel="sms", address=f"+62811000{number}")
        for number, name in enumerate(("dewi", "citra"))
    }
    shifts = (
        Shift(people=("dewi", "citra"), start_min=360, end_min=1320, rotate_days=7),
        Shift(people=("citra",), start_min=1320, end_min=360),
    )
    return OnCall(Rota(contacts=contacts, shifts=shifts, zone=WIB), SqlOverrideStore(engine), clock)


class ConsoleWorld:
    """One desk: people ayu (admin), citra (approver), dewi (duty) and eko (viewer)."""

    def __init__(self, folder: Path, *, quiet: bool = False, address: str = "") -> None:
        self.clock = SetClock(NOW_US)
        self.live = StillDesk(() if quiet else (JAKARTA, WEST_JAVA, MAKASSAR))
        self.people = everybody_in(folder, self.clock)
        engine = open_engine(sqlite_url(folder / "desk.db"), "desk")
        names = named()
        self.changes = SqlPlannedChanges(engine)
        self.incidents = Incidents(
            SqlIncidentStore(engine),
            self.clock,
            speech=speech_of(WebSettings(), names),
            changes=self.changes,
            evidence=evidence_of(self.live, self.clock),
        )
        self.heard = StillView()
        self.rooms = Rooms(
            clock=self.clock,
            people=self.people,
            incidents=self.incidents,
            live=self.live,
            listening=StillListening(),
            calls=calls(self.clock),
            usefulness=StillUsefulness(),  # type: ignore[arg-type]
            changes=self.changes,
            works=Works(SqlWorkStore(engine), self.changes, incidents=self.incidents, clock=self.clock),
            recoveries=Recoveries(self.incidents, self.heard, self.clock),  # type: ignore[arg-type]
            names=names,
            on_call=rota_in(engine, self.clock),
            settings=WebSettings(address=address),
            publishing=lambda: PUBLISHED,
        )
        announce(self.rooms)

    def app(self) -> ASGIApp:
        """Return the application of all pages."""
        return site(self.rooms, ROUTES)

    def outage(self) -> Incident:
        """Let the desk open the incidents of its findings, join the two of Smartfren, and return what goes on."""
        opened = [self.incidents.open_for(found, self.live.verdict(found.id)) for found in self.live.findings()]
        into, other = opened[0], opened[1]
        return self.incidents.merge(other.id, into.id, actor=ADMIN, version=other.version, reason="Gangguan yang sama")


def calls(clock: SetClock) -> Calls:
    """Return hooks of which one is called with another secret since some time, and one was never called rightly."""
    told = Calls({"call-centre": "zendesk", "zammad": "zammad"})
    now_us = clock.now_us()
    told.take("call-centre", (now_us - 90 * MICROS, now_us - 30 * MICROS), now_us - 40 * 60 * MICROS)
    for number in range(12):
        for source in ("call-centre", "zammad"):
            why = 'No signature in "x-hub-signature" belongs to this body and a secret of the hook.'
            told.refuse(source, why, now_us - (12 - number) * 60 * MICROS)
    return told


@cache
def named() -> Names:
    """Return the names of the packaged operators and regions."""
    gazetteer, catalogue = load_gazetteer(), load_catalogue()
    return Names(
        operators={one.id: one.name for one in catalogue.operators},
        regions={code: region.name for code, region in gazetteer.regions.items()},
        provinces=tuple(
            Province(code=one.code, name=one.name, letters=one.short, column=one.tile[0], row=one.tile[1])
            for one in gazetteer.regions.values()
            if one.tile is not None
        ),
    )
