"""Desk: everything of one live desk, joined in the order in which it needs each other, started and stopped."""

from __future__ import annotations

import time

from litestar.types import ASGIApp
from msgspec.structs import replace

from pulih.adapters.clock_file import keep_last_seen
from pulih.adapters.config import DeskSettings
from pulih.adapters.data_folder import DataFolder
from pulih.adapters.journal.disk import Disk
from pulih.adapters.remembered_readings import RememberedReadings
from pulih.adapters.sql.incident_store import SqlIncidentStore
from pulih.adapters.sql.people_store import SqlPeopleStore
from pulih.adapters.sql.planned_changes import SqlPlannedChanges
from pulih.adapters.sql.signal_store import SqlSignalStore
from pulih.adapters.sql.work_store import SqlWorkStore
from pulih.listen.payload import PayloadReader
from pulih.main import zone_name
from pulih.model.clock import MICROS
from pulih.ports.clock import Clock
from pulih.ports.credit_desk import CreditPress
from pulih.serve.beating import House, Pulse, Task
from pulih.serve.calendars import Planning, calendars_of
from pulih.serve.caring import care_of
from pulih.serve.chat_asking import Chats
from pulih.serve.clocks import SteadyClock, latest_of
from pulih.serve.crediting import credits_of
from pulih.serve.dispatch import DeskApp
from pulih.serve.expiring import expiry_of
from pulih.serve.hooks import hooks_of
from pulih.serve.interchange import Interchange
from pulih.serve.knowledge import Known, known_to
from pulih.serve.learning import Stored, learning_of, reviewing_of
from pulih.serve.listening import listening_of
from pulih.serve.living import live_of
from pulih.serve.pages import is_heard_here, names_of, sign_on_of, web_settings_of
from pulih.serve.probing import schedule_of
from pulih.serve.publishing import Sources, begun_us, publishing_of
from pulih.serve.reading import reading_workers
from pulih.serve.recovering import recoveries_of
from pulih.serve.sending import Post
from pulih.serve.storage import Storage
from pulih.serve.timeline import timeline_of, witnessing_of
from pulih.serve.usefulness import usefulness_of
from pulih.service.accepting import Accepting
from pulih.service.credit_links import CreditLinks
from pulih.service.evidence import evidence_of
from pulih.service.incidents import Incidents
from pulih.service.interchange.hearing import Hearing
from pulih.service.invitations import Invitations
from pulih.service.learning import Learning
from pulih.service.listening.room import Listening
from pulih.service.live.desk import LiveDesk
from pulih.service.people import People
from pulih.service.public_form import PublicForm
from pulih.service.releasing import release
from pulih.service.upkeep import Upkeep, stands_s
from pulih.service.works import Works
from pulih.web.api.app import build_api
from pulih.web.api.health import Health, answer_check, clock_check, lag_check, lag_of
from pulih.web.api.metrics import DeskCollector, MeasuredLayer, Metrics
from pulih.web.api.operation import Behind
from pulih.web.console import ROUTES, announce
from pulih.web.console.asking import speech_of
from pulih.web.frame.hub import Hub
from pulih.web.frame.rooms import Rooms
from pulih.web.intake.app import IntakeApp
from pulih.web.public.site_layer import SiteLayer
from pulih.web.site import site
from pulih.web.statuspage import StatuspageApp


