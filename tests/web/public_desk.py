"""A desk of which every public page that is none of the site can be opened: report, thanks, "normal?", subscribing."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
from desk_world import Live, SetClock, operators, people_in, rooms, source
from intake_in_memory import MemoryJournal, MemoryLedger
from outbox_database import made_database
from served import serving_here

from pulih.adapters.sql.outbox_store import SqlOutbox
from pulih.adapters.sql.subscription_store import SqlSubscriptionStore
from pulih.listen.payload import PayloadReader
from pulih.model.clock import MICROS
from pulih.service.accepting import Accepting
from pulih.service.invitations import Invitations, Invited
from pulih.service.public_form import PublicForm
from pulih.service.subscribing import Subscribing, Wish
from pulih.service.view import RegionNow
from pulih.web.frame.rooms import Names, WebSettings
from pulih.web.site import site

MOBILE = ("mobile_data", "mobile_voice", "sms")
NAMES = Names(
    operators={"smartfren": "Smartfren", "indihome": "IndiHome"},
    services={"smartfren": MOBILE, "indihome": ("fixed_broadband", "tv")},  # type: ignore[dict-item]
    regions={"31": "DKI Jakarta", "31.74": "Jakarta Selatan", "32": "Jawa Barat", "32.73": "Kota Bandung"},
)
REGIONS = {"DKI Jakarta": "31", "Jakarta Selatan": "31.74"}


class Heard(Live):
    """Invented counts, of Jakarta too."""

    def regions(self, operator: str, start_us: int, end_us: int) -> list[RegionNow]:
        return [RegionNow(code="31", name="DKI Jakarta", parent="", reports=290, usual=4.0, finding="")]


class PublicDesk:
    """A desk with a confirmed outage in Jakarta, whose pages say that it is a simulation; `address` is where it is.

    Attributes:
        paths: each kind of page by its name.
    """

    def __init__(self, folder: Path) -> None:
        self.clock, engine, reader = SetClock(), made_database(folder), PayloadReader(b"k" * 16)
        self.accepting = Accepting(MemoryJournal(), MemoryLedger(), self.clock, reader)
        self.accepting.start()
        self.invitations, self.address = Invitations(b"k" * 16), ""
        self._store, self._outbox = SqlSubscriptionStore(engine), SqlOutbox(engine)
        self.subscribing = Subscribing(
            self._store, self._outbox, self.clock, b"k" * 32, offers=("email", "sms", "webhook")
        )
        settings = WebSettings(desk="Meja Contoh", secure_cookies=False)
        self.rooms = rooms(
            people_in(folder, self.clock), self.clock, form=PublicForm(self.accepting, reader, self.clock),
            invitations=self.invitations, find_region=lambda name: REGIONS.get(name, ""), names=NAMES,
            settings=settings, live=Heard(operators(), (source("keluhan", "live"),)), subscribing=self.subscribing,
            simulated=lambda: True,
        )  # fmt: skip
        self.paths = self._paths()

    def _paths(self) -> dict[str, str]:
        at_s = self.clock.now_us() // MICROS
        asked = self.invitations.token(Invited("b1", "smartfren", "Jakarta Selatan", "no_internet", at_s))
        yours, pending, over = (self._subscribed(name) for name in ("ayu", "budi", "citra"))
        self.subscribing.confirm(self.subscribing.confirm_token(yours), network="")
        self.subscribing.stop(self.subscribing.manage_token(over), network="")
        manage = f"/subscription/{self.subscribing.manage_token(yours)}"
        return {
            "home without a site": "/",
            "report": "/report",
            "report, confirm": "/report?symptom=no_internet&place=31.74",
            "report, back": "/report?symptom=recovered",
            "thanks": "/report/thanks?operator=smartfren&symptom=no_internet&place=DKI%20Jakarta",
            "thanks, back": "/report/thanks?operator=smartfren&symptom=recovered",
            "normal": f"/normal?t={asked}",
            "subscribe": "/subscribe?place=31.74&operator=smartfren&province=31",
            "subscribe, sent": "/subscribe/sent",
            "subscribe, browser": "/subscribe/sent?by=browser",
            "subscribe, code": "/subscribe/code",
            "subscribe, machine": "/subscribe/webhook",
            "confirm": f"/subscription/{self.subscribing.confirm_token(pending)}/confirm",
            "yours": f"{manage}?done=changed",
            "end": f"{manage}/stop",
            "ended": f"/subscription/{self.subscribing.manage_token(over)}/stop",
            "no such page": "/subscription/none",
        }

    def _subscribed(self, name: str) -> str:
        """Ask for a subscription, and return its id."""
        self.subscribing.ask(f"{name}@example.id", Wish(), network="")
        self.clock.at_us += MICROS
        [parcel] = self._outbox.claim("email", self.clock.now_us(), 9)
        return parcel.subscription.id

    def path(self, kind: str, language: str) -> str:
        """Return the path of a kind of page in a language."""
        path = self.paths[kind]
        return f"{path}{'&' if '?' in path else '?'}lang={language}"


@contextmanager
def public_desk(folder: Path) -> Iterator[PublicDesk]:
    """Serve one; every kind of page is there."""
    desk = PublicDesk(folder)
    try:
        with serving_here() as serve:
            desk.address = serve(site(desk.rooms), desk.rooms.hub)
            with httpx.Client(base_url=desk.address) as client:
                shown = {kind: client.get(path).status_code for kind, path in desk.paths.items()}
            assert shown == {kind: 400 if kind == "no such page" else 200 for kind in desk.paths}
            yield desk
    finally:
        desk.accepting.close()
