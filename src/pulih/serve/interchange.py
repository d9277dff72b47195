"""Interchange: the TM Forum interfaces of a desk, joined, and the thread that tells listeners what happened."""

from __future__ import annotations

import asyncio
import contextlib
import ipaddress
import sys
import threading
import time
from collections.abc import Callable
from typing import Final

from pulih.adapters.addresses import Network, may_be_reached, networks
from pulih.adapters.channels.posting import Poster, Reach, outcome_of
from pulih.adapters.config import DeskSettings
from pulih.adapters.config.targets import http_target
from pulih.adapters.journal.sealing import DaySeal
from pulih.adapters.sql.document_store import SqlDocumentStore
from pulih.adapters.sql.event_store import SqlEventStore
from pulih.communicate.speech import Speech
from pulih.interchange.problem_scopes import Names
from pulih.model.errors import OutsideFailed, PulihError, RefusedInput
from pulih.model.person import TokenView
from pulih.ports.channels import Outcome
from pulih.serve.beating import days_ago
from pulih.serve.knowledge import Known
from pulih.serve.storage import Storage
from pulih.service.incidents import Incidents
from pulih.service.interchange.alarms import Alarms
from pulih.service.interchange.hearing import Hearing
from pulih.service.interchange.hub import Hub
from pulih.service.interchange.problems import Problems
from pulih.service.interchange.shelf import Shelf
from pulih.service.interchange.tickets import Tickets
from pulih.service.waking import woken
from pulih.web.tmf.app import TmfApp
from pulih.web.tmf.resources import Exchange, resources_of

_LOOK_S: Final = 20.0
_RETRY_S_MAX: Final = 60.0


class Interchange:
    """What partners ask of a desk, and are told by it.

    Args:
        storage: the desk's; what is sealed goes with the keys of its journal.
        settings: the desk's.
        known: operators and regions.
        incidents: the desk's.
        hearing: the way to the intake.
    """

    def __init__(
        self, storage: Storage, settings: DeskSettings, *, known: Known, incidents: Incidents, hearing: Hearing
    ) -> None:
        self._settings, clock = settings, hearing.clock
        self._address = settings.server.address.rstrip("/")
        self._allowed = networks(settings.tmf.allow_networks)
        self._documents = SqlDocumentStore(storage.desk)
        seal = DaySeal(storage.keys)
        shelf = Shelf(self._documents, seal, clock, address=self._address, text_ids=settings.tmf.as_kits)
        names = _names(settings, known, incidents.speech)
        alarms = Alarms(shelf, hearing, operator=names.own)
        problems = Problems(shelf, incidents, names)
        self._hub = Hub(
            SqlEventStore(storage.desk),
            seal,
            shelf,
            problems=problems,
            incidents=incidents,
            usable=self._refuse_address,
        )
        self._exchange = Exchange(
            shelf=shelf,
            alarms=alarms,
            tickets=Tickets(shelf, hearing, incidents, operator=names.own),
            problems=problems,
            hub=self._hub,
            incidents=incidents,
            clock=clock,
        )
        self._stopping = threading.Event()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._changed = asyncio.Event()
        self._trouble = ""
        self._thread = threading.Thread(target=self._run, name="interchange", daemon=True)
        shelf.on_event(self.look)
        incidents.on_change(lambda *_: self.look())

    def app(self, allow: Callable[[str], TokenView | None]) -> TmfApp:
        """Return the application of the interfaces; `allow` says what the secret of a token lets its bearer do."""
        resources = resources_of(self._exchange, as_kits=self._settings.tmf.as_kits)
        return TmfApp(resources, allow, address=self._address)

    def start(self) -> None:
        """Begin to tell listeners."""
        self._thread.start()

    def stop(self) -> None:
        """End after what is being told."""
        self._stopping.set()
        self.look()
        if self._thread.is_alive():
            self._thread.join()

    def look(self) -> None:
        """Look soon for what listeners have not been told; any thread may call it."""
        loop = self._loop
        if loop is not None:
            # A loop that ended meanwhile has nothing left to do.
            with contextlib.suppress(RuntimeError):
                loop.call_soon_threadsafe(self._changed.set)

    def trouble(self) -> str:
        """Return why somebody is not told, "" when all goes well."""
        return self._trouble

    def tidy(self, now_us: int) -> None:
        """Let go of what is too old. Raises OutsideFailed."""
        self._hub.forget(now_us)
        self._documents.forget(days_ago(now_us, self._settings.storage.signal_days))

    def _run(self) -> None:
        failed = 0
        while not self._stopping.is_set():
            try:
                asyncio.run(self._tell())
                failed = 0
            except Exception as problem:
                failed = min(failed + 1, 10)
                self._told(problem)
                self._stopping.wait(min(2.0**failed, _RETRY_S_MAX))

    async def _tell(self) -> None:
        """Tell until asked to stop. Raises OutsideFailed when the database cannot be used."""
        self._loop, self._changed = asyncio.get_running_loop(), asyncio.Event()
        poster = Poster(Reach(allowed=self._allowed))
        try:
            while not self._stopping.is_set():
                self._changed.clear()
                await asyncio.to_thread(self._hub.look)

                async def post(address: str, body: bytes) -> Outcome:
                    return await _posted(poster, address, body)

                again_s = await self._hub.tell(post)
                self._trouble = await asyncio.to_thread(self._hub.trouble)
                await woken(self._changed, _LOOK_S if again_s is None else min(again_s, _LOOK_S))
        finally:
            self._loop = None
            await poster.close()

    def _told(self, problem: Exception) -> None:
        said = str(problem) or type(problem).__name__
        if said != self._trouble:
            kind = "" if isinstance(problem, PulihError) else f"{type(problem).__name__}: "
            sys.stderr.write(f"pulih: telling partners failed at {time.strftime('%H:%M:%S')}: {kind}{said}\n")
        self._trouble = said

    def _refuse_address(self, address: str) -> None:
        refuse_address(address, self._allowed)


