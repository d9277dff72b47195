"""The single sign-on: away to the provider, and back with a code. What must be remembered meanwhile is in a cookie.

The cookie is HttpOnly, lives ten minutes, and holds state, nonce and PKCE verifier: without it a code from elsewhere is
worth nothing. Source: OpenID Connect Core 1.0, 3.1; RFC 7636; RFC 9700 (best current practice).
"""

from __future__ import annotations

import hmac
from typing import Any

from litestar import Request, Response, get
from litestar.exceptions import NotFoundException

from pulih.model.errors import ForbiddenMove, RefusedInput
from pulih.ports.people import SignOn, SignOnBegun
from pulih.web.frame.addresses import desk_address
from pulih.web.frame.redirects import led
from pulih.web.frame.rooms import rooms_of
from pulih.web.frame.threads import in_thread
from pulih.web.frame.visitor import cookie, cookie_name, visitor_of
from pulih.web.people.entering import HOME, begun

AnyRequest = Request[Any, Any, Any]
MEANWHILE_S = 600
BACK = "/sign-on/back"


@get("/sign-on", include_in_schema=False)
@in_thread
def sign_on(request: AnyRequest) -> Response[bytes]:
    """Lead to the provider."""
    started = _provider(request).begin(desk_address(request) + BACK)
    kept = ".".join((started.state, started.nonce, started.verifier))
    settings = rooms_of(request).settings
    return led(started.address, cookies=(cookie(settings, "sign-on", kept, age_s=MEANWHILE_S),))


@get(BACK, include_in_schema=False)
@in_thread
def signed_on(request: AnyRequest) -> Response[bytes]:
    """Sign in whom the provider vouches for."""
    state, code, error = (request.query_params.get(name, "") for name in ("state", "code", "error"))
    if error:
        raise ForbiddenMove(f"The sign-on refused: {error[:80]}.", key="sign_on.refused", why=error[:80])
    rooms = rooms_of(request)
    started = _remembered(request)
    if started is None or not hmac.compare_digest(started.state.encode(), state.encode()):
        raise RefusedInput("This sign-on was not begun here, or took too long; begin again.", key="sign_on.foreign")
    identity = _provider(request).finish(started, back=desk_address(request) + BACK, code=code)
    secret = rooms.people.sign_in_as(identity, address=visitor_of(request).address)
    answer = begun(request, secret, HOME)
    answer.cookies.append(cookie(rooms.settings, "sign-on", "", age_s=0))
    return answer


def _provider(request: AnyRequest) -> SignOn:
    provider = rooms_of(request).sign_on
    if provider is None:
        raise NotFoundException("This desk has no single sign-on.")
    return provider


def _remembered(request: AnyRequest) -> SignOnBegun | None:
    parts = request.cookies.get(cookie_name(rooms_of(request).settings, "sign-on"), "").split(".")
    return SignOnBegun("", *parts) if len(parts) == 3 else None
