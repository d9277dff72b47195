"""Rooms are what the pages ask: clock, people, incidents, what is heard now, and the names of things.

Handlers get them with each request (`rooms_of`), so nothing is global and a test hands in its own.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Literal

import msgspec
from litestar.connection import ASGIConnection

from pulih.communicate.cadence import Cadence
from pulih.model.reading import Service
from pulih.ports.clock import Clock
from pulih.ports.people import SignOn
from pulih.service.care import Care
from pulih.service.credit_desk import CreditDesk
from pulih.service.credit_links import CreditLinks
from pulih.service.invitations import Invitations
from pulih.service.learning import Learning
from pulih.service.limits import Limit
from pulih.service.listening.calls import Calls
from pulih.service.on_call import OnCall
from pulih.service.people import People
from pulih.service.posting import Posting
from pulih.service.public_form import PublicForm
from pulih.service.publishing import PublishingNow
from pulih.service.recovery import Recoveries
from pulih.service.reviewing import Reviewing
from pulih.service.sending_now import SendingNow
from pulih.service.subscribing import Subscribing
from pulih.service.upkeep import Upkeep
from pulih.service.usefulness import Usefulness
from pulih.service.works import Works
from pulih.web.frame.hub import Hub
from pulih.web.frame.lately import Lately

Language = Literal["id", "en"]
# An operator shows its own brands only; an independent desk all, and an operator's reply as a statement in its name.
Mode = Literal["operator", "independent"]


class WebSettings(msgspec.Struct, frozen=True, kw_only=True):
    """What the pages need to know of the configuration.

    Attributes:
        desk: name of the desk, as pages show it.
        mode: see `Mode`; `own` are the catalogue ids of the desk's own operators.
        address: where the desk is reached, without a slash at the end; "" = wherever it is asked.
        site: where people read the public site, where that is another address.
        speaker, office: who speaks for the desk in public, by name and office; "" nobody by name.
        zone: time zone of the desk.
        language: in which language a page opens before anybody has chosen.
        secure_cookies: False only for a desk that is reached over plain HTTP by its own machine alone.
        sign_on: name of the single sign-on, as its button says; "" without one.
        proxies: addresses of reverse proxies whose word on the visitor's address is taken.
        cadence: how often the public hears from the desk; None leaves it to the drafts.
    """

    desk: str = "Pulih"
    mode: Mode = "independent"
    own: tuple[str, ...] = ()
    address: str = ""
    site: str = ""
    speaker: str = ""
    office: str = ""
    zone: str = "Asia/Jakarta"
    language: Language = "id"
    secure_cookies: bool = True
    sign_on: str = ""
    proxies: tuple[str, ...] = ()
    cadence: Cadence | None = None

    @property
    def public_address(self) -> str:
        """Where people read the public site, without a slash at the end; "" = wherever the desk is asked.

        >>> WebSettings(address="https://desk.example", site="https://status.example").public_address
        'https://status.example'
        """
        return self.site or self.address


class Province(msgspec.Struct, frozen=True, kw_only=True):
    """One square of the tile map: Kemendagri code, name, letters, column and row from 0."""

    code: str
    name: str
    letters: str
    column: int
    row: int


class Names(msgspec.Struct, frozen=True, kw_only=True):
    """What things are called: operators by catalogue id, regions by Kemendagri code; the provinces of the tile map.

    `services` are those that an operator sells; of one that is not in it nothing is known.
    """

    operators: Mapping[str, str] = {}
    services: Mapping[str, tuple[Service, ...]] = {}
    regions: Mapping[str, str] = {}
    provinces: tuple[Province, ...] = ()

    def operator(self, key: str) -> str:
        """Return the name of an operator, its id where it has none.

        >>> Names(operators={"xl": "XL"}).operator("xl")
        'XL'
        """
        return self.operators.get(key, key)

    def region(self, code: str | None) -> str:
        """Return the name of a region, "" for the whole country, the code where it has none.

        >>> Names(regions={"31": "DKI Jakarta"}).region("31")
        'DKI Jakarta'
        """
        return self.regions.get(code, code) if code else ""


def _nowhere(_: str) -> str:
    return ""


def _in_earnest() -> bool:
    return False


class Rooms(msgspec.Struct, frozen=True, kw_only=True):
    """Everything behind the pages.

    `incidents`, `live` and `accepting` are the facades of service/, `changes` knows planned changes (ports/live.py);
    None while a desk (or a test) runs without them. `form` takes what the public form sends, `care` answers
    agents, `invitations` ask reporters whether it works again; None where a desk runs without. `find_region` returns
    the code of a region that somebody named, "" for none. `simulated` tells whether some of what is heard is made up.
    `sign_on` is None without a single sign-on.
    """

    clock: Clock
    people: People
    incidents: Any = None
    live: Any = None
    accepting: Any = None
    # Listens to sources by itself, None where a desk runs without; and what became of deliveries to hooks.
    listening: Any = None
    calls: Calls = msgspec.field(default_factory=lambda: Calls({}))
    form: PublicForm | None = None
    care: Care | None = None
    invitations: Invitations | None = None
    find_region: Callable[[str], str] = _nowhere
    simulated: Callable[[], bool] = _in_earnest
    changes: Any = None
    # Planned works that the desk announces.
    works: Works | None = None
    # Judges the end of incidents, None where a desk runs without.
    recoveries: Recoveries | None = None
    # Who is called when an outage waits.
    on_call: OnCall | None = None
    # Works credits out and keeps the books of them, and makes links to one account; None where a desk runs without.
    credits: CreditDesk | None = None
    credit_links: CreditLinks | None = None
    # Records of incidents and what people learn from them; None where a desk runs without.
    learning: Learning | None = None
    # Sends reports and the question after an outage; None where the desk writes to nobody.
    posting: Posting | None = None
    # What each source is worth, as learned; None where a desk runs without.
    usefulness: Usefulness | None = None
    # Draws reviews as pages and PDF; None where a desk runs without.
    reviewing: Reviewing | None = None
    # How often one address may ask for accounts: sixty in ten minutes.
    credit_tries: Limit = msgspec.field(default_factory=lambda: Limit(60, 600))
    # How often one address may open links to the question after an outage.
    survey_tries: Limit = msgspec.field(default_factory=lambda: Limit(60, 600))
    settings: WebSettings = WebSettings()
    names: Names = Names()
    sign_on: SignOn | None = None
    hub: Hub = msgspec.field(default_factory=Hub)
    # How the desk itself is kept.
    upkeep: Callable[[], Upkeep] = Upkeep
    # How the public site is published.
    publishing: Callable[[], PublishingNow] = PublishingNow
    # Takes subscriptions, None where the desk writes to nobody; and how sending stands.
    subscribing: Subscribing | None = None
    sending: Callable[[], SendingNow] = SendingNow
    # What is heard now, as the public page tells it.
    heard: Lately[Any] = msgspec.field(default_factory=Lately)


def rooms_of(connection: ASGIConnection[Any, Any, Any, Any]) -> Rooms:
    """Return the rooms of the application that a request came to."""
    rooms: Rooms = connection.scope["state"]["rooms"]
    return rooms
