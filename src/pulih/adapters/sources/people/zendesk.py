"""What customers write in tickets of Zendesk, exported as tickets change.

A webhook tells it sooner, and gives up after some tries; the export finds what was written while the desk or the way to
it was down. Both give the same ids, so a source and a hook may have one name. The export leaves out the last minute and
refuses to begin in it.

Source: Zendesk developer documentation: incremental ticket export, cursor based; ticket comments; side-loading users.
"""

from __future__ import annotations

import base64
from collections.abc import AsyncIterator, Mapping
from typing import Annotated, Final

import msgspec
from msgspec import Meta

from pulih.adapters.sources.people._answers import Peer
from pulih.adapters.sources.people._keys import Address, Operator, SecretFile
from pulih.adapters.sources.people._polled import PAGES_MAX, Page, Polled, Rhythm
from pulih.adapters.sources.people._tickets import deleted, item_of, moment_us
from pulih.listen.hooks import zendesk
from pulih.listen.hooks.hooked import Hooked
from pulih.model.clock import MICROS
from pulih.model.errors import RefusedInput
from pulih.ports.sources import Means, SourceKind

_OVERLAP_S: Final = 120.0
# The export begins at least a minute ago, with some seconds for the way there.
_AGO_S: Final = 65
_COMMENTS: Final = 100
# Zendesk lets a ticket have 5,000 comments.
_TURNS_MAX: Final = 50
_CUSTOMER: Final = "end-user"


class Settings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Keys of a [[source]] of this kind.

    Attributes:
        address: of the help desk, such as "https://care-example.zendesk.com".
        user: the e-mail address of an administrator, who alone may export.
        token_file: an API token.
        operator: whose customers write there, as an id of the catalogue.
        every_s: seconds between two times that Zendesk is asked, which it allows ten times a minute.
    """

    address: Address
    user: Annotated[str, Meta(min_length=3, max_length=200, description="an e-mail address, such as noc@example.id")]
    token_file: SecretFile
    operator: Operator = ""
    every_s: Annotated[float, Meta(ge=20, le=86_400, description="seconds from 20 to 86400")] = 60.0


class _Ticket(zendesk.Detail, frozen=True):
    updated_at: str = ""
    status: str = ""


class _Export(msgspec.Struct, frozen=True):
    tickets: list[msgspec.Raw]
    end_of_stream: bool
    after_cursor: str | None = None


class _Written(msgspec.Struct, frozen=True):
    id: int
    body: str = ""
    author_id: int | None = None
    public: bool = True
    created_at: str = ""


class _User(msgspec.Struct, frozen=True):
    id: int
    role: str = _CUSTOMER


class _More(msgspec.Struct, frozen=True):
    has_more: bool = False
    after_cursor: str | None = None


class Comments(msgspec.Struct, frozen=True):
    """A page of comments of a ticket, the first before the others, with who wrote them."""

    comments: list[msgspec.Raw]
    users: list[_User] = []
    meta: _More = _More()


class _Tickets:
    def __init__(self, settings: Settings, means: Means) -> None:
        self._settings, self._means = settings, means
        self._address = settings.address.rstrip("/") + "/api/v2"
        self.peer = Peer(means, "Zendesk", self._shown)

    async def pages(self, since_us: int) -> AsyncIterator[Page]:
        """Yield what customers wrote since then, ticket by ticket, those that changed first before the others."""
        from_s = min(since_us // MICROS, self._means.clock.now_us() // MICROS - _AGO_S)
        asked = {"start_time": str(from_s)}
        for _ in range(PAGES_MAX):
            answer = await self.peer.get(f"{self._address}/incremental/tickets/cursor.json", asked)
            export = self.peer.read(answer.body, _Export, "export of tickets")
            for raw in export.tickets:
                try:
                    ticket = msgspec.json.decode(raw, type=_Ticket)
                except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as problem:
                    yield Page(refused=(f"A ticket of Zendesk: {problem}.",))
                    continue
                async for page in self._written_in(ticket, since_us):
                    yield msgspec.structs.replace(page, latest_us=moment_us(ticket.updated_at))
            if export.end_of_stream or not export.after_cursor:
                return
            asked = {"cursor": export.after_cursor}

    async def _written_in(self, ticket: _Ticket, since_us: int) -> AsyncIterator[Page]:
        if ticket.status == "deleted":
            return
        yield self._page([zendesk.opened(ticket, self._means.name)], since_us, ())
        if ticket.updated_at == ticket.created_at:
            return
        asked = {"include": "users", "page[size]": str(_COMMENTS)}
        for number in range(_TURNS_MAX):
            try:
                answer = await self.peer.get(f"{self._address}/tickets/{ticket.id}/comments.json", asked)
            except RefusedInput as problem:
                if deleted(problem):
                    return
                raise
            shown = self.peer.read(answer.body, Comments, "list of comments")
            told, refused = comments_of(shown, ticket, self._means.name, first=number == 0)
            yield self._page(told, since_us, refused)
            if not shown.meta.has_more or not shown.meta.after_cursor:
                return
            asked = asked | {"page[after]": shown.meta.after_cursor}

    def _page(self, told: list[Hooked], since_us: int, refused: tuple[str, ...]) -> Page:
        items = [item_of(one, operator=self._settings.operator) for one in told if one.text]
        new = tuple(one for one in items if one.at_us is None or one.at_us >= since_us // MICROS * MICROS)
        return Page(items=new, refused=refused)

    async def _shown(self, _: bool) -> Mapping[str, str]:
        shown = f"{self._settings.user}/token:{self._means.secret(self._settings.token_file).strip()}"
        return {"Authorization": f"Basic {base64.b64encode(shown.encode()).decode()}"}


def comments_of(
    shown: Comments, ticket: zendesk.Detail, name: str, *, first: bool
) -> tuple[list[Hooked], tuple[str, ...]]:
    """Return what customers wrote after they opened a ticket, and what could not be read.

    Args:
        shown: a page of its comments.
        ticket: whose they are.
        name: of the source.
        first: whether the page begins with the description of the ticket, which is the ticket's own report.
    """
    staff = {one.id for one in shown.users if one.role != _CUSTOMER}
    told, refused = list[Hooked](), list[str]()
    for number, raw in enumerate(shown.comments):
        try:
            one = msgspec.json.decode(raw, type=_Written)
        except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as problem:
            refused.append(f"A comment of Zendesk: {problem}.")
            continue
        author = zendesk.Author(id=one.author_id or "", is_staff=one.author_id in staff)
        comment = zendesk.Comment(id=one.id, body=one.body, author=author, is_public=one.public)
        if not (first and number == 0) and not zendesk.is_first(comment, ticket):
            report = zendesk.commented(comment, name, at=one.created_at)
            told += [report] if report is not None else []
    return told, tuple(refused)


def _opened(settings: Settings, means: Means) -> Polled:
    tickets = _Tickets(settings, means)
    rhythm = Rhythm(every_s=settings.every_s, overlap_s=_OVERLAP_S)
    return Polled(means, tickets.pages, rhythm, close=tickets.peer.close)


KIND: Final = SourceKind(
    name="zendesk",
    settings=Settings,
    open=_opened,
    says="What customers write in tickets of Zendesk.",
    verified="written answers, shaped as Zendesk documents them; not verified against the vendor",
    away="all that customers wrote meanwhile",
)
