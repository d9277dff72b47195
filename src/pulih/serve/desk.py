"""Desk: everything of one live desk, joined in the order in which it needs each other, started and stopped."""

from __future__ import annotations

import time
from typing import cast
from zoneinfo import ZoneInfo

from litestar.types import ASGIApp

from pulih.adapters.announcement import understood_by
from pulih.adapters.calendar_files import CalendarFile, CalendarFiles
from pulih.adapters.catalogue import load_catalogue
from pulih.adapters.config import DeskSettings
from pulih.adapters.data_folder import DataFolder
from pulih.adapters.gazetteer import load_gazetteer
from pulih.adapters.journal.keys import DayKeys
from pulih.adapters.journal.log import SegmentJournal
from pulih.adapters.snapshots import SnapshotFolder
from pulih.adapters.sql.incident_store import SqlIncidentStore
from pulih.adapters.sql.ledger import SqlLedger
from pulih.adapters.sql.people_store import SqlPeopleStore
from pulih.adapters.sql.planned_changes import SqlPlannedChanges
from pulih.adapters.sql.signal_store import SqlSignalStore
from pulih.listen.payload import PayloadReader
from pulih.main import zone_name
from pulih.model.clock import MICROS
from pulih.model.finding import Finding
from pulih.ports.clock import Clock
from pulih.serve.beating import House, Pulse, days_ago
from pulih.serve.dispatch import DeskApp
from pulih.serve.hooks import hooks_of
from pulih.serve.pages import names_of, parents_of, sign_on_of, web_settings_of
from pulih.serve.probing import schedule_of
from pulih.serve.reading import own_operator, reading_workers
from pulih.serve.storage import open_storage
from pulih.service.accepting import Accepting
from pulih.service.incidents import Incidents
from pulih.service.live.desk import LiveDesk, LiveRooms, LiveSettings
from pulih.service.people import People
from pulih.service.view import Verdict
from pulih.understand.places import PlaceFinder
from pulih.web.api.app import build_api
from pulih.web.api.health import Check, Health, lag_check
from pulih.web.api.metrics import DeskCollector, MeasuredLayer, Metrics
from pulih.web.api.operation import Behind
from pulih.web.console import ROUTES, announce
from pulih.web.frame.rooms import Rooms
from pulih.web.intake.app import IntakeApp
from pulih.web.site import site

# Width of the windows of the live desk.
BIN_S = 60


