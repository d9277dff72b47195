"""One's own account: who one is here, and the password."""

from __future__ import annotations

from typing import Any

from litestar import Request, Response, get, post

from pulih.model.errors import RefusedInput
from pulih.service.passwords import AT_ONCE, LENGTH_MIN
from pulih.web.frame.errors import said, waiting
from pulih.web.frame.guards import person_of, require
from pulih.web.frame.redirects import led
from pulih.web.frame.rendering import page
from pulih.web.frame.rooms import rooms_of
from pulih.web.frame.threads import in_turn
from pulih.web.frame.visitor import visitor_of
from pulih.web.people.forms import Form, PasswordForm

AnyRequest = Request[Any, Any, Any]
SIGNED_IN = [require("viewer")]


@get("/account", guards=SIGNED_IN, sync_to_thread=False, include_in_schema=False)
def account_page(request: AnyRequest) -> Response[bytes]:
    """Show who one is, and the form of a new password."""
    return _account(request)


@post("/account/password", guards=SIGNED_IN, include_in_schema=False)
@in_turn(AT_ONCE)
def change_password(request: AnyRequest, data: Form[PasswordForm]) -> Response[bytes]:
    """Change one's password, or say what is wrong."""
    try:
        if data.password != data.again:
            raise RefusedInput("The two passwords differ.", key="password.differ")
        session = visitor_of(request).session
        rooms_of(request).people.set_password(person_of(request), data.old, data.password, session=session)
    except RefusedInput as error:
        return _account(request, error)
    return led("/account?done=password")


def _account(request: AnyRequest, refused: RefusedInput | None = None) -> Response[bytes]:
    wait = waiting(refused) if refused else {}
    return page(
        request,
        "people/account.html",
        status=429 if wait else 400 if refused else 200,
        headers=wait,
        wrong=said(request, refused) if refused else "",
        done=request.query_params.get("done") == "password",
        least=LENGTH_MIN,
    )
