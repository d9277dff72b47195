"""Signing in and out, and one-time links: the first admin's, and those with which people choose their password."""

from __future__ import annotations

from typing import Any

from litestar import Request, Response, get, post
from litestar.params import FromPath

from pulih.model.errors import ForbiddenMove, PulihError, RefusedInput
from pulih.service.passwords import AT_ONCE, LENGTH_MIN
from pulih.web.frame.errors import said, waiting
from pulih.web.frame.redirects import led, own_path
from pulih.web.frame.rendering import page
from pulih.web.frame.rooms import rooms_of
from pulih.web.frame.threads import in_thread, in_turn
from pulih.web.frame.visitor import cookie, visitor_of
from pulih.web.people.forms import Form, LinkForm, SignInForm

AnyRequest = Request[Any, Any, Any]
HOME = "/console"
# Browsers trust these without TLS.
HERE = frozenset({"127.0.0.1", "localhost", "::1"})


@get("/sign-in", sync_to_thread=False, include_in_schema=False)
def sign_in_page(request: AnyRequest) -> Response[bytes]:
    """Show the form, or lead on who is signed in."""
    following = own_path(request.query_params.get("next", ""), otherwise=HOME)
    if visitor_of(request).person:
        return led(following)
    return _form(request, following)


@post("/sign-in", include_in_schema=False)
@in_turn(AT_ONCE)
def sign_in(request: AnyRequest, data: Form[SignInForm]) -> Response[bytes]:
    """Sign a person in, or say that it did not fit."""
    following = own_path(data.next, otherwise=HOME)
    try:
        secret = rooms_of(request).people.sign_in(data.name, data.password, address=visitor_of(request).address)
    except RefusedInput as error:
        return _form(request, following, name=data.name, refused=error)
    return begun(request, secret, following)


@post("/sign-out", include_in_schema=False)
@in_thread
def sign_out(request: AnyRequest) -> Response[bytes]:
    """End the session."""
    rooms = rooms_of(request)
    rooms.people.sign_out(visitor_of(request).session)
    return led("/sign-in", cookies=(cookie(rooms.settings, "session", "", age_s=0),))


@get("/link/{secret:str}", include_in_schema=False)
@in_thread
def link_page(request: AnyRequest, secret: FromPath[str]) -> Response[bytes]:
    """Show what a one-time link asks for. Looking does not use it up: mail scanners look too."""
    return _asked(request, secret, None)


@post("/link/{secret:str}", include_in_schema=False)
@in_turn(AT_ONCE)
def accept_link(request: AnyRequest, secret: FromPath[str], data: Form[LinkForm]) -> Response[bytes]:
    """Use a link up, and sign the person in."""
    try:
        if data.password != data.again:
            raise RefusedInput("The two passwords differ.", key="password.differ")
        session = rooms_of(request).people.accept(secret, data.name, data.password, address=visitor_of(request).address)
    except RefusedInput as error:
        return _asked(request, secret, error, name=data.name)
    return begun(request, session, HOME)


def begun(request: AnyRequest, secret: str, following: str) -> Response[bytes]:
    """Lead on with a new session; the cookie of forms without one is over."""
    settings = rooms_of(request).settings
    kept = (cookie(settings, "session", secret, age_s=None), cookie(settings, "form", "", age_s=0))
    return led(following, cookies=kept)


def _asked(request: AnyRequest, secret: str, wrong: PulihError | None, *, name: str = "") -> Response[bytes]:
    link = rooms_of(request).people.link(secret)
    if link is None:
        raise ForbiddenMove("This link is over or was used; ask for a new one.", key="link.over")
    return page(
        request,
        "people/link.html",
        status=400 if wrong else 200,
        link=link,
        name=name,
        wrong=said(request, wrong) if wrong else "",
        least=LENGTH_MIN,
    )


def _form(
    request: AnyRequest, following: str, *, name: str = "", refused: RefusedInput | None = None
) -> Response[bytes]:
    wait = waiting(refused) if refused else {}
    return page(
        request,
        "people/sign_in.html",
        status=429 if wait else 400 if refused else 200,
        headers=wait,
        following=following,
        name=name,
        wrong=said(request, refused) if refused else "",
        bare=_bare(request),
    )


def _bare(request: AnyRequest) -> bool:
    """Tell whether browsers will not keep a session: Secure cookies, and no TLS, from another machine."""
    settings = rooms_of(request).settings
    encrypted = request.url.scheme == "https" or settings.address.startswith("https://")
    return settings.secure_cookies and not encrypted and request.url.hostname not in HERE