class Desk:
    """One live desk. `start` it once and `stop` it once.

    Args:
        folder: its data folder, locked.
        settings: its settings.
        clock: what time it is.

    Raises: RefusedInput when a secret or a snapshot cannot be used; OutsideFailed when disk or database cannot.
    """

    def __init__(self, folder: DataFolder, settings: DeskSettings, clock: Clock) -> None:
        self._settings = settings
        self._clock = clock
        layout, secret = folder.layout, folder.secret
        self._engines = [open_storage(layout, settings, role) for role in ("intake", "desk")]
        intake_engine, desk_engine = self._engines
        ledger = SqlLedger(intake_engine)
        self._journal = SegmentJournal(layout.journal, DayKeys(layout.keys), ledger_at=ledger.position())
        self._signals = SqlSignalStore(desk_engine)
        changes = SqlPlannedChanges(desk_engine)
        own = own_operator(settings)
        catalogue = load_catalogue(settings.desk.catalogue)
        catalogue = catalogue.with_operator(own) if own else catalogue
        gazetteer = load_gazetteer(settings.desk.places)
        reader = PayloadReader(secret)
        self.accepting = Accepting(self._journal, ledger, clock, reader)
        self._readers = reading_workers(settings)
        zone = zone_name(settings.desk.zone)
        self.live = LiveDesk(
            LiveRooms(
                journal=self._journal,
                ledger=ledger,
                store=self._signals,
                snapshots=SnapshotFolder(layout.snapshot, secret),
                readers=self._readers,
                planned=changes,
                clock=clock,
                catalogue=catalogue,
                gazetteer=gazetteer,
                key=secret,
            ),
            LiveSettings(bin_s=BIN_S, false_alarms_per_week=settings.desk.false_alarms_per_week, zone=zone),
        )
        self.incidents = Incidents(
            SqlIncidentStore(desk_engine), clock, zone=ZoneInfo(zone), parents=parents_of(gazetteer), changes=changes
        )
        self.live.on_opened(self._opened)
        self.live.on_cleared(self._cleared)
        oidc = settings.oidc
        self.people = People(SqlPeopleStore(desk_engine), clock, groups=oidc.roles if oidc else None)
        self._pulse = Pulse(self.live.advance, clock)
        self.accepting.on_accepted(self._pulse.wake)
        self._calendars = CalendarFiles(
            [CalendarFile(one.file, one.operator) for one in settings.maintenance],
            layout.calendars,
            changes,
            understood=understood_by(catalogue, PlaceFinder(gazetteer)),
            zone=ZoneInfo(zone),
            clock=clock,
        )
        self._house = House([self._expire, self._refresh], clock)
        self._probes = schedule_of(settings, self.accepting, reader, clock)
        self._rooms = Rooms(
            clock=clock,
            people=self.people,
            incidents=self.incidents,
            live=self.live,
            accepting=self.accepting,
            changes=changes,
            settings=web_settings_of(settings, zone, catalogue),
            names=names_of(catalogue, gazetteer),
            sign_on=sign_on_of(settings, clock),
        )
        self._intake = IntakeApp(
            self.accepting,
            reader,
            clock,
            allow=self.people.allow,
            hooks=hooks_of(settings),
            world_s=time.time,
        )
        self.app: ASGIApp = self._joined()

    def start(self) -> None:
        """Take in what a stopped desk left, and begin. Raises OutsideFailed."""
        self._expire(self._clock.now_us())
        self.accepting.start()
        self._pulse.start()
        self._house.start()
        self._probes.start()

    def stop(self) -> None:
        """End everything in good order: nobody new, then what waits, then what counts it; keep the state."""
        self._probes.stop()
        self._house.stop()
        self.accepting.close()
        self._pulse.stop()
        self.live.snapshot()
        self._intake.close()
        self._readers.close()
        self._journal.close()
        for engine in self._engines:
            engine.dispose()

    def lag_s(self) -> float:
        """Return how old the oldest report is that was accepted and is not counted yet, in seconds."""
        taken = self.live.position()
        waiting = self._journal.frame(taken + 1) if taken < self._journal.last() else None
        return 0.0 if waiting is None else max(0.0, (self._clock.now_us() - waiting.received_us) / MICROS)

    def counted_until_us(self) -> int:
        """Return the moment until which all that was accepted is counted and windows are closed; for replays."""
        return self._pulse.done_us if self.live.position() == self._journal.last() else 0

    def greeting(self, address: str) -> str:
        """Return what is said when the desk listens at `address`: where it is, and the link of the first admin."""
        address = self._settings.server.address or address
        link = self.people.first_link()
        first = f"\nFirst admin, once and within two days:  {address}/link/{link}" if link else ""
        where = f"Console:  {address}/console\nPublic page:  {address}/{first}"
        return f"Pulih is at your desk.\n{where}\nEnd it with Ctrl-C.\n"

    def _joined(self) -> DeskApp:
        announce(self._rooms)
        metrics = Metrics(DeskCollector(self.live, self.incidents, self._clock, lag_s=self.lag_s))
        behind = Behind(
            clock=self._clock,
            allow=self.people.allow,
            live=self.live,
            incidents=self.incidents,
            health=Health(self._checks()),
        )
        return DeskApp(
            MeasuredLayer(cast(ASGIApp, self._intake), metrics, "intake"),
            build_api(behind, metrics),
            MeasuredLayer(site(self._rooms, ROUTES), metrics, "pages"),
        )

    def _checks(self) -> dict[str, Check]:
        return {
            "intake": self.accepting.trouble,
            "counting": self._pulse.trouble,
            "pipeline": lag_check(self.lag_s),
            "probes": self._probes.trouble,
        }

    def _opened(self, finding: Finding, verdict: Verdict) -> None:
        self.incidents.open_for(finding, verdict)

    def _cleared(self, finding: Finding) -> None:
        self.incidents.clear(finding.id)

    def _expire(self, now_us: int) -> None:
        storage = self._settings.storage
        self._journal.expire(days_ago(now_us, storage.text_days))
        self._signals.expire(days_ago(now_us, storage.signal_days))

    def _refresh(self, _: int) -> None:
        self._calendars.refresh()
