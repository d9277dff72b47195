"""Who may do what: a role for each handler, and proof that a form was sent from the desk's own page.

Every request that changes something is checked by default; only what bears a token of its own (/v1, and the address
that ends a subscription) is left to it.
Source: OWASP Cross-Site Request Forgery Prevention Cheat Sheet (tokens, and Fetch Metadata as defence in depth).
"""

from __future__ import annotations

import hmac
from collections.abc import Awaitable, Callable
from typing import Any
from urllib.parse import urlsplit

from litestar import Request
from litestar.connection import ASGIConnection
from litestar.handlers.base import BaseRouteHandler

from pulih.model.errors import PulihError
from pulih.model.person import ROLES, Person, Role
from pulih.web.frame.visitor import visitor_of

Connection = ASGIConnection[Any, Any, Any, Any]
Guard = Callable[[Connection, BaseRouteHandler], None]
SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
FIELD = "csrf"
# An option of handlers whose address bears a secret that proves who asks; no cookie of the desk does anything there.
BEARS_TOKEN = "bears_token"
HEADER = "x-csrf"
# Fields of a form with their values, in the order of the form.
Sent = tuple[tuple[str, str], ...]


class NotSignedIn(PulihError):
    """Nobody is signed in, and somebody has to be (HTTP 401; a page leads to the sign-in)."""


class NotAllowed(PulihError):
    """The role of whoever is signed in does not suffice (HTTP 403)."""

    def __init__(self, needed: Role) -> None:
        super().__init__(f"This needs the role {needed}, or one above it.")
        self.needed: Role = needed


class ForeignForm(PulihError):
    """The request did not come from a page of the desk, or from one that is too old (HTTP 403).

    `sent` are the fields of a form that this browser sent from a page of the desk, so that it can be sent again.
    """

    def __init__(self, message: str, sent: Sent = ()) -> None:
        super().__init__(message)
        self.sent = sent


def require(role: Role) -> Guard:
    """Return a guard that lets pass who has `role` or one above it.

    >>> require("duty").__name__
    'guard'
    """

    def guard(connection: Connection, _: BaseRouteHandler) -> None:
        if ROLES.index(person_of(connection).role) < ROLES.index(role):
            raise NotAllowed(role)

    return guard


def own_form() -> Callable[[Connection, BaseRouteHandler], Awaitable[None]]:
    """Return the guard of the whole application: what changes something comes from a page of the desk."""

    async def guard(connection: Connection, handler: BaseRouteHandler) -> None:
        if (
            not isinstance(connection, Request)
            or connection.method in SAFE
            or connection.scope["path"].startswith("/v1/")
            or handler.opt.get(BEARS_TOKEN)
        ):
            return
        if not _same_site(connection):
            raise ForeignForm("The request came from another site. Open the page at the desk's own address.")
        visitor = visitor_of(connection)
        given = connection.headers.get(HEADER) or await _field(connection)
        if not (visitor.session or visitor.form) or not hmac.compare_digest(given.encode(), visitor.csrf().encode()):
            raise ForeignForm(
                "The form does not belong to this session. Load the page again and send it once more.",
                await _sent(connection),
            )

    return guard


def _same_site(connection: Connection) -> bool:
    site = connection.headers.get("sec-fetch-site")
    if site:
        return site in {"same-origin", "none"}
    origin = connection.headers.get("origin")
    return origin is None or urlsplit(origin).netloc == connection.headers.get("host")


async def _field(request: Request[Any, Any, Any]) -> str:
    # Litestar keeps what was read, so that the handler may read it again.
    value = (await request.form()).get(FIELD, "")
    return value if isinstance(value, str) else ""


async def _sent(request: Request[Any, Any, Any]) -> Sent:
    """Return what a form of the console held; nothing where the browser did not say that a page of the desk sent it.

    Other forms may hold passwords, and a page of another site must not choose what somebody is asked to send.
    """
    site, origin = request.headers.get("sec-fetch-site"), request.headers.get("origin")
    ours = site == "same-origin" or (site is None and origin is not None and _same_site(request))
    if not ours or not request.url.path.startswith("/console/"):
        return ()
    fields = (await request.form()).multi_items()
    return tuple((name, value) for name, value in fields if isinstance(value, str) and name != FIELD)


def person_of(connection: Connection) -> Person:
    """Return who is signed in.

    Raises: NotSignedIn when nobody is; a guard that requires a role makes sure that somebody is.
    """
    person = visitor_of(connection).person
    if person is None:
        raise NotSignedIn("Sign in first.")
    return person
