"""Users: who may get in and what they may do; kept by admins, who never see a password."""

from __future__ import annotations

from typing import Any

from litestar import Request, Response, get, post
from litestar.params import FromPath

from pulih.model.errors import ForbiddenMove, RefusedInput
from pulih.model.person import ROLES
from pulih.web.frame.addresses import desk_address
from pulih.web.frame.errors import said
from pulih.web.frame.guards import person_of, require
from pulih.web.frame.redirects import led
from pulih.web.frame.rendering import page
from pulih.web.frame.rooms import rooms_of
from pulih.web.frame.threads import in_thread
from pulih.web.people.forms import Form, UserForm

AnyRequest = Request[Any, Any, Any]
ADMIN = [require("admin")]
DONE = frozenset({"role", "shut", "opened"})


@get("/console/users", guards=ADMIN, include_in_schema=False)
@in_thread
def users(request: AnyRequest) -> Response[bytes]:
    """Show everybody."""
    return _shown(request)


@post("/console/users", guards=ADMIN, include_in_schema=False)
@in_thread
def add_user(request: AnyRequest, data: Form[UserForm]) -> Response[bytes]:
    """Add a person, and show the link for them once."""
    try:
        secret = rooms_of(request).people.add(data.name, data.role, by=person_of(request))
    except RefusedInput as error:
        return _shown(request, status=400, wrong=said(request, error), typed=data)
    return _shown(request, link=f"{desk_address(request)}/link/{secret}", link_of=data.name.strip().lower())


@post("/console/users/{name:str}/link", guards=ADMIN, include_in_schema=False)
@in_thread
def make_link(request: AnyRequest, name: FromPath[str]) -> Response[bytes]:
    """Make a link for a new password, and show it once."""
    try:
        secret = rooms_of(request).people.welcome(name, by=person_of(request))
    except RefusedInput as error:
        return _shown(request, status=400, wrong=said(request, error))
    return _shown(request, link=f"{desk_address(request)}/link/{secret}", link_of=name)


@post("/console/users/{name:str}/role", guards=ADMIN, include_in_schema=False)
@in_thread
def change_role(request: AnyRequest, name: FromPath[str], data: Form[UserForm]) -> Response[bytes]:
    """Give a person another role."""
    try:
        rooms_of(request).people.set_role(name, data.role, by=person_of(request))
    except (RefusedInput, ForbiddenMove) as error:
        return _shown(request, status=409, wrong=said(request, error))
    return led("/console/users?done=role")


@post("/console/users/{name:str}/shut", guards=ADMIN, include_in_schema=False)
@in_thread
def shut_account(request: AnyRequest, name: FromPath[str]) -> Response[bytes]:
    """Keep a person out, from now on."""
    return _set_active(request, name, active=False)


@post("/console/users/{name:str}/open", guards=ADMIN, include_in_schema=False)
@in_thread
def open_account(request: AnyRequest, name: FromPath[str]) -> Response[bytes]:
    """Let a person in again."""
    return _set_active(request, name, active=True)


def _set_active(request: AnyRequest, name: str, *, active: bool) -> Response[bytes]:
    try:
        rooms_of(request).people.set_active(name, active, by=person_of(request))
    except (RefusedInput, ForbiddenMove) as error:
        return _shown(request, status=409, wrong=said(request, error))
    return led(f"/console/users?done={'opened' if active else 'shut'}")


def _shown(
    request: AnyRequest,
    *,
    status: int = 200,
    wrong: str = "",
    typed: UserForm | None = None,
    link: str = "",
    link_of: str = "",
) -> Response[bytes]:
    done = request.query_params.get("done", "")
    return page(
        request,
        "people/users.html",
        status=status,
        accounts=rooms_of(request).people.accounts(),
        roles=ROLES,
        wrong=wrong,
        typed=typed or UserForm(),
        link=link,
        link_of=link_of,
        done=done if done in DONE else "",
    )
