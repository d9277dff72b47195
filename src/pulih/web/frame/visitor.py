"""Who asks: the person behind a session cookie, the language chosen, and the secret that forms are tied to.

A plain ASGI layer works this out once a request. Cookies are HttpOnly and SameSite=Lax, and `__Host-` where the desk is
reached over TLS or on its own machine, so that no other host can set them. Source: RFC 6265bis, 4.1.3.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from http.cookies import CookieError, SimpleCookie
from typing import Any
from urllib.parse import parse_qs

import anyio.to_thread
import msgspec
from litestar.connection import ASGIConnection
from litestar.datastructures import Cookie
from litestar.enums import ScopeType
from litestar.types import ASGIApp, Message, Receive, Scope, Send

from pulih.model.person import Person
from pulih.service.networks import network_of
from pulih.web.frame.rooms import Language, Rooms, WebSettings

YEAR_S = 31_536_000
# Without a session a form is tied to a cookie of its own, good for an hour.
FORM_S = 3_600


class Visitor(msgspec.Struct, kw_only=True):
    """One who asks. `form` is the secret of forms without a session; `fresh` says that it must still be set.

    `address` is where they are, and `network` what limits go by.
    `heard` is the newest event of the hub when they asked: what comes later their page does not show yet.
    """

    person: Person | None
    session: str
    language: Language
    form: str
    address: str
    heard: int = 0
    fresh: bool = False

    @property
    def network(self) -> str:
        """The network of the address."""
        return network_of(self.address)

    def csrf(self) -> str:
        """Return what a form of this visitor must carry; made from a secret that only their cookie holds."""
        if not self.session and not self.form:
            self.form, self.fresh = secrets.token_urlsafe(24), True
        return derived(self.session or self.form)


def derived(secret: str) -> str:
    """Return the token of forms that belongs to a cookie's secret.

    >>> derived("a") == derived("a") != derived("b")
    True
    """
    return hmac.new(secret.encode(), b"pulih form", hashlib.sha256).hexdigest()


def visitor_of(connection: ASGIConnection[Any, Any, Any, Any]) -> Visitor:
    """Return who asks."""
    visitor: Visitor = connection.scope["state"]["visitor"]
    return visitor


def cookie_name(settings: WebSettings, name: str) -> str:
    """Name a cookie of the desk.

    >>> cookie_name(WebSettings(), "session")
    '__Host-pulih-session'
    """
    return f"__Host-pulih-{name}" if settings.secure_cookies else f"pulih-{name}"


def cookie(settings: WebSettings, name: str, value: str, *, age_s: int | None) -> Cookie:
    """Return a cookie of the desk, to be set; an age of 0 removes it, None ends it with the browser."""
    return Cookie(
        key=cookie_name(settings, name),
        value=value,
        max_age=age_s,
        path="/",
        secure=settings.secure_cookies,
        httponly=True,
        samesite="lax",
    )


class VisitorLayer:
    """Says behind which rooms a request is and who asks, before any handler; remembers a language of `?lang=`."""

    def __init__(self, app: ASGIApp, rooms: Rooms) -> None:
        self._app = app
        self._rooms = rooms

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != ScopeType.HTTP or scope["path"].startswith("/assets/"):
            await self._app(scope, receive, send)
            return
        settings = self._rooms.settings
        headers = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in scope["headers"]}
        kept = cookies(headers.get("cookie", ""))
        asked = parse_qs(scope["query_string"].decode("latin-1")).get("lang", [""])[0]
        chosen = _language(asked)
        token = kept.get(cookie_name(settings, "session"), "")
        person = await anyio.to_thread.run_sync(self._rooms.people.session, token) if token else None
        told = scope.setdefault("state", {})
        told["rooms"] = self._rooms
        told["visitor"] = Visitor(
            person=person,
            session=token if person else "",
            language=chosen
            or _language_of(scope["path"])
            or _language(kept.get(cookie_name(settings, "lang"), ""))
            or settings.language,
            form=kept.get(cookie_name(settings, "form"), ""),
            address=_address(scope, headers, settings.proxies),
            heard=self._rooms.hub.said(),
        )
        await self._app(scope, receive, _remembering(send, settings, chosen) if chosen else send)


def cookies(header: str) -> dict[str, str]:
    """Read a Cookie header; one that can not be read holds nothing.

    >>> cookies("a=1; b=2")
    {'a': '1', 'b': '2'}
    """
    try:
        return {name: morsel.value for name, morsel in SimpleCookie(header).items()}
    except CookieError:
        return {}


def _language(name: str) -> Language | None:
    return "id" if name == "id" else "en" if name == "en" else None


def _language_of(path: str) -> Language | None:
    """Return the language of an address of the site, so that one that leads nowhere is told of in it."""
    return "en" if path == "/en" or path.startswith("/en/") else None


def _address(scope: Scope, headers: dict[str, str], proxies: tuple[str, ...]) -> str:
    """Return where the visitor is: the last hop that is no proxy of ours."""
    client = scope.get("client")
    peer = client[0] if client else ""
    hops = [*(hop.strip() for hop in headers.get("x-forwarded-for", "").split(",") if hop.strip()), peer]
    while len(hops) > 1 and hops[-1] in proxies:
        hops.pop()
    return hops[-1]


def _remembering(send: Send, settings: WebSettings, language: Language) -> Send:
    line = cookie(settings, "lang", language, age_s=YEAR_S).to_encoded_header()

    async def remember(message: Message) -> None:
        if message["type"] == "http.response.start":
            message["headers"] = [*message["headers"], line]
        await send(message)

    return remember