def refuse_address(address: str, allowed: tuple[Network, ...]) -> None:
    """Refuse an address of a listener that the desk would never post to; a name is looked up when it is posted to.

    Raises: RefusedInput.

    >>> refuse_address("https://noc.example.id/listener", ())
    >>> refuse_address("https://127.0.0.1/listener", ())
    Traceback (most recent call last):
    pulih.model.errors.RefusedInput: 127.0.0.1 is not public; right would be one that is, or [tmf] allow_networks
    """
    target = http_target(address)
    right = "or [tmf] allow_networks"
    if not target.tls and not allowed:
        raise RefusedInput(f"{target.at.host} would be told unencrypted; right would be one with https://, {right}")
    try:
        at = ipaddress.ip_address(target.at.host)
    except ValueError:
        return
    if not may_be_reached(at, allowed):
        raise RefusedInput(f"{at} is not public; right would be one that is, {right}")


async def _posted(poster: Poster, address: str, body: bytes) -> Outcome:
    try:
        return outcome_of(await poster.post(address, body, {"content-type": "application/json"}))
    except (RefusedInput, OutsideFailed) as failure:
        return Outcome("later", str(failure))


def _names(settings: DeskSettings, known: Known, speech: Speech) -> Names:
    """Return how the desk calls operators and regions, and whose it is where that is one."""
    named = [settings.tmf.operator] if settings.tmf.operator else [*settings.desk.operators]
    found = [known.catalogue.resolve(name) for name in named]
    own = found[0].id if len(found) == 1 and found[0] is not None else ""

    def operator_of(name: str) -> str:
        operator = known.catalogue.resolve(name)
        return operator.id if operator else ""

    def region_of(name: str) -> str:
        return known.gazetteer.find_code(name) or ""

    return Names(
        operators=speech.operators, regions=speech.regions, operator_of=operator_of, region_of=region_of, own=own
    )
