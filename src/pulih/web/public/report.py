"""The public form: two taps, what is wrong and then send, without script; and afterwards what others report.

A cookie remembers what was reported last, where and under which pseudonym: the next report is filled in, and its holder
is asked whether it works again (`web/public/normal`).
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

import msgspec
from litestar import Request, Response, get, post
from litestar.datastructures import Cookie

from pulih.communicate.addresses import Kind, address
from pulih.model.clock import HOUR_S, MICROS
from pulih.model.errors import RefusedInput
from pulih.service.invitations import GOOD_FOR_S, Invited
from pulih.service.public_form import BACK, CHOICES, NAME_CHARS_MAX, Told
from pulih.web.frame.errors import said, waiting
from pulih.web.frame.redirects import led
from pulih.web.frame.rendering import page
from pulih.web.frame.rooms import Rooms, rooms_of
from pulih.web.frame.threads import in_thread
from pulih.web.frame.visitor import Visitor, cookie, cookie_name, derived, visitor_of
from pulih.web.people.forms import Form
from pulih.web.public.around import around
from pulih.web.public.offered import operators_shown, operators_with, troubles_of

AnyRequest = Request[Any, Any, Any]
HERE = "/report"
# Holds the invitation of whoever reported last in this browser.
TOLD = "told"


class ReportForm(msgspec.Struct, frozen=True):
    """What was chosen, of whom and where; `form` is the number of the form, so that sent twice it counts once."""

    symptom: str = ""
    operator: str = ""
    place: str = ""
    form: str = ""


@get(HERE, sync_to_thread=False, include_in_schema=False)
def report_page(request: AnyRequest) -> Response[bytes]:
    """Show the choices, or what was chosen with operator and place to confirm."""
    asked, rooms = request.query_params, rooms_of(request)
    before = invited_by(request)
    chosen = asked.get("symptom", "")
    operator = asked.get("operator", "") or (before.operator if before else "")
    place = (asked.get("place", "") or (before.place if before else ""))[:NAME_CHARS_MAX]
    # Links of other pages name a region by its code; people read names.
    place = rooms.names.regions.get(place, place)
    if chosen in CHOICES or chosen == BACK:
        return _confirm(request, ReportForm(chosen, operator, place))
    return _choose(request, operator, place)


@post(HERE, include_in_schema=False)
@in_thread
def send_report(request: AnyRequest, data: Form[ReportForm]) -> Response[bytes]:
    """Take the report and lead on to the thanks."""
    if data.symptom not in CHOICES and data.symptom != BACK:
        # No form of ours says so, but an old page or a program may.
        return _choose(request, data.operator, data.place[:NAME_CHARS_MAX], status=400)
    rooms, visitor = rooms_of(request), visitor_of(request)
    browser = author_of(request, visitor)
    told = Told(
        id=hashlib.sha256(f"{browser} {data.form}".encode()).hexdigest()[:24],
        choice=data.symptom,
        operator=data.operator if data.operator in operators_shown(rooms) else "",
        place=data.place.strip()[:NAME_CHARS_MAX],
        browser=browser,
        network=visitor.network,
    )
    try:
        if rooms.form is not None:
            rooms.form.take(told)
    except RefusedInput as error:
        return _confirm(request, data, refused=error)
    return thanked(told, cookies=_remembered(rooms, told))


@get(f"{HERE}/thanks", include_in_schema=False)
@in_thread
def thanks(request: AnyRequest) -> Response[bytes]:
    """Say thank you, how many report the same there, and the state there."""
    rooms, asked = rooms_of(request), request.query_params
    operator, place = asked.get("operator", ""), asked.get("place", "")[:NAME_CHARS_MAX]
    operator = operator if operator in rooms.names.operators else ""
    symptom = asked.get("symptom", "")
    found = around(rooms, operator=operator, place=place, symptom=symptom, own=_own(request))
    return page(
        request,
        "public/thanks.html",
        operator=operator,
        around=found,
        # What was typed is not said again: an address may hold anything.
        unplaced=bool(place.strip()) and not found.region,
        symptom=symptom if symptom in CHOICES else "",
        back=symptom == BACK,
        asked_again=invited_by(request) is not None,
        to_site=_site(request),
    )


def _own(request: AnyRequest) -> tuple[Told, ...]:
    """Return what this browser reported within the hour: what the desk remembers, and else what its cookie does."""
    rooms, visitor = rooms_of(request), visitor_of(request)
    since_us = rooms.clock.now_us() - HOUR_S * MICROS
    told = rooms.form.told_by(author_of(request, visitor), since_us) if rooms.form is not None else ()
    before = invited_by(request)
    if told or before is None or before.at_s * MICROS < since_us:
        return told
    return (
        Told(
            id="",
            choice=before.symptom,
            operator=before.operator,
            place=before.place,
            browser=before.author,
            network=visitor.network,
        ),
    )


def _site(request: AnyRequest) -> Callable[..., str]:
    """Return what leads to pages of the public site in the reader's language; to the home page while there is none."""
    language = visitor_of(request).language
    there = rooms_of(request).publishing().made_us is not None

    def to_site(kind: Kind, *parts: str) -> str:
        return f"/{address(language, kind, *parts)}" if there else "/"

    return to_site


