"""Subscribing: ask by a plain form, confirm by the link in a letter, change what is told, and end it with one press.

A link never does anything by being opened, since mail programs open links to look at them; a button does. Two
things need no form of the desk: ending a subscription, which RFC 8058 has mail programs do for their user with one POST
that bears no cookie, and a browser's answer to its first notification. The token in the address is proof enough.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlsplit

from litestar import Request, Response, get, post
from litestar.exceptions import NotFoundException
from litestar.params import FromPath
from litestar.types import ControllerRouterHandler

from pulih.model.errors import OutsideFailed, PulihError, RefusedInput
from pulih.model.subscription import Subscription
from pulih.service.subscribing import Subscribing
from pulih.web.frame.errors import said, waiting
from pulih.web.frame.guards import BEARS_TOKEN
from pulih.web.frame.redirects import led
from pulih.web.frame.rendering import page
from pulih.web.frame.rooms import rooms_of
from pulih.web.frame.threads import in_thread
from pulih.web.frame.visitor import visitor_of
from pulih.web.frame.words import words
from pulih.web.public.topics_form import STATUS, TopicsForm, fields_of, form_of, wish_in, wish_of

AnyRequest = Request[Any, Any, Any]
HERE = "/subscribe"
# The addresses of these pages are secrets, so no other page is told them.
_SECRET = {"referrer-policy": "no-referrer", "x-robots-tag": "noindex"}


@get(HERE, include_in_schema=False)
@in_thread
def subscribe_page(request: AnyRequest) -> Response[bytes]:
    """Show the form, with what the address names chosen already; or say that this desk writes to nobody."""
    rooms = rooms_of(request)
    if rooms.subscribing is None:
        return page(request, "public/no_subscriptions.html")
    asked = request.query_params
    fields = {name: asked.getall(name, []) for name in ("place", "operator", "service")}
    wish = wish_in(rooms, fields, visitor_of(request).language)
    form = form_of(rooms, wish, asked.get("province", ""))
    return _form(request, form)


@post(HERE, include_in_schema=False)
async def send_subscribe(request: AnyRequest) -> Response[bytes]:
    """Take the request, and say that a letter, a code or a notification is on its way; it is so for every address."""
    fields = fields_of(await request.form())
    return await in_thread(_subscribe)(request, fields)


@get(f"{HERE}/sent", include_in_schema=False)
@in_thread
def subscribe_sent(request: AnyRequest) -> Response[bytes]:
    """Say what happens next."""
    return page(request, "public/subscribe_sent.html", by_browser=request.query_params.get("by") == "browser")


@get(f"{HERE}/code", include_in_schema=False)
@in_thread
def code_page(request: AnyRequest) -> Response[bytes]:
    """Ask for the code that was sent to a number."""
    _desk(request)
    return page(request, "public/subscribe_code.html", headers=_SECRET, number="", wrong="")


@post(f"{HERE}/code", include_in_schema=False)
async def send_code(request: AnyRequest) -> Response[bytes]:
    """Begin to write to the number, and show what it is told."""
    fields = fields_of(await request.form())
    return await in_thread(_enter)(request, fields)


@get("/subscription/{token:str}/confirm", include_in_schema=False)
@in_thread
def confirm_page(request: AnyRequest, token: FromPath[str]) -> Response[bytes]:
    """Ask whether the address wants to be written to."""
    found = _desk(request).to_confirm(token, network=visitor_of(request).network)
    return _shown(request, "public/confirm_subscription.html", found, token=token, confirmed=found.state == "active")


@post("/subscription/{token:str}/confirm", include_in_schema=False)
@in_thread
def confirm(request: AnyRequest, token: FromPath[str]) -> Response[bytes]:
    """Begin to write to the address, and show what it is told."""
    found = _desk(request).confirm(token, network=visitor_of(request).network)
    return led(f"/subscription/{_desk(request).manage_token(found.id)}?done=confirmed")


@post("/subscription/{token:str}/arrived", opt={BEARS_TOKEN: True}, status_code=204, include_in_schema=False)
@in_thread
def arrived(request: AnyRequest, token: FromPath[str]) -> None:
    """Begin to tell a browser: its service worker got the first notification."""
    _desk(request).arrived(token, network=visitor_of(request).network)


@get("/subscription/{token:str}", include_in_schema=False)
@in_thread
def subscription_page(request: AnyRequest, token: FromPath[str]) -> Response[bytes]:
    """Show what a subscription is told, to be changed."""
    found = _desk(request).of(token, network=visitor_of(request).network)
    return _managed(request, found, token, done=request.query_params.get("done", ""))


@post("/subscription/{token:str}", include_in_schema=False)
async def change_subscription(request: AnyRequest, token: FromPath[str]) -> Response[bytes]:
    """Change what a subscription is told."""
    fields = fields_of(await request.form())
    return await in_thread(_change)(request, token, fields)


@get("/subscription/{token:str}/stop", include_in_schema=False)
@in_thread
def stop_page(request: AnyRequest, token: FromPath[str]) -> Response[bytes]:
    """Ask whether to end a subscription."""
    try:
        found = _desk(request).of(token, network=visitor_of(request).network)
    except RefusedInput as error:
        if error.key != "subscribe.over":
            raise
        return page(request, "public/stopped.html", headers=_SECRET)
    return _shown(request, "public/stop_subscription.html", found, token=token)


@post("/subscription/{token:str}/stop", opt={BEARS_TOKEN: True}, include_in_schema=False)
@in_thread
def stop(request: AnyRequest, token: FromPath[str]) -> Response[bytes]:
    """End a subscription; mail programs get the same page (RFC 8058 forbids to lead them elsewhere)."""
    _desk(request).stop(token, network=visitor_of(request).network)
    return page(request, "public/stopped.html", headers=_SECRET)


SUBSCRIBING: tuple[ControllerRouterHandler, ...] = (
    subscribe_page, send_subscribe, subscribe_sent, code_page, send_code, confirm_page, confirm, arrived,
    subscription_page, change_subscription, stop_page, stop,
)  # fmt: skip


def _subscribe(request: AnyRequest, fields: Mapping[str, Sequence[str]]) -> Response[bytes]:
    rooms, visitor = rooms_of(request), visitor_of(request)
    desk = _desk(request)
    email, number, browser = (_one(fields, name) for name in ("email", "number", "browser"))
    wish = wish_in(rooms, fields, visitor.language)
    try:
        if browser:
            desk.ask_browser(browser, wish, network=visitor.network)
            return led(f"{HERE}/sent?by=browser")
        if number and not email:
            asked = desk.ask_number(number, wish, network=visitor.network)
            # The number stands in no address, so this page is the answer itself.
            return page(request, "public/subscribe_code.html", headers=_SECRET, number=asked, wrong="")
        desk.ask(email, wish, network=visitor.network)
    except (RefusedInput, OutsideFailed) as error:
        return _form(request, form_of(rooms, wish), email=email, number=number, refused=error)
    return led(f"{HERE}/sent")


def _enter(request: AnyRequest, fields: Mapping[str, Sequence[str]]) -> Response[bytes]:
    desk, number = _desk(request), _one(fields, "number")
    try:
        found = desk.enter_code(number, _one(fields, "code"), network=visitor_of(request).network)
    except RefusedInput as error:
        values: dict[str, Any] = {"number": number, "wrong": said(request, error)}
        status, headers = STATUS.get(error.key, 400), {**_SECRET, **waiting(error)}
        return page(request, "public/subscribe_code.html", status=status, headers=headers, **values)
    return led(f"/subscription/{desk.manage_token(found.id)}?done=confirmed")


def _form(
    request: AnyRequest, form: TopicsForm, *, email: str = "", number: str = "", refused: PulihError | None = None
) -> Response[bytes]:
    desk = _desk(request)
    return page(
        request, "public/subscribe.html", status=STATUS.get(refused.key, 400) if refused else 200,
        headers=waiting(refused) if refused else {}, form=form, email=email, number=number,
        wrong=said(request, refused) if refused else "", offers=desk.offers, push_key=desk.push_key,
    )  # fmt: skip


def _change(request: AnyRequest, token: str, fields: Mapping[str, Sequence[str]]) -> Response[bytes]:
    visitor = visitor_of(request)
    wish = wish_in(rooms_of(request), fields, visitor.language)
    try:
        _desk(request).change(token, wish, network=visitor.network)
    except RefusedInput as error:
        if error.key != "subscribe.many":
            raise
        found = _desk(request).of(token, network=visitor.network)
        return _managed(request, found, token, wrong=said(request, error))
    return led(f"/subscription/{token}?done=changed")


def _managed(
    request: AnyRequest, found: Subscription, token: str, *, done: str = "", wrong: str = ""
) -> Response[bytes]:
    rooms, asked = rooms_of(request), request.query_params
    wish = wish_of(found)
    if "province" in asked:
        # Another province was opened: what was ticked meanwhile stays.
        fields = {name: asked.getall(name, []) for name in ("place", "operator", "service")}
        opened = wish_in(rooms, fields, found.language)
        wish = type(wish)(topics=opened.topics, language=wish.language, pace=wish.pace, quiet=wish.quiet)
    form = form_of(rooms, wish, asked.get("province", ""))
    shown_done = done if done in {"confirmed", "changed"} else ""
    return _shown(
        request, "public/subscription.html", found, token=token, form=form, done=shown_done, wrong=wrong,
        status=400 if wrong else 200,
    )  # fmt: skip


def _shown(
    request: AnyRequest, template: str, found: Subscription, *, status: int = 200, **values: Any
) -> Response[bytes]:
    if found.channel == "push":
        address = words(visitor_of(request).language)("subscribe.this_browser")
    else:
        address = veiled(found.address)
    return page(request, template, status=status, headers=_SECRET, address=address, **values)


def veiled(address: str) -> str:
    """Return an address so that its owner knows it, and who looks over a shoulder does not learn it.

    >>> veiled("ayu.lestari@example.id"), veiled("+6281234567890"), veiled("https://crm.example.id/hook/7")
    ('a…i@example.id', '+6281…890', 'crm.example.id')
    """
    if "://" in address:
        return urlsplit(address).hostname or ""
    if "@" not in address:
        return f"{address[:5]}…{address[-3:]}"
    local, _, domain = address.rpartition("@")
    return f"{local[:1]}…{local[-1:] if len(local) > 2 else ''}@{domain}"


def _desk(request: AnyRequest) -> Subscribing:
    found = rooms_of(request).subscribing
    if found is None:
        raise NotFoundException("This desk writes to nobody.")
    return found


def _one(fields: Mapping[str, Sequence[str]], name: str) -> str:
    return next(iter(fields.get(name, ())), "").strip()