class Desk:
    """One live desk. `start` it once and `stop` it once.

    Args:
        folder: its data folder, locked.
        settings: its settings.
        clock: what time it is.
        disk: how its journal is written; as this machine does when None.
        press: works credits out; a process of its own when None.
        readers: read texts, and are closed with the desk; processes of their own when None.

    Raises: RefusedInput when a secret or a snapshot cannot be used; OutsideFailed when disk or database cannot.

    Attributes:
        accepting, listening, live, incidents, works, people, credits, learning, usefulness: its rooms.
        hub: tells open pages what changed.
        publishing: keeps the public site.
        proving: keeps the tamper-evident timeline.
        post: takes subscriptions and sends words.
        app, alone: all that it serves; what keeps its database for itself.
    """

    def __init__(
        self,
        folder: DataFolder,
        settings: DeskSettings,
        clock: Clock,
        *,
        disk: Disk | None = None,
        press: CreditPress | None = None,
        readers: RememberedReadings | None = None,
    ) -> None:
        self._settings, self._clock = settings, clock
        self._steady = clock if isinstance(clock, SteadyClock) else None
        self._layout = folder.layout
        self._storage = storage = Storage(folder.layout, settings, disk)
        self.alone = storage.alone
        self._signals = SqlSignalStore(storage.desk)
        self._changes = SqlPlannedChanges(storage.desk)
        known = known_to(settings)
        self._readers = readers or reading_workers(settings)
        self.accepting = Accepting(storage.journal, storage.ledger, clock, PayloadReader(folder.secret))
        self.live = self._live(folder, known)
        self._pages = web_settings_of(settings, zone_name(settings.desk.zone), known.catalogue)
        self._names = names_of(known.catalogue, known.gazetteer)
        self._find_region = known.gazetteer.find_code
        self.incidents = self._managed()
        self.recoveries = recoveries_of(
            settings, known, self.live, self._signals, incidents=self.incidents, clock=clock
        )
        self.works = Works(SqlWorkStore(storage.desk), self._changes, incidents=self.incidents, clock=clock)
        self.care = care_of(settings, known, self.incidents, readers=self._readers, clock=clock, key=folder.secret)
        self.credits = credits_of(
            settings, folder.layout.credits, storage.desk, incidents=self.incidents, clock=clock, press=press
        )
        self.learning = self._learning(known, folder.secret)
        self.usefulness = usefulness_of(
            storage.desk, self._signals, known, live=self.live, incidents=self.incidents, clock=clock
        )
        self.live.on_opened(self.incidents.open_for)
        self.live.on_cleared(lambda finding: self.incidents.clear(finding.id))
        roles = settings.oidc.roles if settings.oidc else None
        self.people = People(SqlPeopleStore(storage.desk), clock, key=folder.secret, groups=roles)
        self._planning = Planning(calendars_of(settings, known, self._layout, changes=self._changes, clock=clock))
        self._pulse = Pulse(self.live.advance, clock)
        self.accepting.on_accepted(self._pulse.wake)
        self._expiry = expiry_of(storage, self._signals, self.live, settings.storage)
        hearing = Hearing(self.accepting, PayloadReader(folder.secret), clock)
        self.interchange = Interchange(storage, settings, known=known, incidents=self.incidents, hearing=hearing)
        self.post = self._post(folder, known)
        self.listening = self._listening(folder.secret, known)
        self._house = House({"database": self.alone.look} | self._chores(), clock)
        self._probes = schedule_of(settings, self.accepting, PayloadReader(folder.secret), clock)
        self.lag_s = lag_of(storage.journal, self.live.position, clock, over_s=self.live.over_s)
        self.hub = Hub()
        self._intake = self._reports(folder.secret)
        self.proving = timeline_of(folder.layout, storage.desk, settings, clock)
        sources = self._sources()
        self.publishing, self._own_site = publishing_of(settings, known, folder.layout, sources=sources, clock=clock)
        self.publishing.on_put(self.post.look)
        self._witnessing = witnessing_of(self.proving, settings, self.publishing.wake)
        self.app: ASGIApp = self._joined(folder.secret)

    def start(self) -> None:
        """Count what a killed desk left in the journal alone before its day may expire; begin. Raises OutsideFailed."""
        self.credits.start()
        self.accepting.start()
        self._expiry.expire(self._clock.now_us())
        self._pulse.start()
        self._house.start()
        self._probes.start()
        self.listening.start()
        self.publishing.start()
        self.post.start()
        self.interchange.start()

    def stop(self) -> None:
        """End in good order: nobody new, then what waits for the disk, then what counts; keep the state.

        Raises: OutsideFailed when the state cannot be kept; the next start makes it again from the one before.
        """
        self.live.end()
        self.credits.stop()
        self.interchange.stop()
        self.post.stop()
        self.publishing.stop()
        self.listening.stop()
        self._probes.stop()
        self._house.stop()
        self.accepting.close()
        self._pulse.stop()
        try:
            self.live.snapshot()
            self._keep_clock(0)
        finally:
            self._intake.close()
            self._readers.close()
            self._storage.close()

    def counted_until_us(self) -> int:
        """Return the moment until which all that was accepted is counted and windows are closed; for replays."""
        return self._pulse.done_us if self.live.position() == self._storage.journal.last() else 0

    def upkeep(self) -> Upkeep:
        """Return how the desk is kept."""
        stands = stands_s(self.live.closed_until_us(), self._clock.now_us())
        kept = Upkeep(chores=self._house.told(), unread=self._readers.unread, stands_s=stands)
        if self._steady is None:
            return kept
        apart_s, says = self._steady.apart_us() / MICROS, self._steady.says()
        return replace(kept, clock_jumps=self._steady.jumps, clock_apart_s=apart_s, clock_says=says)

    def greeting(self, address: str) -> str:
        """Return what is said when the desk listens at `address`: where it is, and the link of the first admin."""
        address, link = self._settings.server.address or address, self.people.first_link()
        first = f"\nFirst admin, once and within two days:  {address}/link/{link}" if link else ""
        where = f"Console:  {address}/console\nPublic page:  {address}/{first}"
        return f"Pulih is at your desk.\n{where}\nEnd it with Ctrl-C.\n"

    def _chores(self) -> dict[str, Task]:
        return {
            "scheduled statements": lambda now_us: release(self.incidents, now_us),
            "expiry": self._expiry.expire,
            "calendars": self._planning.refresh,
            "listening": self.listening.keep,
            "clock": self._keep_clock,
            "works": self._overrun,
            "usefulness of sources": self.usefulness.learn,
            "recovery": self.recoveries.advance,
            "interchange": self.interchange.tidy,
            "witnesses": lambda _: self._witnessing.ask(),
        }

    def _managed(self) -> Incidents:
        return Incidents(
            SqlIncidentStore(self._storage.desk),
            self._clock,
            speech=speech_of(self._pages, self._names),
            changes=self._changes,
            evidence=evidence_of(self.live, self._clock),
        )

    def _sources(self) -> Sources:
        return Sources(
            incidents=self.incidents,
            live=self.live,
            signals=self._signals,
            changes=self._changes,
            works=self.works,
            proving=self.proving,
            learning=self.learning,
            since_us=begun_us(self._storage.desk, self._clock),
        )

    def _live(self, folder: DataFolder, known: Known) -> LiveDesk:
        return live_of(
            folder,
            self._settings,
            self._storage,
            known,
            signals=self._signals,
            readers=self._readers,
            planned=self._changes,
            clock=self._clock,
        )

    def _listening(self, secret: bytes, known: Known) -> Listening:
        settings, storage, clock = self._settings, self._storage, self._clock
        chats = Chats(storage, secret, known, self._signals, incidents=self.incidents, talk=self.post.talk)
        return listening_of(
            settings, storage, secret, accepting=self.accepting, live=self.live, clock=clock, chats=chats
        )

    def _post(self, folder: DataFolder, known: Known) -> Post:
        return Post(
            self._storage.desk,
            folder,
            self._settings,
            learning=self.learning,
            clock=self._clock,
            pages=self._pages,
            find_region=known.gazetteer.find_code,
            awaited=self._awaited,
        )

    def _learning(self, known: Known, secret: bytes) -> Learning:
        stored = Stored(self._storage.desk, secret)
        return learning_of(self._settings, known, stored, incidents=self.incidents, live=self.live, clock=self._clock)

    def _reports(self, secret: bytes) -> IntakeApp:
        return IntakeApp(
            self.accepting,
            PayloadReader(secret),
            latest_of(self._clock),
            allow=self.people.tokens.let_in,
            hooks=hooks_of(self._settings),
            world_s=self._world_s,
            talk=self.post.hear,
        )

    def _joined(self, secret: bytes) -> DeskApp:
        rooms = Rooms(
            clock=self._clock,
            people=self.people,
            incidents=self.incidents,
            live=self.live,
            accepting=self.accepting,
            listening=self.listening,
            calls=self._intake.calls,
            form=PublicForm(self.accepting, PayloadReader(secret), self._clock),
            care=self.care,
            invitations=Invitations(secret),
            find_region=self._find_region,
            simulated=self._simulated,
            changes=self._changes,
            works=self.works,
            recoveries=self.recoveries,
            on_call=self.post.on_call,
            credits=self.credits,
            credit_links=CreditLinks(secret),
            learning=self.learning,
            posting=self.post.posting if self.post.sends else None,
            usefulness=self.usefulness,
            reviewing=reviewing_of(self.learning, self._clock),
            settings=self._pages,
            names=self._names,
            sign_on=sign_on_of(self._settings, self._clock),
            hub=self.hub,
            upkeep=self.upkeep,
            publishing=self.publishing.now,
            subscribing=self.post.subscribing,
            sending=self.post.now,
        )
        announce(rooms)
        metrics = Metrics(DeskCollector(self.live, self.incidents, self._clock, lag_s=self.lag_s, upkeep=self.upkeep))
        behind = Behind(
            clock=self._clock,
            allow=self.people.allow,
            live=self.live,
            incidents=self.incidents,
            care=self.care,
            recoveries=self.recoveries,
            credits=self.credits,
            credit_links=CreditLinks(secret),
            learning=self.learning,
            health=self._health(),
            keep_calendar=self._planning.keep,
            desk=self._settings.server.address.rstrip("/"),
            address=(self._settings.site.address or self._settings.server.address).rstrip("/"),
        )
        pages = MeasuredLayer(self._pages_of(rooms), metrics, "pages")
        asked, tmf = StatuspageApp(self._document), self.interchange.app(self.people.allow)
        api = build_api(behind, metrics, heard_here=is_heard_here(self._settings))
        return DeskApp(self._intake, api, pages, statuspage=asked, tmf=tmf)

    def _document(self, path: str) -> bytes | None:
        page = self._own_site.page(path) if self._own_site.holds(path) else None
        return None if page is None else page.content

    def _pages_of(self, rooms: Rooms) -> ASGIApp:
        return SiteLayer(site(rooms, ROUTES), self._own_site, encrypted=self._pages.address.startswith("https://"))

    def _health(self) -> Health:
        return Health(
            {
                "journal": self._storage.check(self.accepting.trouble),
                "ledger": answer_check(self._storage.ledger.counts),
                "counting": self._pulse.trouble,
                "pipeline": lag_check(self.lag_s),
                "clock": clock_check(self.live.closed_until_us, self._clock),
                "probes": self._probes.trouble,
            },
            {
                "machine clock": lambda: self.upkeep().clock_says,
                "chores": lambda: self.upkeep().chores_say(),
                "reading": self.live.trouble,
                "listening": self.listening.trouble,
                "publishing": self.publishing.trouble,
                "timeline": self.proving.trouble,
                "sending": self.post.trouble,
                "interchange": self.interchange.trouble,
            },
        )

    def _simulated(self) -> bool:
        """Tell whether some of what is heard is made up, as in the demo; what is published says the same."""
        published = self.publishing.latest()
        return published is not None and published.simulated

    def _awaited(self, word: str) -> str:
        return self.publishing.awaited(word)

    def _world_s(self) -> float:
        """Return the present of the world, by which proofs of hooks are judged, in a replay too."""
        return self._steady.now_us() / MICROS if self._steady else time.time()

    def _keep_clock(self, _: int) -> None:
        if self._steady:
            keep_last_seen(self._layout.clock, self._steady.seen())

    def _overrun(self, now_us: int) -> None:
        self.works.advance(now_us)