def thanked(told: Told, *, cookies: tuple[Cookie, ...] = ()) -> Response[bytes]:
    """Lead to the thanks for a report."""
    query = urlencode({"operator": told.operator, "symptom": told.choice, "place": told.place})
    return led(f"{HERE}/thanks?{query}", cookies=cookies)


def invited_by(request: AnyRequest, token: str = "") -> Invited | None:
    """Return what was reported, by a token or else by the cookie of this browser; None where neither is good."""
    rooms = rooms_of(request)
    if rooms.invitations is None:
        return None
    given = token or request.cookies.get(cookie_name(rooms.settings, TOLD), "")
    return rooms.invitations.read(given, rooms.clock.now_us()) if given else None


def author_of(request: AnyRequest, visitor: Visitor) -> str:
    """Return the pseudonym of a browser: that under which it reported lately, so that it stays one author."""
    before = invited_by(request)
    return before.author if before else derived(visitor.session or visitor.form)[:16]


def _remembered(rooms: Rooms, told: Told) -> tuple[Cookie, ...]:
    """Return the cookie that remembers a report; none of word that it works again, which ends the question."""
    if rooms.invitations is None:
        return ()
    if told.choice == BACK:
        return (cookie(rooms.settings, TOLD, "", age_s=0),)
    at_s = rooms.clock.now_us() // MICROS
    token = rooms.invitations.token(Invited(told.browser, told.operator, told.place, told.choice, at_s))
    return (cookie(rooms.settings, TOLD, token, age_s=GOOD_FOR_S),)


def _choose(request: AnyRequest, operator: str, place: str, *, status: int = 200) -> Response[bytes]:
    rooms = rooms_of(request)
    return page(
        request,
        "public/symptoms.html",
        status=status,
        # The browser remembers an operator, and its reader may have another one at home.
        choices=troubles_of(rooms, request.query_params.get("operator", "")),
        back=BACK,
        place=place,
        operator=operator,
        before=invited_by(request),
        to_site=_site(request),
    )


def _confirm(request: AnyRequest, data: ReportForm, *, refused: RefusedInput | None = None) -> Response[bytes]:
    wait = waiting(refused) if refused else {}
    return page(
        request,
        "public/confirm_report.html",
        status=429 if wait else 400 if refused else 200,
        headers=wait,
        data=data,
        form=data.form or secrets.token_hex(8),
        operators=operators_with(rooms_of(request), data.symptom),
        name_max=NAME_CHARS_MAX,
        wrong=said(request, refused) if refused else "",
    )
