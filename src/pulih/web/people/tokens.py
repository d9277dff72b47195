"""Tokens for machines: what there is, making one (shown once), renewing that of a probe, taking one back."""

from __future__ import annotations

from typing import Any

from litestar import Request, Response, get, post
from litestar.params import FromPath

from pulih.model.errors import RefusedInput
from pulih.model.person import TOKEN_ROLES
from pulih.service.tokens import DAYS_MAX, renewable
from pulih.web.frame.errors import said
from pulih.web.frame.guards import person_of, require
from pulih.web.frame.redirects import led
from pulih.web.frame.rendering import page
from pulih.web.frame.rooms import rooms_of
from pulih.web.frame.threads import in_thread
from pulih.web.people.forms import Form, TokenForm

AnyRequest = Request[Any, Any, Any]
ADMIN = [require("admin")]


@get("/console/tokens", guards=ADMIN, include_in_schema=False)
@in_thread
def tokens(request: AnyRequest) -> Response[bytes]:
    """Show all tokens, never their secrets."""
    return _shown(request)


@post("/console/tokens", guards=ADMIN, include_in_schema=False)
@in_thread
def make_token(request: AnyRequest, data: Form[TokenForm]) -> Response[bytes]:
    """Make a token, and show its secret once."""
    try:
        made = rooms_of(request).people.tokens.create(
            data.name, data.role, by=person_of(request).name, days=data.days, source=data.source
        )
    except RefusedInput as error:
        return _shown(request, status=400, wrong=said(request, error), typed=data)
    return _shown(request, secret=made.secret, secret_of=made.token.name)


@post("/console/tokens/{token:str}/renew", guards=ADMIN, include_in_schema=False)
@in_thread
def renew_token(request: AnyRequest, token: FromPath[str]) -> Response[bytes]:
    """Make another token like one of a probe, and show its secret once."""
    try:
        made = rooms_of(request).people.tokens.renew(token, by=person_of(request).name)
    except RefusedInput as error:
        return _shown(request, status=400, wrong=said(request, error))
    return _shown(request, secret=made.secret, secret_of=made.token.name)


@post("/console/tokens/{token:str}/revoke", guards=ADMIN, include_in_schema=False)
@in_thread
def revoke_token(request: AnyRequest, token: FromPath[str]) -> Response[bytes]:
    """Take a token back."""
    try:
        rooms_of(request).people.tokens.revoke(token, by=person_of(request).name)
    except RefusedInput as error:
        return _shown(request, status=400, wrong=said(request, error))
    return led("/console/tokens?done=revoked")


def _shown(
    request: AnyRequest,
    *,
    status: int = 200,
    wrong: str = "",
    typed: TokenForm | None = None,
    secret: str = "",
    secret_of: str = "",
) -> Response[bytes]:
    rooms = rooms_of(request)
    return page(
        request,
        "people/tokens.html",
        status=status,
        tokens=rooms.people.tokens.all(),
        now_us=rooms.clock.now_us(),
        renewable=renewable,
        roles=TOKEN_ROLES,
        days_max=DAYS_MAX,
        wrong=wrong,
        typed=typed or TokenForm(),
        secret=secret,
        secret_of=secret_of,
        done=request.query_params.get("done") == "revoked",
    )
